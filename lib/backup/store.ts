import type { Bytes } from './measured.ts'

/** A folder of a cluster, as it is kept: with a manifest it is a backup. */
export interface Folder {
  readonly name: string
  readonly finished: boolean
}

/** What is kept under a name. */
export interface Kept {
  readonly bytes: number
  readonly stream: Bytes
}

/** A place for backups. Names are checked before they come here. */
export interface Store {
  /** For people, and to be found again; holds no secret: `/mnt/backups`, `https://s3.example.com/bucket/prefix`. */
  readonly address: string
  folders(cluster: string): Promise<readonly Folder[]>
  /** Undefined where nothing stands. */
  read(cluster: string, folder: string, file: string): Promise<Kept | undefined>
  /** Begins a folder; until it is finished it is no backup. */
  begin(cluster: string, folder: string): Promise<Draft>
  /** Takes a folder away, finished or not; killed in between, it is no backup any more. */
  remove(cluster: string, folder: string): Promise<void>
}

/** A backup in the making. */
export interface Draft {
  write(file: string, content: Bytes): Promise<void>
  /** What was written, as the store has it. */
  read(file: string): Promise<Kept | undefined>
  /** Writes the manifest, and with that makes it a backup: all at once or not at all. */
  finish(manifest: string): Promise<void>
  /** Takes all of it away. */
  abandon(): Promise<void>
}
