import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { Readable, type Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Command } from '../../lib/host/command.ts'
import type {
  Answer,
  Attributes,
  ExecOptions,
  Hash,
  Host,
  Incoming,
  QueryOptions,
  Stat,
  Worker,
  WriteOptions,
} from '../../lib/host/host.ts'
import { beforeImage, ourPaths } from '../../lib/host/paths.ts'
import { privateFile } from '../../lib/host/root-owned.ts'
import type { Secret } from '../../lib/secrets/secret.ts'
import { packageTools } from './fake-host/apt.ts'
import { Traffic } from './fake-host/counts.ts'
import { FakeDisk } from './fake-host/disk.ts'
import { firewallPrograms } from './fake-host/firewall.ts'
import { FakeFiles, type SavedFiles } from './fake-host/files.ts'
import { filters } from './fake-host/kernel.ts'
import { modprobe } from './fake-host/modules.ts'
import { mounts } from './fake-host/mounts.ts'
import { FakePackages, type SavedPackages } from './fake-host/packages.ts'
import { FakePrograms, looking, UnexpectedCommand, type Fixture, type Pattern } from './fake-host/programs.ts'
import { FakeSystemd, type SavedSystemd } from './fake-host/systemd.ts'
import { swaps } from './fake-host/swap.ts'
import { systemctl } from './fake-host/systemctl.ts'
import { systemPrograms } from './fake-host/system.ts'
import { tarProgram } from './fake-host/tar.ts'
import { treePrograms } from './fake-host/tree.ts'
import { trustPrograms } from './fake-host/trust.ts'
import { FakeUsers, type SavedUsers } from './fake-host/users.ts'

export { Killed } from './fake-host/counts.ts'
export { UnexpectedCommand } from './fake-host/programs.ts'

/** All of a host that outlives a process; fixtures and hooks do not. */
export interface SavedHost {
  readonly name: string
  readonly family: 'apt' | 'dnf'
  readonly files: SavedFiles
  readonly systemd: SavedSystemd
  readonly users: SavedUsers
  readonly packages: SavedPackages
}

const bootId = '/proc/sys/kernel/random/boot_id'

/**
 * A host in memory: files, a tiny systemd, packages, users. Any other command is answered by the test with `on`, or
 * fails it; a query that would change something always fails it.
 */
export class FakeHost implements Host {
  readonly name: string
  worker: Worker = { owner: 'root', group: 'root', isRoot: true }
  readonly files = new FakeFiles()
  readonly systemd = new FakeSystemd(this.files)
  readonly users = new FakeUsers(this.files)
  readonly packages: FakePackages
  readonly traffic = new Traffic()
  /** What no test should let pass: commands without an answer, queries that change. The engine may catch them. */
  readonly complaints: Error[] = []
  /** What was said of how far changes had come. */
  readonly told: string[] = []
  /** The names of all jobs that were started. */
  readonly jobs: string[] = []
  readonly #programs: FakePrograms
  readonly #disk = new FakeDisk(this.files, this.users)

  constructor(name: string, { family = 'apt' }: { readonly family?: 'apt' | 'dnf' } = {}) {
    this.name = name
    this.packages = new FakePackages(family, this.files, this.systemd)
    const tools = packageTools(this.packages, this.files)
    this.#programs = new FakePrograms([
      looking(this.files),
      filters(this.files),
      modprobe(this.files),
      mounts(this.files),
      swaps(this.files),
      systemctl(this.systemd),
      this.users.programs,
      systemPrograms(this.files),
      firewallPrograms(this.files, this.systemd),
      tools,
      treePrograms(this.files),
      tarProgram(this.files),
      trustPrograms(this.files),
    ])
    this.files.write(bootId, randomUUID())
  }

  /** Answers a command that asks. */
  on(pattern: Pattern, answer: Fixture): this {
    this.#programs.add(pattern, answer, false)
    return this
  }

  /** Answers a command that changes something; a query for it fails the test. */
  onChange(pattern: Pattern, answer: Fixture): this {
    this.#programs.add(pattern, answer, true)
    return this
  }

  /** Power off and on: what stands under /run is gone, what is enabled starts. */
  reboot(): void {
    this.files.remove('/run')
    this.files.mkdir('/run')
    this.files.write(bootId, randomUUID())
    this.systemd.boot()
  }

  /** All that a test compares: what stands on the host, without what we remember there unless asked for. */
  snapshot({ ours = false }: { readonly ours?: boolean } = {}): Record<string, Record<string, string>> {
    const hidden = ours ? [] : [ourPaths.persistent, ourPaths.passing]
    const paths = this.files.paths().filter((path) => {
      return path !== bootId && !hidden.some((folder) => path === folder || path.startsWith(`${folder}/`))
    })
    return {
      files: Object.fromEntries(paths.map((path) => [path, this.#disk.described(path)])),
      units: this.systemd.snapshot(),
      users: this.users.snapshot(),
      packages: this.packages.snapshot(),
    }
  }

  toJSON(): SavedHost {
    const { name, packages, files, systemd, users } = this
    const parts = {
      files: files.toJSON(),
      systemd: systemd.toJSON(),
      users: users.toJSON(),
      packages: packages.toJSON(),
    }
    return { name, family: packages.family, ...parts }
  }

  save(file: string): void {
    writeFileSync(file, JSON.stringify(this))
  }

  static load(saved: SavedHost | string): FakeHost {
    const from = (
      typeof saved === 'string' ? JSON.parse(readFileSync(saved, 'utf8')) : structuredClone(saved)
    ) as SavedHost
    const host = new FakeHost(from.name, { family: from.family })
    host.files.load(from.files)
    host.systemd.load(from.systemd)
    host.users.load(from.users)
    host.packages.load(from.packages)
    return host
  }

  /** The same host for another process. */
  clone(): FakeHost {
    return FakeHost.load(this.toJSON())
  }

  async query(command: Command, options: QueryOptions = {}): Promise<Answer> {
    await this.traffic.trip()
    return this.#run(command, options, false)
  }

  async exec(command: Command, options: ExecOptions = {}): Promise<Answer> {
    if (options.job !== undefined) this.jobs.push(options.job)
    return this.traffic.write(`exec ${command.text}`, async () => {
      const answer = await this.#run(command, options, true)
      const { path = '', content } = options.leaves ?? {}
      if (content !== undefined) {
        const attributes = { mode: 0o600, owner: 'root', group: 'root' }
        this.files.put(path, { type: 'file', bytes: await this.bytes(content), ...attributes })
      } else if (path !== '') this.files.remove(path)
      return answer
    })
  }

  async stat(paths: readonly string[]): Promise<readonly Stat[]> {
    await this.traffic.trip()
    return paths.map((path) => this.#disk.stat(path))
  }

  async readFiles(paths: readonly string[]): Promise<readonly (Buffer | undefined)[]> {
    await this.traffic.trip()
    return paths.map((path) => this.files.bytes(path))
  }

  keep(content: string | Buffer | Secret): Hash {
    return this.#disk.store.keep(content)
  }

  hashOf(sha256: string): Hash {
    return this.#disk.store.hashOf(sha256)
  }

  async bytes(hash: Hash): Promise<Buffer> {
    const bytes = this.#disk.store.get(hash) ?? this.files.bytes(beforeImage(hash))
    if (bytes === undefined) throw new Error(`The content ${hash} is not to be had on ${this.name}.`)
    return bytes
  }

  async writeFile(path: string, content: Hash, { was, ...attributes }: WriteOptions): Promise<void> {
    const bytes = await this.bytes(content)
    await this.traffic.write(`write ${path}`, () => {
      this.#disk.check(path, attributes)
      if (this.files.get(path)?.type === 'directory')
        throw new Error(`mv: cannot overwrite directory '${path}'`)
      if (was !== undefined) this.#disk.preserve(path)
      this.files.put(path, { type: 'file', bytes, ...attributes })
    })
  }

  async note(path: string, text: string): Promise<void> {
    await this.traffic.write(`write ${path}`, () => {
      this.#disk.check(path, privateFile)
      this.files.put(path, { type: 'file', bytes: Buffer.from(text), ...privateFile })
    })
  }

  async preserve(content: Hash, from: { readonly path: string } | { readonly bytes: Buffer }): Promise<void> {
    await this.traffic.write(`preserve ${'path' in from ? from.path : 'bytes'}`, () => {
      this.#disk.keepImage(content, 'path' in from ? this.files.bytes(from.path) : from.bytes)
    })
  }

  async setAttributes(path: string, attributes: Partial<Attributes>): Promise<void> {
    await this.traffic.write(`attributes ${path}`, () => {
      this.#disk.check(path, attributes)
      this.files.chmod(path, attributes)
    })
  }

  async makeDirectory(path: string, attributes: Attributes): Promise<void> {
    await this.traffic.write(`mkdir ${path}`, () => {
      this.#disk.check(path, attributes)
      const there = this.files.get(path)
      if (there !== undefined && there.type !== 'directory') throw new Error(`mkdir: '${path}': File exists`)
      this.files.put(path, { type: 'directory', ...attributes })
    })
  }

  async makeLink(path: string, target: string): Promise<void> {
    await this.traffic.write(`link ${path}`, () => {
      this.#disk.check(path, {})
      if (this.files.get(path)?.type === 'directory') throw new Error(`ln: '${path}' is a directory`)
      this.files.put(path, { type: 'link', target })
    })
  }

  async remove(path: string, { was }: { readonly was?: Hash } = {}): Promise<void> {
    await this.traffic.write(`remove ${path}`, () => {
      if (this.files.children(path).length > 0) throw new Error(`rmdir: '${path}': Directory not empty`)
      if (was !== undefined) this.#disk.preserve(path)
      this.files.remove(path)
    })
  }

  async bootAnew(): Promise<void> {
    await this.traffic.write('boot', () => this.reboot())
  }

  say(text: string): void {
    this.told.push(text)
  }

  async upload(from: string | Incoming, path: string, attributes: Attributes): Promise<void> {
    const bytes = typeof from === 'string' ? await readFile(from) : await buffer(from.stream)
    await this.traffic.write(`upload ${path}`, () => {
      this.#disk.check(path, attributes)
      this.files.put(path, { type: 'file', bytes, ...attributes })
    })
  }

  async download(path: string, to: string | Writable): Promise<void> {
    await this.traffic.trip()
    const bytes = this.files.bytes(path)
    if (bytes === undefined) throw new Error(`There is no file ${path} on ${this.name}.`)
    if (typeof to === 'string') await writeFile(to, bytes)
    else await pipeline(Readable.from([bytes]), to)
  }

  async #run(command: Command, options: ExecOptions, mayChange: boolean): Promise<Answer> {
    this.traffic.commands.push(command.text)
    try {
      return await this.#programs.run(this.name, command, options, mayChange, (what) =>
        this.traffic.step(what),
      )
    } catch (error) {
      if (error instanceof UnexpectedCommand) this.complaints.push(error)
      throw error
    }
  }
}
