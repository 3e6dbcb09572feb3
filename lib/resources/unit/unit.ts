import { defineResource, type Inputs, type Resource, type WantContext } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { staleOf, tokensOf } from './stamps.ts'
import { unitDifferences } from './differences.ts'
import { moveUnit } from './moves.ts'
import { settle } from './settle.ts'
import { byReload, reactionOf, readUnits, type RunningState, type UnitRef, type UnitState } from './state.ts'

export interface UnitArgs {
  /** With or without `.service`. */
  readonly name: string
  /** Default: started. */
  readonly state?: 'started' | 'stopped'
  /** Whether it starts at boot. Default: as `state` says. */
  readonly enabled?: boolean
  /** It is restarted when one of these is no longer what it took up. */
  readonly restartAfter?: readonly Resource[]
  /** It is reloaded when one of these is no longer what it took up, unless it is restarted anyway. */
  readonly reloadAfter?: readonly Resource[]
  /** Where there is no such unit, nothing is wanted. */
  readonly ifInstalled?: boolean
  /** A unit that it starts, such as the service of a timer: when its file changed, systemd reads that again too. */
  readonly triggers?: string
}

interface Spec {
  readonly state?: 'started' | 'stopped'
  readonly enabled?: boolean
  readonly restartAfter: readonly string[]
  readonly reloadAfter: readonly string[]
  readonly triggers?: string
}

type Args = Omit<UnitArgs, 'state'> & { readonly state?: UnitArgs['state'] | 'any' }

const define = defineResource('unit', {
  make({
    name,
    state = 'started',
    enabled = state === 'started',
    restartAfter = [],
    reloadAfter = [],
    ifInstalled,
    triggers,
  }: Args) {
    const unit = unitName(name)
    const after = [...restartAfter, ...reloadAfter]
    const triggered = triggers === undefined ? {} : { triggers: unitName(triggers) }
    const ids = {
      restartAfter: restartAfter.map(({ id }) => id),
      reloadAfter: reloadAfter.map(({ id }) => id),
      ...triggered,
    }
    const ref: UnitRef = { name: unit, ...(ifInstalled === true ? { ifInstalled } : {}), ...triggered }
    const spec: Spec = state === 'any' ? ids : { ...ids, state, enabled }
    return { key: unit, ref, spec, ...(after.length === 0 ? {} : { after }) }
  },

  memory: ['took', 'reloaded'],

  read: readUnits,

  want(actual: UnitState, spec, { inputs }: WantContext): UnitState {
    if (actual.is === 'missing') return actual
    if (actual.enabled === 'masked' && (spec.state === 'started' || spec.enabled === true)) {
      throw new TaskFailed('The unit is masked, so it cannot be started.', {
        advice: 'Unmask it: systemctl unmask.',
      })
    }
    const enabled = enabledAs(actual.enabled, spec.enabled)
    if (spec.state === 'stopped') return stopped({ ...actual, enabled })
    if (actual.active === 'active') return upToDate({ ...actual, enabled }, spec, inputs)
    if (spec.state === undefined) return actual
    return {
      ...actual,
      enabled,
      active: 'active',
      reload: false,
      took: { ...actual.took, ...tokensOf(spec.restartAfter, inputs, reactionOf(actual, spec)) },
      reloaded: { ...actual.reloaded, ...tokensOf(spec.reloadAfter, inputs, reactionOf(actual, spec)) },
    }
  },

  async apply(host, { name }, { from, to }) {
    if (from.is === 'unit' && to.is === 'unit') await moveUnit(host, name, { from, to })
  },

  claim({ name }, { state, restartAfter, reloadAfter }) {
    const taken = [...restartAfter, ...reloadAfter].map((id) => `unit:${name}#took:${id}`)
    return state === undefined ? taken : [`unit:${name}#state`, ...taken]
  },

  show: unitDifferences,

  settle: {
    needed: (from) => from.is === 'unit' && from.active !== 'inactive',
    run: settle,
  },
})

/** A unit that runs, on what its files are now, and starts at boot; or one that does neither. */
export function unit(args: UnitArgs): Resource {
  return define(args)
}

interface Others {
  readonly after: readonly Resource[]
  readonly ifInstalled?: boolean
}

/** Restarts somebody else's unit when one of these is no longer what it took up; claims no more than that. */
export function restart(name: string, { after, ...rest }: Others): Resource {
  return define({ name, state: 'any', restartAfter: after, ...rest })
}

/** Reloads somebody else's unit in the same way, and leaves one that does not run as it is. */
export function reload(name: string, { after, ...rest }: Others): Resource {
  return define({ name, state: 'any', reloadAfter: after, ...rest })
}

/** The full name of a unit: `chrony` is `chrony.service`. */
export function unitName(name: string): string {
  if (!/^[\w:.\\@-]+$/.test(name) || /@(?:\.|$)/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is no name of a unit that can be started.`)
  }
  const type = /\.(?:service|socket|timer|mount|automount|path|target|slice|scope|swap|device)$/
  return type.test(name) ? name : `${name}.service`
}

/** What has no place in the boot, as a static unit, is left as it is. */
function enabledAs(actual: string, wanted: boolean | undefined): string {
  const enabled = actual === 'enabled'
  if (wanted === undefined || wanted === enabled) return actual
  if (wanted)
    return ['disabled', 'enabled-runtime', 'linked', 'linked-runtime'].includes(actual) ? 'enabled' : actual
  return 'disabled'
}

function stopped(unit: RunningState): RunningState {
  return unit.active === 'inactive' ? unit : { ...unit, active: 'inactive', took: {}, reloaded: {} }
}

function upToDate(
  unit: RunningState,
  { state, restartAfter, reloadAfter, triggers }: Spec,
  inputs: Inputs,
): RunningState {
  const reaction = reactionOf(unit, { triggers })
  const restarting = staleOf(restartAfter, inputs, unit.took, reaction)
  const reloading = staleOf(reloadAfter, inputs, unit.reloaded, byReload)
  const owned = state === 'started' || Object.keys(restarting).length > 0
  return {
    ...unit,
    reload: owned ? false : unit.reload,
    took: { ...unit.took, ...restarting },
    reloaded: { ...unit.reloaded, ...reloading },
  }
}
