import { dirname, resolve } from 'node:path/posix'
import type { Attributes } from '../../../lib/host/host.ts'

export type Entry =
  | ({ readonly type: 'file'; readonly bytes: Buffer } & Attributes)
  | ({ readonly type: 'directory' } & Attributes)
  | { readonly type: 'link'; readonly target: string }
  | { readonly type: 'other'; readonly what: string }

/** As JSON: bytes in base64. */
export type SavedFiles = Readonly<Record<string, Record<string, unknown>>>

const rootOwned = { owner: 'root', group: 'root' } as const
const usual = [
  '/etc/systemd/system',
  '/etc/default',
  '/home',
  '/opt',
  '/proc/sys/kernel/random',
  '/root',
  '/run',
  '/tmp',
  '/usr/bin',
  '/usr/lib/systemd/system',
  '/usr/local/bin',
  '/usr/sbin',
  '/var/lib',
]

/** An in-memory tree of files; what a test does through it directly counts as nobody's write. */
export class FakeFiles {
  readonly #entries = new Map<string, Entry>()

  constructor() {
    for (const path of usual) this.mkdir(path)
  }

  get(path: string): Entry | undefined {
    return this.#entries.get(this.#real(path))
  }

  /** The text of a file, through links; undefined where there is none. */
  read(path: string): string | undefined {
    return this.bytes(path)?.toString()
  }

  bytes(path: string): Buffer | undefined {
    const entry = this.get(path)
    if (entry?.type === 'link') return this.bytes(resolve(dirname(this.#real(path)), entry.target))
    return entry?.type === 'file' ? entry.bytes : undefined
  }

  /** Puts a file there, with the folders above it; keeps the attributes of one that stands. */
  write(path: string, content: string | Buffer, attributes: Partial<Attributes> = {}): void {
    this.mkdir(dirname(path))
    const there = this.get(path)
    const kept = there?.type === 'file' ? there : { mode: 0o644, ...rootOwned }
    const { mode, owner, group } = { ...kept, ...attributes }
    this.put(path, { type: 'file', bytes: Buffer.from(content), mode, owner, group })
  }

  mkdir(path: string, attributes: Partial<Attributes> = {}): void {
    if (this.get(path)?.type === 'directory' && Object.keys(attributes).length === 0) return
    if (path !== '/' && this.get(dirname(path)) === undefined) this.mkdir(dirname(path))
    this.put(path, { type: 'directory', mode: 0o755, ...rootOwned, ...attributes })
  }

  link(path: string, target: string): void {
    this.mkdir(dirname(path))
    this.put(path, { type: 'link', target })
  }

  chmod(path: string, attributes: Partial<Attributes>): void {
    const entry = this.get(path)
    if (entry?.type !== 'file' && entry?.type !== 'directory')
      throw new Error(`chmod: cannot access '${path}'`)
    this.put(path, { ...entry, ...attributes })
  }

  put(path: string, entry: Entry): void {
    this.#entries.set(this.#real(path), entry)
  }

  /** Removes what stands there, and what stands below it. */
  remove(path: string): void {
    const real = this.#real(path)
    for (const other of this.#entries.keys()) {
      if (other === real || other.startsWith(`${real}/`)) this.#entries.delete(other)
    }
  }

  /** The paths right below a directory. */
  children(path: string): string[] {
    const real = this.#real(path)
    return this.paths().filter((other) => other !== '/' && dirname(other) === real)
  }

  paths(): string[] {
    return [...this.#entries.keys()].toSorted()
  }

  toJSON(): SavedFiles {
    const saved = this.paths().map((path) => {
      const entry = this.#entries.get(path)
      return [
        path,
        entry?.type === 'file' ? { ...entry, bytes: entry.bytes.toString('base64') } : { ...entry },
      ]
    })
    return Object.fromEntries(saved) as SavedFiles
  }

  load(saved: SavedFiles): void {
    this.#entries.clear()
    for (const [path, entry] of Object.entries(saved)) {
      const bytes = entry['bytes']
      const whole = typeof bytes === 'string' ? { ...entry, bytes: Buffer.from(bytes, 'base64') } : entry
      this.#entries.set(path, whole as unknown as Entry)
    }
  }

  /** Follows links in all but the last part, as a system does. */
  #real(path: string): string {
    if (!path.startsWith('/')) throw new TypeError(`${JSON.stringify(path)} is no absolute path.`)
    let real = ''
    const parts = path.split('/').filter((part) => part !== '')
    for (const [index, part] of parts.entries()) {
      const here = `${real}/${part}`
      const entry = index < parts.length - 1 ? this.#entries.get(here) : undefined
      real = entry?.type === 'link' ? resolve('/', real, entry.target) : here
    }
    return real === '' ? '/' : real
  }
}
