import { quote } from '../../host/command.ts'
import { duration } from '../../report/duration.ts'
import type { EventOf, Stamp, StampedEvent } from '../../report/events.ts'
import { fromHere } from '../../state/from-here.ts'
import type { RunDirectory } from '../../state/run-directory.ts'
import { eventsOf } from '../../state/run-events.ts'
import { changesOf } from './changes.ts'
import { commitWord, durationOf, isResumable, isRevertable, outcomeOf } from './outcome.ts'

/** What a verb says of a run, part by part; what has nothing in it is left away. */
export type Parts = readonly (readonly [name: string, data: unknown])[]

/** How a run was made, what it did, what failed, and what can be done about it. */
export function aboutRun(run: RunDirectory): Parts {
  const events = eventsOf(run)
  const parts: Parts = [
    ['Run', facts(run)],
    ['Hosts', hostRows(events)],
    ['Changed, and not undone', changesOf(run).map(({ host, thing, change }) => ({ host, thing, change }))],
    ['Failed', failedRows(events)],
    ['Next', nextLines(run)],
  ]
  return parts.filter(([, data]) => !Array.isArray(data) || data.length > 0)
}

function facts(run: RunDirectory): object {
  const { id, playbook, arguments: words, user, job, started, exitCode, versions } = run.record
  return {
    run: id,
    playbook,
    arguments: words.map(quote).join(' '),
    cluster: run.cluster,
    by: job?.user ?? user,
    ...(job === undefined ? {} : { job: job.url }),
    started,
    took: duration(durationOf(run)),
    outcome: outcomeOf(run) + (exitCode === undefined ? '' : ` (exit code ${exitCode})`),
    ...(run.record.commit === undefined ? {} : { commit: commitWord(run) }),
    ...(versions === undefined ? {} : { versions: `troupe ${versions.troupe}, node ${versions.node}` }),
    folder: fromHere(run.folder),
  }
}

/** Of a run that was gone on with or reverted, the last recap counts. */
function hostRows(events: readonly StampedEvent[]): readonly object[] {
  const rows = new Map<string | undefined, object>()
  for (const event of events) {
    if (event.type === 'recap') {
      const told = Object.entries(event.counts).filter(([, count]) => count > 0)
      rows.set(event.host, { host: event.host, ...Object.fromEntries(told) })
    }
  }
  return [...rows.values()]
}

function failedRows(events: readonly StampedEvent[]): readonly object[] {
  return failures(events).map(({ host = '', task = '', message = '', evidence }) => ({
    host,
    task,
    message: message.split('\n')[0] ?? '',
    at: evidence?.source === undefined ? '' : `${evidence.source.file}:${evidence.source.line}`,
    evidence: evidence?.file ?? '',
  }))
}

/** Failures that no role went on after. */
function failures(events: readonly StampedEvent[]): readonly (EventOf<'task'> & Stamp)[] {
  const found = new Map<string, EventOf<'task'> & Stamp>()
  for (const event of events) {
    if (event.type !== 'task') continue
    const key = JSON.stringify([event.host, event.role, event.task])
    if (event.status === 'failed' || event.status === 'unreachable') found.set(key, event)
    else found.delete(key)
  }
  return [...found.values()]
}

function nextLines(run: RunDirectory): readonly string[] {
  const { id, playbook, inventory } = run.record
  const start = ['npx tsx', playbook, ...inventory.flatMap((file) => ['-i', quote(file)])].join(' ')
  return [
    ...(isResumable(run) ? [`go on with it: npx tsx ${playbook} --resume ${id}`] : []),
    ...(isRevertable(run) ? [`undo it: ${start} --revert ${id}`] : []),
  ]
}
