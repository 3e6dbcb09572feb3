import { parse } from 'ini'
import type { Answer } from '../../../lib/host/host.ts'
import { refused } from './answer.ts'
import type { FakeFiles } from './files.ts'

const generator = '/run/systemd/generator'
const folders = ['/etc/systemd/system', '/run/systemd/system', generator, '/usr/lib/systemd/system']
const wants = '/etc/systemd/system/multi-user.target.wants'

/** Unit files and the links that enable them, as they stand in the tree. */
export class UnitFiles {
  readonly #files: FakeFiles

  constructor(files: FakeFiles) {
    this.#files = files
  }

  /** Where the unit file stands; undefined where there is none. */
  path(name: string): string | undefined {
    const [stem = ''] = name.split('@')
    const names = name.includes('@') ? [name, `${stem}@${name.slice(name.lastIndexOf('.'))}`] : [name]
    return names
      .flatMap((file) => folders.map((folder) => `${folder}/${file}`))
      .find((path) => this.#files.get(path))
  }

  masked(name: string): boolean {
    const entry = this.#files.get(`/etc/systemd/system/${name}`)
    return entry?.type === 'link' && entry.target === '/dev/null'
  }

  /** The unit with its drop-ins, as text; undefined where there is none. */
  text(name: string): string | undefined {
    const path = this.path(name)
    if (path === undefined) return undefined
    const dropIns = folders.flatMap((folder) => this.#files.children(`${folder}/${name}.d`))
    return [path, ...dropIns].map((file) => this.#files.read(file) ?? '').join('\n')
  }

  /** What the manager reads of itself when it starts or reloads; the last of the files wins. */
  managerText(): string {
    const dropIns = this.#files.children('/etc/systemd/system.conf.d').toSorted().toReversed()
    return dropIns.map((path) => this.#files.read(path) ?? '').join('')
  }

  /** As `UnitFileState`: empty where there is no such unit. */
  state(name: string): string {
    if (this.masked(name)) return 'masked'
    const text = this.text(name)
    if (text === undefined) return ''
    if (this.#files.get(`${wants}/${name}`) !== undefined) return 'enabled'
    if (this.path(name)?.startsWith(generator) === true) return 'generated'
    return 'Install' in parse(text) ? 'disabled' : 'static'
  }

  add(
    name: string,
    text = '[Service]\nExecStart=/usr/sbin/daemon\n[Install]\nWantedBy=multi-user.target\n',
  ): void {
    if (this.path(name) === undefined) this.#files.write(`/usr/lib/systemd/system/${name}`, text)
  }

  enable(name: string): void {
    const path = this.path(name)
    if (path !== undefined && this.state(name) === 'disabled') this.#files.link(`${wants}/${name}`, path)
  }

  disable(name: string): void {
    this.#files.remove(`${wants}/${name}`)
    if (this.#files.children(wants).length === 0) this.#files.remove(wants)
  }

  /** Masking needs the place where the unit's own file would stand. */
  mask(name: string): Answer | undefined {
    if (this.masked(name)) return undefined
    if (this.#files.get(`${folders[0]}/${name}`) !== undefined)
      return refused(`Failed to mask unit: File ${folders[0]}/${name} already exists.`)
    this.#files.link(`${folders[0]}/${name}`, '/dev/null')
    return undefined
  }

  unmask(name: string): void {
    if (this.masked(name)) this.#files.remove(`${folders[0]}/${name}`)
  }

  names(): string[] {
    const paths = folders.flatMap((folder) => this.#files.children(folder))
    return [...new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))].toSorted()
  }

  enabled(): string[] {
    const names = this.#files.children(wants).map((path) => path.slice(wants.length + 1))
    return names.filter((name) => this.path(name) !== undefined && !this.masked(name))
  }
}
