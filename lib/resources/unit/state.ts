import { setTimeout as pause } from 'node:timers/promises'
import { noProgram, sh } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import { ourPaths } from '../../host/paths.ts'
import type { Reading } from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import { readStamps, sinceRepair, type Digests, type Reaction } from './stamps.ts'

export type UnitRef = {
  readonly name: string
  /** A unit that does not exist is a state, not a failure. */
  readonly ifInstalled?: true
  /** A unit whose file counts as its own. */
  readonly triggers?: string
}

export type RunningState = {
  readonly is: 'unit'
  /** `active`, `inactive`; `crashing` is one that systemd starts again and again. */
  readonly active: string
  /** As `UnitFileState`: `enabled`, `disabled`, `static` … */
  readonly enabled: string
  /** The unit file is not the one that systemd knows. */
  readonly reload: boolean
  /** What it has taken up by a restart, and by a reload. */
  readonly took: Digests
  readonly reloaded: Digests
  readonly hint?: { readonly failed?: true; readonly restartedByOthers?: true }
}

export type UnitState = RunningState | { readonly is: 'missing' }

const properties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'NeedDaemonReload',
  'Type',
  'InvocationID',
] as const
export type Shown = Readonly<Record<(typeof properties)[number], string>>

const looks = 5
const betweenLooksMs = 400

/** Where stands what a unit has taken up; goes with a boot. */
export function stampPath(name: string): string {
  return `${ourPaths.units}/${name}`
}

/** All units in one command, and their stamps. */
export async function readUnits(
  host: HostReader,
  refs: readonly UnitRef[],
): Promise<readonly Reading<UnitState>[]> {
  const names = refs.map(({ name }) => name)
  const others = refs.flatMap(({ triggers }) => triggers ?? [])
  const [all, stamps] = await Promise.all([
    showAtRest(host, names, others),
    readStamps(host, names.map(stampPath), ['took', 'reloaded', 'start']),
  ])
  const outdated = new Set(all.flatMap(({ Id, NeedDaemonReload }) => (NeedDaemonReload === 'yes' ? Id : [])))
  return refs.map(({ name, ifInstalled, triggers }, index) => {
    const unit = all[index]
    const stamp = stamps[index] ?? { took: {}, reloaded: {}, start: {} }
    if (unit === undefined) return new Error(`systemctl on ${host.name} left out ${name}.`)
    const active = activeOf(unit)
    if (unit.LoadState === 'not-found' && active === 'inactive') {
      return ifInstalled === true
        ? { is: 'missing' }
        : new NotYet(`There is no unit ${name} on ${host.name}.`)
    }
    if (unit.LoadState === 'error' || unit.LoadState === 'bad-setting') {
      return new Error(
        `The unit file of ${name} on ${host.name} cannot be loaded: ask systemd-analyze verify ${name}.`,
      )
    }
    const enabled = unit.UnitFileState
    const { took, reloaded, start } = stamp
    const state = {
      is: 'unit' as const,
      active,
      enabled,
      reload: unit.NeedDaemonReload === 'yes' || (triggers !== undefined && outdated.has(triggers)),
      took,
      reloaded,
    }
    const others = start['id'] !== undefined && start['id'] !== unit.InvocationID
    const hint = {
      ...(unit.ActiveState === 'failed' ? { failed: true as const } : {}),
      ...(others ? { restartedByOthers: true as const } : {}),
    }
    return Object.keys(hint).length === 0 ? state : { ...state, hint }
  })
}

/** What systemd says of each unit, in that order. */
export async function show(host: HostReader, names: readonly string[]): Promise<readonly Shown[]> {
  const { code, stdout } = await host.query(sh`systemctl show -p ${properties.join(',')} -- ${names}`, {
    ok: [0, noProgram],
  })
  if (code === noProgram) {
    throw new TaskFailed(`${host.name} has no systemd, so it has no units.`, {
      advice: 'Leave this host out, or start the service by other means.',
    })
  }
  const blocks = stdout.trimEnd().split(/\n\n+/)
  return blocks.map((block) => {
    const pairs = block
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
    const found = Object.fromEntries(pairs) as Partial<Shown>
    const filled = properties.map((property) => [property, found[property] ?? ''])
    return Object.fromEntries(filled) as unknown as Shown
  })
}

/** Something between states is given a moment; one that is started again and again never comes to rest. */
async function showAtRest(
  host: HostReader,
  names: readonly string[],
  others: readonly string[],
): Promise<readonly Shown[]> {
  for (let look = 1; ; look++) {
    const shown = await show(host, [...names, ...others])
    const moving = shown
      .slice(0, names.length)
      .some((unit) => ['activating', 'deactivating'].includes(activeOf(unit)))
    if (!moving || look === looks) return shown
    await pause(betweenLooksMs)
  }
}

export function activeOf({ ActiveState, SubState }: Pick<Shown, 'ActiveState' | 'SubState'>): string {
  if (SubState.startsWith('auto-restart')) return 'crashing'
  if (ActiveState === 'reloading' || ActiveState === 'refreshing') return 'active'
  return ActiveState === 'failed' ? 'inactive' : ActiveState
}

/** A reload by somebody else leaves no trace: each of our repairs counts, since one more is cheap. */
export const byReload = sinceRepair(true)

/**
 * What it runs on is known from our stamps, as long as nobody else restarts it. What systemd has read of a unit that
 * it triggers is not known: a restart of this one is cheap.
 */
export function reactionOf(
  { hint }: RunningState,
  { triggers }: { readonly triggers?: string | undefined },
): Reaction {
  return sinceRepair(hint?.restartedByOthers === true || triggers !== undefined)
}
