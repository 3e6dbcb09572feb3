import type { ChangeMade } from './journal.ts'
import type { Kind } from './kind.ts'
import { differing, hashesIn, same, type State } from './state.ts'

/** What a revert does about one change. */
export type Undo =
  | { readonly is: 'nothing' }
  /** Moves to `to`; `kept` names the fields that are no longer what the run left, and so stay. */
  | { readonly is: 'apply'; readonly to: State; readonly kept: readonly string[] }
  | { readonly is: 'keep'; readonly kept: readonly string[] }

/**
 * Decides what to put back: only what the run touched, and only where it still is as the run left it.
 * A change that may be half done is put back whatever stands there.
 */
export function undoOf(
  { from, to, done }: Pick<ChangeMade, 'from' | 'to' | 'done'>,
  actual: State,
  { standsIn = () => [], memory = [] }: Pick<Kind, 'standsIn' | 'memory'> = {},
): Undo {
  if (!done) return { is: 'apply', to: from, kept: [] }
  if (same(actual, from)) return { is: 'nothing' }
  // What is back already, whoever saw to it, is nothing to keep.
  const touched = differing(from, to).filter((field) => !same(actual[field], from[field]))
  const edited = touched.filter((field) => !same(actual[field], to[field]))
  const needed = new Set(edited.filter((field) => actual[field] !== undefined).flatMap(standsIn))
  const altered = touched.filter((field) => edited.includes(field) || needed.has(field))
  // A thing that came or went is put back as a whole or not at all: half of a file is no file.
  if (from.is !== to.is) {
    // What the host itself assigned, as the number of a user, the run has not named.
    const changed = differing(to, actual).filter((field) => field in to)
    return changed.length === 0 ? { is: 'apply', to: from, kept: [] } : { is: 'keep', kept: changed }
  }
  if (actual.is !== to.is) return { is: 'keep', kept: altered.length > 0 ? altered : ['is'] }
  if (altered.length === touched.length) return { is: 'keep', kept: altered }
  const back = touched.filter((field) => !altered.includes(field))
  const along = back.every((field) => memory.includes(field))
    ? []
    : altered.filter((field) => memory.includes(field))
  const kept = altered.filter((field) => !along.includes(field))
  return { is: 'apply', to: withFields(actual, from, [...back, ...along]), kept }
}

/** Whether a state stands for content that none of the others stands for. */
export function holdsOther(state: State, others: readonly State[]): boolean {
  const known = new Set(others.flatMap(hashesIn))
  return hashesIn(state).some((hash) => !known.has(hash))
}

/** A state with these fields as another has them. */
export function withFields(state: State, other: State, fields: readonly string[]): State {
  const changed: Record<string, State[string]> = { ...state }
  for (const field of [...fields, 'hint']) {
    const value = other[field]
    if (value !== undefined) changed[field] = value
    else if (field !== 'hint') delete changed[field]
  }
  return changed as State
}
