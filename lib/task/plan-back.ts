import type { EventOf } from '../report/events.ts'
import { differences } from './differences.ts'
import type { Engine } from './engine.ts'
import type { HostRun } from './host-run.ts'
import { changesToUndo, undoingOf, type ChangeMade, type Entry } from './journal.ts'
import { isKnown } from './kind.ts'
import { look } from './move-back.ts'
import { NotYet } from './outcome.ts'
import { unknownKind } from './unknown-kind.ts'
import { runsOn, wayBack, whoKept } from './way-back.ts'
import { Unreachable } from '../transport/errors.ts'

type Foretold = Pick<EventOf<'resource'>, 'status' | 'why' | 'differences'>

/** Says what a revert of these entries would do on a host, in its order; gives the things that it cannot tell of. */
export async function planBack(
  engine: Engine,
  on: HostRun,
  entries: readonly Entry[],
  ours: string,
): Promise<readonly string[]> {
  const all = changesToUndo(entries)
  const changes = [...all.filter((change) => !runsOn(change)), ...all.filter(runsOn)]
  const newest = new Map(all.toReversed().map((change) => [change.last.id, change]))
  const told = await Promise.all(
    changes.map(async (change) => {
      // What is below another change of the same thing can be seen once that one is undone.
      const isBelow = newest.get(change.last.id) !== change
      const foretold: Foretold = isBelow
        ? { status: 'reverted' }
        : await foretell(engine, on, entries, change, ours)
      return { last: change.last, foretold }
    }),
  )
  for (const { last, foretold } of told) {
    const { kind, id, at } = last
    const place = { stage: at.stageTitle, role: at.role, task: at.task, host: on.name }
    engine.emit({ ...place, type: 'resource', kind, id, durationMs: 0, ...foretold })
  }
  return told.flatMap(({ last, foretold }) => (foretold.status === 'failed' ? [last.id] : []))
}

async function foretell(
  engine: Engine,
  on: HostRun,
  entries: readonly Entry[],
  change: ChangeMade,
  ours: string,
): Promise<Foretold> {
  const { last } = change
  try {
    if (!isKnown(last.kind)) throw unknownKind(last)
    const actual = await on.reach(() => look(on, last))
    const way = wayBack(change, actual, undoingOf(entries, last))
    if (way.is === 'gone' || way.is === 'one way') return { status: 'kept', why: way.why }
    const kept = way.is === 'nothing' ? [] : way.kept
    const why = kept.length > 0 ? { why: whoKept(kept, { after: ours }) } : {}
    const status = kept.length > 0 ? 'kept' : 'reverted'
    if (way.is !== 'apply' || actual instanceof NotYet) return { status, ...why }
    const item = { resource: last, target: on, spec: {} }
    const shown = await differences({ engine }, item, { from: actual, to: way.to })
    return { status, ...why, differences: shown }
  } catch (error) {
    if (error instanceof Unreachable) throw error
    return { status: 'failed', why: error instanceof Error ? error.message : String(error) }
  }
}
