import type { Readable, Writable } from 'node:stream'
import type { Secret } from '../secrets/secret.ts'
import type { Command } from './command.ts'
import type { Environment } from './setting.ts'

/** Stands for content: keyed with a secret of the host, so that a journal full of them gives nothing away. */
export type Hash = `h:${string}`

export interface Attributes {
  readonly mode: number
  readonly owner: string
  readonly group: string
}

/** What stands at a path. A link is never followed. */
export type Stat =
  | { readonly type: 'absent' }
  | ({ readonly type: 'file'; readonly hash: Hash } & Attributes)
  | ({ readonly type: 'directory' } & Attributes)
  | { readonly type: 'link'; readonly target: string }
  | { readonly type: 'other'; readonly what: string }

/** As whom a host is worked on. What is new belongs to that user, unless somebody else is named. */
export interface Worker {
  readonly owner: string
  readonly group: string
  readonly isRoot: boolean
}

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface QueryOptions {
  /** Run as this user instead of the one that the host is worked on as. */
  readonly as?: string
  /** Exit codes that are answers; any other throws `CommandFailed`. Default: only 0. */
  readonly ok?: readonly number[]
  readonly timeoutMs?: number
  readonly env?: Environment
}

export interface ExecOptions extends QueryOptions {
  readonly stdin?: string | Buffer | Secret
  /**
   * Runs apart from the connection under this name: it outlives a lost connection and this process, is found again,
   * and may take as long as it needs. Without it a command should end within seconds.
   */
  readonly job?: string
  /** With a job: what stands at a path from its good end on, put there by the job itself, whoever waits for it. */
  readonly leaves?: Left
}

/** A file of root's alone; none when there is no content. */
export interface Left {
  readonly path: string
  readonly content: Hash | undefined
}

/** A host that can be asked, and nothing else: all that exists under `--check`. */
export interface HostReader {
  /** As the inventory calls it. */
  readonly name: string
  readonly worker: Worker
  /** Runs a command that changes nothing; it may be asked again after contact was lost. */
  query(command: Command, options?: QueryOptions): Promise<Answer>
  /** What stands at each path, in that order, in one command. Not being able to look is an error. */
  stat(paths: readonly string[]): Promise<readonly Stat[]>
  /** The content of each path; undefined where nothing stands. */
  readFiles(paths: readonly string[]): Promise<readonly (Buffer | undefined)[]>
  /** Remembers content and gives its hash; the way for wanted content into a state. */
  keep(content: string | Buffer | Secret): Hash
  /** The hash that stands for content whose SHA-256 is known, without having it. */
  hashOf(sha256: string): Hash
  /** Content by its hash: kept by this process, or a before-image of this host. */
  bytes(hash: Hash): Promise<Buffer>
}

export interface WriteOptions extends Attributes {
  /** What stands there now, to be kept as a before-image. */
  readonly was?: Hash
}

/** Bytes for a host that are nowhere a file, and how many there will be. */
export interface Incoming {
  readonly stream: Readable
  readonly bytes: number
}

/** A host that can be changed. Every write is atomic: the old content or the new one, never half. */
export interface Host extends HostReader {
  exec(command: Command, options?: ExecOptions): Promise<Answer>
  /** Puts content with this hash at the path; mode and owner are set before the content is there to be read. */
  writeFile(path: string, content: Hash, options: WriteOptions): Promise<void>
  /** Writes down what we remember of the host, for us alone; unlike other content it is not kept here as well. */
  note(path: string, text: string): Promise<void>
  /** Keeps content that will be overwritten, so that any later process finds it by its hash. */
  preserve(content: Hash, from: { readonly path: string } | { readonly bytes: Buffer }): Promise<void>
  setAttributes(path: string, attributes: Partial<Attributes>): Promise<void>
  makeDirectory(path: string, attributes: Attributes): Promise<void>
  makeLink(path: string, target: string): Promise<void>
  /** Removes a file, a link or an empty directory; a directory with something in it is an error. `was` is kept. */
  remove(path: string, options?: { readonly was?: Hash }): Promise<void>
  /**
   * Boots it anew and returns when it is back, still ours: what ran there, and what stood under /run, is gone. Whoever
   * asks it meanwhile waits. Not back within the deadline, it throws `Unreachable`.
   */
  bootAnew(options: { readonly deadlineMs: number }): Promise<void>
  /** Tells the user how far a change has come that takes long. */
  say(text: string): void
  /** Sends a file of the controller, or bytes as they come; they take the path once all have arrived. */
  upload(from: string | Incoming, path: string, attributes: Attributes): Promise<void>
  /** Brings the content of a path into a file of the controller, for its user alone, or to whoever takes it. */
  download(path: string, to: string | Writable): Promise<void>
}

/** Commands cannot run as this user: there is none of the name, or it may not be become. The host itself is fine. */
export class CannotBecome extends Error {
  override readonly name = 'CannotBecome'
}

/** A command ended with a code that is no answer. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly command: string
  readonly answer: Answer
  constructor(host: string, command: Command, answer: Answer, advice?: string) {
    const said = lastLines(answer.stderr) || lastLines(answer.stdout) || 'it printed nothing'
    const words = `On ${host}, this ended with exit code ${answer.code}: ${command.text}\n${said}`
    super(advice === undefined ? words : `${words}\n${advice}`)
    this.command = command.text
    this.answer = answer
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-12).join('\n')
}
