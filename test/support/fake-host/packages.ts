import { createHash } from 'node:crypto'
import type { FakeFiles } from './files.ts'
import type { Daemon, FakeSystemd } from './systemd.ts'

/** A package as a repository has it. */
export interface Offer {
  readonly name: string
  readonly version: string
  readonly files?: Readonly<Record<string, string>>
  /** Kept by a removal, gone with a purge. */
  readonly conffiles?: Readonly<Record<string, string>>
  /** The same, but known to ucf instead of dpkg. */
  readonly ucf?: Readonly<Record<string, string>>
  /** Units that come with it; enabled and started by it unless told otherwise. */
  readonly units?: Readonly<Record<string, Daemon & { readonly enable?: boolean; readonly start?: boolean }>>
  readonly depends?: readonly string[]
}

interface Package {
  status: 'installed' | 'half-configured' | 'config-files'
  version: string
  /** Came as a dependency. */
  auto: boolean
  /** Stays at its version. */
  held?: boolean
}

export interface SavedPackages {
  readonly listsFetched: boolean
  readonly repository: readonly Offer[]
  readonly packages: Readonly<Record<string, Package>>
}

export type Step = (what: string) => Promise<void>

/** What is installed, and a repository to install from; it does what the hands of dpkg or rpm do. */
export class FakePackages {
  readonly family: 'apt' | 'dnf'
  /** Whether the host knows what the repository has. */
  listsFetched = true
  readonly #files: FakeFiles
  readonly #systemd: FakeSystemd
  #repository: Offer[] = []
  readonly #packages = new Map<string, Package>()

  constructor(family: 'apt' | 'dnf', files: FakeFiles, systemd: FakeSystemd) {
    this.family = family
    this.#files = files
    this.#systemd = systemd
  }

  /** Puts a package into the repository; the last one of a name is the candidate. */
  offer(offer: Offer): void {
    this.#repository.push(offer)
  }

  /** Takes a version out of the repository. */
  withdraw(name: string, version: string): void {
    this.#repository = this.#repository.filter((offer) => offer.name !== name || offer.version !== version)
  }

  versions(name: string): string[] {
    return this.listsFetched ? this.#offers(name).map(({ version }) => version) : []
  }

  get(name: string): Readonly<Package> | undefined {
    return this.#packages.get(name)
  }

  names(): string[] {
    return [...this.#packages.keys()].toSorted()
  }

  /** What was begun and not ended. */
  half(): string[] {
    return this.names().filter((name) => this.get(name)?.status === 'half-configured')
  }

  installed(name: string): boolean {
    return this.get(name)?.status === 'installed'
  }

  hold(name: string, held: boolean): void {
    const there = this.get(name)
    if (there !== undefined) this.#packages.set(name, { ...there, held })
  }

  held(): string[] {
    return this.names().filter((name) => this.get(name)?.held === true)
  }

  /** The newest version that a word of the package tool means; the word itself where there is none. */
  meant(name: string, word: string): string {
    const build = this.family === 'dnf' ? '(?:-[^-]*)?' : ''
    const pattern = new RegExp(`^${word.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}${build}$`)
    return this.versions(name).findLast((version) => pattern.test(version)) ?? word
  }

  /** Installs with all that it needs; the message when there is no such package. */
  async install(
    name: string,
    version: string | undefined,
    auto: boolean,
    step: Step,
  ): Promise<string | undefined> {
    const offer = this.#offers(name).findLast((each) => version === undefined || each.version === version)
    if (offer === undefined || !this.listsFetched) return `Unable to locate package ${name}`
    const there = this.get(name)
    if (there?.status === 'installed' && (version ?? there.version) === there.version) {
      if (!auto) this.#packages.set(name, { ...there, auto: false })
      return undefined
    }
    for (const needed of offer.depends ?? []) {
      const problem = this.installed(needed) ? undefined : await this.install(needed, undefined, true, step)
      if (problem !== undefined) return problem
    }
    if (there?.held === true)
      return 'Held packages were changed and -y was used without --allow-change-held-packages.'
    await step(`unpack ${name}`)
    this.#unpack(offer, there)
    this.#packages.set(name, {
      status: 'half-configured',
      version: offer.version,
      auto: there === undefined || there.status === 'config-files' ? auto : there.auto,
    })
    // rpm knows no package that is only half there.
    if (this.family === 'apt') await step(`configure ${name}`)
    this.configure(name)
    return undefined
  }

  configure(name: string): void {
    const there = this.get(name)
    const offer = this.#offers(name).find(({ version }) => version === there?.version)
    if (there === undefined || offer === undefined) return
    for (const [unit, { enable = true, start = true, ...daemon }] of Object.entries(offer.units ?? {})) {
      this.#systemd.behave(unit, daemon)
      if (enable) this.#systemd.unitFiles.enable(unit)
      if (start && this.#systemd.active(unit) !== 'active') this.#systemd.start(unit)
    }
    this.#packages.set(name, { ...there, status: 'installed' })
  }

  /** Removes with all that needs it; `purge` takes the configuration along. */
  remove(name: string, purge: boolean): void {
    const there = this.get(name)
    const offer = this.#offers(name).find(({ version }) => version === there?.version)
    if (there === undefined) return
    if (there.status !== 'config-files') {
      for (const other of this.names()) if (this.#needs(other).includes(name)) this.remove(other, false)
      for (const unit of Object.keys(offer?.units ?? {})) {
        this.#systemd.stop(unit)
        this.#systemd.unitFiles.disable(unit)
        this.#removeWithFolder(`/usr/lib/systemd/system/${unit}`)
      }
      this.#systemd.daemonReload()
      for (const path of Object.keys(offer?.files ?? {})) this.#removeWithFolder(path)
    }
    const conffiles = Object.keys(configurationOf(offer))
    if (purge) {
      for (const path of conffiles) this.#removeWithFolder(path)
      this.#registerUcf(name, {})
    }
    if (!purge && conffiles.length > 0) this.#packages.set(name, { ...there, status: 'config-files' })
    else this.#packages.delete(name)
  }

  /** It, and all that needs it. */
  goingWith(name: string): string[] {
    const needing = this.names().filter((other) => this.#needs(other).includes(name))
    return [name, ...needing.flatMap((other) => this.goingWith(other))]
  }

  /** What came as a dependency and is needed by nothing any more. */
  unneeded(): string[] {
    const left = new Set(this.names().filter((name) => this.installed(name)))
    const needless = (name: string) => {
      return this.get(name)?.auto === true && ![...left].some((other) => this.#needs(other).includes(name))
    }
    let gone: string | undefined
    while ((gone = [...left].find(needless)) !== undefined) left.delete(gone)
    return this.names().filter((name) => this.installed(name) && !left.has(name))
  }

  /** As `${Conffiles}` of dpkg-query: a path with the checksum of what was shipped. */
  conffiles(name: string): string {
    const there = this.get(name)
    const offer = this.#offers(name).find(({ version }) => version === there?.version)
    return Object.entries(offer?.conffiles ?? {})
      .map(([path, text]) => `\n ${path} ${md5(text)}`)
      .join('')
  }

  snapshot(): Record<string, string> {
    return Object.fromEntries(
      [...this.#packages].map(([name, { status, version, held }]) => [
        name,
        `${status} ${version}${held === true ? ' held' : ''}`,
      ]),
    )
  }

  toJSON(): SavedPackages {
    const { listsFetched } = this
    return { listsFetched, repository: this.#repository, packages: Object.fromEntries(this.#packages) }
  }

  load({ listsFetched, repository, packages }: SavedPackages): void {
    this.listsFetched = listsFetched
    this.#repository = [...repository]
    for (const [name, each] of Object.entries(packages)) this.#packages.set(name, { ...each })
  }

  #offers(name: string): Offer[] {
    return this.#repository.filter((offer) => offer.name === name)
  }

  #needs(name: string): readonly string[] {
    const there = this.get(name)
    if (there === undefined || there.status === 'config-files') return []
    return this.#offers(name).find(({ version }) => version === there.version)?.depends ?? []
  }

  #unpack(offer: Offer, there: Package | undefined): void {
    for (const [path, text] of Object.entries(offer.files ?? {})) this.#files.write(path, text)
    for (const [path, text] of Object.entries(configurationOf(offer))) {
      // With --force-confold, what stands there stays, also when nobody knows of it.
      const shipped = configurationOf(
        this.#offers(offer.name).find(({ version }) => version === there?.version),
      )[path]
      const standing = this.#files.read(path)
      if (standing === undefined || standing === shipped) this.#files.write(path, text)
    }
    this.#registerUcf(offer.name, offer.ucf ?? {})
    for (const unit of Object.keys(offer.units ?? {})) this.#systemd.unitFiles.add(unit)
  }

  /** What ucf knows of a package; its files are there only while it knows something. */
  #registerUcf(name: string, configuration: Readonly<Record<string, string>>): void {
    const registry = this.#files.read('/var/lib/ucf/registry')?.split('\n') ?? []
    const others = registry.filter((line) => line !== '' && !line.startsWith(`${name} `))
    const lines = [...others, ...Object.keys(configuration).map((path) => `${name} \t ${path}`)]
    const hashes = Object.entries(configuration).map(([path, text]) => `${md5(text)}  ${path}`)
    this.#files.remove('/var/lib/ucf')
    if (lines.length === 0) return
    this.#files.write('/var/lib/ucf/registry', `${lines.join('\n')}\n`)
    this.#files.write('/var/lib/ucf/hashfile', `${hashes.join('\n')}\n`)
  }

  #removeWithFolder(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/'))
    this.#files.remove(path)
    if (!isOfTheSystem(folder) && this.#files.children(folder).length === 0) this.#files.remove(folder)
  }
}

function configurationOf(offer: Offer | undefined): Readonly<Record<string, string>> {
  return { ...offer?.conffiles, ...offer?.ucf }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function isOfTheSystem(folder: string): boolean {
  if (folder.startsWith('/usr/share/')) return false
  return folder.split('/').length <= 2 || folder.startsWith('/usr') || folder.startsWith('/var')
}
