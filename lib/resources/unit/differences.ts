import type { Difference } from '../../report/events.ts'
import type { Change } from '../../task/kind.ts'
import type { Digests } from './stamps.ts'
import type { UnitState } from './state.ts'

/** A unit's change as people speak of it: what starts, what is restarted, and to take up what. */
export function unitDifferences({ from, to }: Change<UnitState>): readonly Difference[] {
  if (from.is !== 'unit' || to.is !== 'unit') return [{ field: 'is', from: from.is, to: to.is }]
  const rows: Difference[] = (['active', 'enabled'] as const)
    .filter((field) => from[field] !== to[field])
    .map((field) => ({ field, from: from[field], to: to[field] }))
  if (from.reload && !to.reload)
    rows.push({ field: 'unit file', from: 'read before it changed', to: 'read again' })
  if (from.active !== 'active' || to.active !== 'active') return rows
  const restart = takenUp(from.took, to.took)
  const reload = takenUp(from.reloaded, to.reloaded)
  if (restart !== '') rows.push({ field: 'restart', from: `runs on an older ${restart}`, to: 'takes it up' })
  else if (reload !== '')
    rows.push({ field: 'reload', from: `runs on an older ${reload}`, to: 'takes it up' })
  return rows
}

function takenUp(before: Digests, after: Digests): string {
  return Object.keys(after)
    .filter((id) => before[id] !== after[id])
    .map((id) => id.slice(id.indexOf(':') + 1))
    .join(', ')
}
