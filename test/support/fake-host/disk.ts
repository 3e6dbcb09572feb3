import { createHash } from 'node:crypto'
import { dirname } from 'node:path/posix'
import { ContentStore } from '../../../lib/host/content.ts'
import type { Attributes, Hash, Stat } from '../../../lib/host/host.ts'
import { beforeImage, ourPaths } from '../../../lib/host/paths.ts'
import type { FakeFiles } from './files.ts'
import type { FakeUsers } from './users.ts'

const privately = { mode: 0o600, owner: 'root', group: 'root' } as const

/** What a system makes of files: hashes, before-images, and what it refuses. */
export class FakeDisk {
  readonly #files: FakeFiles
  readonly #users: FakeUsers
  #contents: ContentStore | undefined

  constructor(files: FakeFiles, users: FakeUsers) {
    this.#files = files
    this.#users = users
  }

  get store(): ContentStore {
    return (this.#contents ??= new ContentStore(
      this.#files.read(ourPaths.key)?.trim() ?? 'the key of a fake host',
    ))
  }

  hash(bytes: Buffer): Hash {
    return this.store.hashOf(createHash('sha256').update(bytes).digest('hex'))
  }

  stat(path: string): Stat {
    const entry = this.#files.get(path)
    if (entry === undefined) return { type: 'absent' }
    if (entry.type !== 'file') return entry
    const { type, mode, owner, group } = entry
    return { type, hash: this.hash(entry.bytes), mode, owner, group }
  }

  /** As a system refuses a path without a folder above it, or an owner that it does not know. */
  check(path: string, { owner, group }: Partial<Attributes>): void {
    const folder = dirname(path)
    const ours = [ourPaths.persistent, ourPaths.passing].some((root) => path.startsWith(`${root}/`))
    if (ours && this.#files.get(folder) === undefined)
      this.#files.mkdir(folder, { ...privately, mode: 0o700 })
    if (this.#files.get(folder) === undefined)
      throw new Error(`cannot create '${path}': No such file or directory`)
    if (owner !== undefined && !this.#users.has(owner)) throw new Error(`chown: invalid user: '${owner}'`)
    if (group !== undefined && !this.#users.hasGroup(group))
      throw new Error(`chown: invalid group: '${group}'`)
  }

  /** Keeps what stands at a path, under its own hash. */
  preserve(path: string): void {
    const entry = this.#files.get(path)
    if (entry?.type === 'file') this.keepImage(this.hash(entry.bytes), entry.bytes)
  }

  keepImage(hash: Hash, bytes: Buffer | undefined): void {
    const image = beforeImage(hash)
    if (this.#files.get(image) !== undefined) return
    if (bytes === undefined || this.hash(bytes) !== hash)
      throw new Error(`What is to be kept as ${hash} is not there.`)
    this.#files.write(image, bytes, privately)
  }

  /** For a snapshot. */
  described(path: string): string {
    const entry = this.#files.get(path)
    if (entry === undefined || entry.type === 'other') return entry?.what ?? 'nothing'
    if (entry.type === 'link') return `link to ${entry.target}`
    const attributes = `${entry.type} ${entry.mode.toString(8)} ${entry.owner}:${entry.group}`
    return entry.type === 'directory'
      ? attributes
      : `${attributes} ${JSON.stringify(entry.bytes.toString('latin1'))}`
  }
}
