import type { ChangeMade } from './journal.ts'
import { isKnown, kindOf } from './kind.ts'
import { NotYet } from './outcome.ts'
import { same, type State } from './state.ts'
import { undoOf, type Undo } from './undo.ts'

/** What is to be done to undo a change, by what stands now. */
export type WayBack =
  | Undo
  /** It has gone with what it stood on. */
  | { readonly is: 'gone'; readonly why: string }
  /** Nothing could ever undo it. */
  | { readonly is: 'one way'; readonly why: string }

/** Whether it is to run on, and so is put back last. What cannot be undone is not run again as if it could. */
export function runsOn({ last, from, to }: ChangeMade): boolean {
  if (!isKnown(last.kind)) return false
  const { settle, oneWay } = kindOf(last.kind)
  if (last.bracket !== undefined || settle?.needed(from) !== true) return false
  return oneWay?.({ from, to }, last.ref) === undefined
}

/** Decides on a change, without anything being done yet; `begun` says how far an earlier undo of it had decided. */
export function wayBack(
  { last, from, to, done }: ChangeMade,
  actual: State | NotYet,
  begun?: { readonly to: State; readonly kept: readonly string[] },
): WayBack {
  if (actual instanceof NotYet) {
    if (!done || begun !== undefined) return { is: 'nothing' }
    return { is: 'gone', why: `${actual.message} It is no longer what the run left.` }
  }
  const kind = kindOf(last.kind)
  const why = same(actual, from) ? undefined : kind.oneWay?.({ from, to }, last.ref)
  if (why !== undefined) return { is: 'one way', why }
  return begun === undefined
    ? undoOf({ from, to, done }, actual, kind)
    : { is: 'apply', to: begun.to, kept: begun.kept }
}

/** Who has changed what is kept, and since when it is theirs. */
export function whoKept(fields: readonly string[], { who = 'Somebody', after = 'this run' } = {}): string {
  return `${who} changed ${fields.join(', ')} after ${after}, so that stays.`
}
