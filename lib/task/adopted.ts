import type { Entry, Intent, Position } from './journal.ts'
import { isKnown, kindOf } from './kind.ts'
import type { Origin } from './origins.ts'
import { same } from './state.ts'
import { undoOf } from './undo.ts'

/** What a host remembers, as a journal tells it: entries from the number `n`, so that it can be undone like a run. */
export function adopted(
  origins: readonly Origin[],
  at: Omit<Position, 'role' | 'task'>,
  n: number,
): readonly Entry[] {
  return origins.flatMap((origin, index) => entriesOf(origin, at, n + index))
}

function entriesOf(origin: Origin, at: Omit<Position, 'role' | 'task'>, n: number): readonly Entry[] {
  const { role, task, from, left, moving: _, ...thing } = origin
  const intent: Intent = {
    type: 'intent',
    n,
    at: { ...at, role, task },
    ...thing,
    from,
    to: left,
    adopted: true,
  }
  // How far it had come stands first: an intent alone would be put back over what somebody has made of it since.
  return [...progressOf(origin, n), intent]
}

function progressOf({ kind, from, left, moving }: Origin, n: number): readonly Entry[] {
  const done = { type: 'done', n } as const
  if (moving === undefined) return [done]
  // A move that was cut short is undone as if it had come to its end, whatever stands there.
  const undo = undoOf({ from, to: left, done: true }, moving, isKnown(kind) ? kindOf(kind) : undefined)
  const to = undo.is === 'apply' ? undo.to : moving
  if (same(to, from)) return []
  return [done, { type: 'undoing', n, to, kept: undo.is === 'nothing' ? [] : undo.kept }]
}
