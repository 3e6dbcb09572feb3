import type { RunDirectory } from '../../state/run-directory.ts'
import { changesToUndo, type ChangeMade } from '../../task/journal.ts'
import { differing, same, type State } from '../../task/state.ts'

/** A thing that a run changed, and that still stands as far as the controller knows. */
export interface Change {
  readonly host: string
  readonly thing: string
  /** In words: `absent → file`, or the fields that were altered. */
  readonly change: string
  readonly to: State
}

/** What a run changed and nobody has undone, in the order in which it was done on each host. */
export function changesOf(run: RunDirectory): readonly Change[] {
  return run.journaledHosts().flatMap((host) => {
    return changesToUndo(run.journal(host).entries)
      .toReversed()
      .map((made) => ({ host, thing: made.last.id, change: words(made), to: made.to }))
  })
}

/** Whether two runs left a thing alike; hashes of one host can be compared. */
export function isAlike(a: Change, b: Change): boolean {
  return a.host === b.host && a.thing === b.thing && same(a.to, b.to)
}

function words({ from, to, done }: ChangeMade): string {
  const change = from.is === to.is ? differing(from, to).map(fieldName).join(', ') : `${from.is} → ${to.is}`
  return done ? change : `${change} (perhaps in part)`
}

function fieldName(field: string): string {
  return field === 'hash' ? 'content' : field
}
