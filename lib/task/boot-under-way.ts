import type { Entry } from './journal.ts'
import { isKnown, kindOf } from './kind.ts'

/** How long, in milliseconds, a host may need that its run was booting when it was killed. */
export function bootUnderWay(entries: readonly Entry[]): number | undefined {
  const last = entries.findLast((entry) => entry.type === 'intent')
  if (last === undefined || !isKnown(last.kind)) return undefined
  const isOver = entries.some(({ type, n }) => n === last.n && type !== 'intent')
  return isOver ? undefined : kindOf(last.kind).boots?.(last.ref)
}
