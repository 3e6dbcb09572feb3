import type { Host } from '../../host/host.ts'
import type { Inputs, Made } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { same } from '../../task/state.ts'
import { moveUnit, stamp } from './moves.ts'
import { settled, staleOf } from './stamps.ts'
import { byReload, reactionOf, readUnits, type RunningState, type UnitRef, type UnitState } from './state.ts'

/** Runs it again as before the run, on the inputs that stand again. */
export async function settle(
  host: Host,
  ref: UnitRef,
  { from, to, done }: Made<UnitState>,
  inputs: Inputs,
): Promise<readonly string[]> {
  const [actual] = await readUnits(host, [ref])
  if (from.is !== 'unit' || to.is !== 'unit') return []
  if (actual === undefined || actual instanceof Error || actual.is !== 'unit') return []
  const reaction = reactionOf(actual, ref)
  const kept = done ? changedSince(from, to, actual) : []
  if (kept.includes('active')) return kept
  const reloads = Object.keys(inputs).filter((id) => id in actual.reloaded && !(id in actual.took))
  const restarts = Object.keys(inputs).filter((id) => !reloads.includes(id))
  const again: RunningState = {
    ...from,
    enabled: kept.includes('enabled') ? actual.enabled : from.enabled,
    active: 'active',
    reload: false,
    took: { ...actual.took, ...staleOf(restarts, inputs, actual.took, reaction) },
    reloaded: { ...actual.reloaded, ...staleOf(reloads, inputs, actual.reloaded, byReload) },
  }
  try {
    await moveUnit(host, ref.name, { from: actual, to: again })
  } catch (error) {
    // What did not run well before cannot be expected to run now.
    if (from.active === 'active' || !(error instanceof TaskFailed)) throw error
  }
  const took = settled(from.took, restarts, inputs, reaction)
  const reloaded = settled(from.reloaded, reloads, inputs, reaction)
  if (!same({ took, reloaded }, { took: again.took, reloaded: again.reloaded })) {
    await stamp(host, ref.name, { took, reloaded })
  }
  return kept
}

/** What somebody else has stopped, enabled or disabled after the run; what failed has not been stopped. */
function changedSince(from: RunningState, to: RunningState, actual: RunningState): readonly string[] {
  return (['active', 'enabled'] as const).filter((field) => {
    if (field === 'active' && (actual.active !== 'inactive' || actual.hint?.failed === true)) return false
    return actual[field] !== to[field] && actual[field] !== from[field]
  })
}
