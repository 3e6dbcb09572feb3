import type { Event } from '../../lib/report/events.ts'
import type { Said, SaidByRevert } from './laws.ts'

/** What the events of a run say; with several hosts, a thing counts once. `trouble` is told where no task tells of one. */
export function saidBy(events: readonly Event[], trouble: string): Said {
  const resources = events.filter((event) => event.type === 'resource')
  const tasks = events.filter((event) => event.type === 'task')
  const ids = (status: string) => [
    ...new Set(resources.filter((event) => event.status === status).map(({ id }) => id)),
  ]
  const failed = tasks.filter(({ status }) => status === 'failed' || status === 'unreachable')
  const rescued = tasks.some(({ status }) => status === 'rescued')
  const silent = trouble !== '' && failed.length === 0 ? [trouble] : []
  return {
    changed: ids('changed'),
    unknown: ids('unknown'),
    failed: rescued ? [] : [...failed.map(({ task, message }) => `${task}: ${message}`), ...silent],
    rescued,
    planEnded: tasks.some(({ task }) => task === 'The rest of the plan'),
  }
}

/** What the events of a revert say. */
export function saidByRevert(events: readonly Event[], trouble = ''): SaidByRevert {
  const resources = events.filter((event) => event.type === 'resource')
  const kept = resources.filter(({ status }) => status === 'kept').map(({ id, why = '' }) => [id, why])
  const failed = resources.filter(({ status }) => status === 'failed').map(({ id, why }) => `${id}: ${why}`)
  return {
    failed: failed.length === 0 && trouble !== '' ? [trouble] : failed,
    kept: Object.fromEntries(kept) as Record<string, string>,
  }
}
