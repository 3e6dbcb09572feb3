import type { FakeFiles } from './files.ts'
import { UnitFiles } from './unit-files.ts'

/** How a daemon behaves. */
export interface Daemon {
  /** The files that it takes up when it starts or reloads. */
  readonly reads?: readonly string[]
  readonly type?: 'notify' | 'simple' | 'oneshot'
  /** `to start`: starting ends with an error; `soon`: starting succeeds, but it dies again and again. */
  readonly fails?: 'to start' | 'soon'
  /** Starting fails while this file holds this text. */
  readonly refuses?: { readonly path: string; readonly text: string }
}

interface Unit {
  active: string
  sub: string
  took: Record<string, string | null>
  /** The unit file as the manager last read it. */
  loaded?: string | undefined
  starts: number
  restarts: number
  reloads: number
  /** Failures in a row; too many, and it is not started until that is reset. */
  failures: number
}

export interface SavedSystemd {
  readonly daemons: Readonly<Record<string, Daemon>>
  readonly units: Readonly<Record<string, Unit>>
  readonly configuration: string
}

const startLimit = 5
/** As on Debian 12. */
const shipped: Readonly<Record<string, string>> = {
  DefaultLimitNOFILE: '524288',
  DefaultLimitNOFILESoft: '1024',
  DefaultLimitNPROC: '96365',
  DefaultLimitNPROCSoft: '96365',
  DefaultTasksMax: '28909',
}
const stopped = { active: 'inactive', sub: 'dead' } as const

/** A service manager: units stand as files in the tree, enabled ones as links, running ones here. */
export class FakeSystemd {
  readonly unitFiles: UnitFiles
  readonly #files: FakeFiles
  readonly #daemons = new Map<string, Daemon>()
  readonly #units = new Map<string, Unit>()
  /** The manager's own configuration as it last read it. */
  #configuration = ''

  constructor(files: FakeFiles) {
    this.#files = files
    this.unitFiles = new UnitFiles(files)
  }

  /** Says how a daemon behaves, whether or not its unit file is there yet. */
  behave(name: string, daemon: Daemon): void {
    this.#daemons.set(name, daemon)
  }

  /** A unit that the host comes with. */
  define(name: string, as: Daemon & { readonly enabled?: boolean; readonly running?: boolean } = {}): void {
    const { enabled, running, ...daemon } = as
    this.behave(name, daemon)
    this.unitFiles.add(name)
    if (enabled === true) this.unitFiles.enable(name)
    if (running === true) this.start(name)
  }

  daemon(name: string): Daemon {
    return this.#daemons.get(name) ?? {}
  }

  active(name: string): string {
    return this.#units.get(name)?.active ?? stopped.active
  }

  sub(name: string): string {
    return this.#units.get(name)?.sub ?? stopped.sub
  }

  enabled(name: string): boolean {
    return this.unitFiles.state(name) === 'enabled'
  }

  starts(name: string): number {
    return this.#units.get(name)?.starts ?? 0
  }

  /** How often it was restarted; a start does not count. */
  restarts(name: string): number {
    return this.#units.get(name)?.restarts ?? 0
  }

  reloads(name: string): number {
    return this.#units.get(name)?.reloads ?? 0
  }

  /** The text of a file as the running daemon knows it; undefined when it has none. */
  took(name: string, path: string): string | undefined {
    return this.#units.get(name)?.took[path] ?? undefined
  }

  /** Another one with each start. */
  invocation(name: string): string {
    const unit = this.#units.get(name)
    return unit === undefined ? '' : `start ${unit.starts + unit.restarts}`
  }

  /** Whether there is such a unit, as a file or still in memory. */
  exists(name: string): boolean {
    return this.unitFiles.path(name) !== undefined || this.#units.get(name)?.loaded !== undefined
  }

  /** The unit file is no longer what the manager knows. */
  outdated(name: string): boolean {
    const loaded = this.#units.get(name)?.loaded
    return loaded !== undefined && loaded !== this.unitFiles.text(name)
  }

  /** Whether it runs now. */
  start(name: string): boolean {
    const { type, fails, refuses } = this.daemon(name)
    const unit = this.#unit(name)
    unit.loaded ??= this.unitFiles.text(name)
    unit.starts++
    if (unit.failures >= startLimit) return false
    if (
      fails === 'to start' ||
      (refuses !== undefined && this.#files.read(refuses.path)?.includes(refuses.text))
    ) {
      Object.assign(unit, { active: 'failed', sub: 'failed', took: {}, failures: unit.failures + 1 })
      return false
    }
    this.#takeUp(name)
    if (fails === 'soon') Object.assign(unit, { active: 'activating', sub: 'auto-restart' })
    else if (type === 'oneshot') Object.assign(unit, stopped)
    else Object.assign(unit, { active: 'active', sub: 'running' })
    return true
  }

  stop(name: string): void {
    const unit = this.#unit(name)
    Object.assign(unit, { ...stopped, took: {} })
    if (!this.enabled(name)) unit.loaded = undefined
  }

  resetFailed(name: string): void {
    if (this.active(name) !== 'failed') return
    this.#unit(name).failures = 0
    this.stop(name)
  }

  restart(name: string): boolean {
    const unit = this.#unit(name)
    if (unit.active === 'active') {
      unit.restarts++
      unit.starts--
    }
    return this.start(name)
  }

  reload(name: string): void {
    this.#unit(name).reloads++
    this.#takeUp(name)
  }

  /** What the manager gives to units, as `systemctl show` has it; undefined for what it does not know. */
  managerProperty(name: string): string | undefined {
    const isSoft = name.endsWith('Soft')
    const setting = isSoft ? name.slice(0, -'Soft'.length) : name
    const [, found] = new RegExp(`^${setting}=(.*)$`, 'm').exec(this.#configuration) ?? []
    return found ?? shipped[name]
  }

  daemonReload(): void {
    this.#configuration = this.unitFiles.managerText()
    for (const [name, unit] of this.#units) {
      if (unit.loaded !== undefined || unit.active === 'active') unit.loaded = this.unitFiles.text(name)
    }
  }

  /** Starts what is enabled, on what stands in the files now. */
  boot(): void {
    this.#configuration = this.unitFiles.managerText()
    this.#units.clear()
    for (const name of this.unitFiles.enabled()) this.start(name)
  }

  /** What runs, and what it took up. */
  snapshot(): Record<string, string> {
    const running = [...this.#units].filter(([, { active }]) => active !== stopped.active)
    const units = running.map(([name, { active, took }]) => [name, `${active} ${JSON.stringify(took)}`])
    return Object.fromEntries([['systemd', this.#configuration], ...units])
  }

  toJSON(): SavedSystemd {
    const [daemons, units] = [Object.fromEntries(this.#daemons), Object.fromEntries(this.#units)]
    return { daemons, units, configuration: this.#configuration }
  }

  load({ daemons, units, configuration }: SavedSystemd): void {
    this.#configuration = configuration
    for (const [name, daemon] of Object.entries(daemons)) this.#daemons.set(name, daemon)
    for (const [name, unit] of Object.entries(units)) this.#units.set(name, { ...unit })
  }

  #takeUp(name: string): void {
    const reads = this.daemon(name).reads ?? []
    this.#unit(name).took = Object.fromEntries(reads.map((path) => [path, this.#files.read(path) ?? null]))
  }

  #unit(name: string): Unit {
    const unit = this.#units.get(name) ?? {
      ...stopped,
      took: {},
      starts: 0,
      restarts: 0,
      reloads: 0,
      failures: 0,
    }
    this.#units.set(name, unit)
    return unit
  }
}
