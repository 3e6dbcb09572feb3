import type { Emit } from '../report/events.ts'
import { changesToUndo, type Entry } from '../task/journal.ts'
import type { Left } from '../task/revert.ts'

/** What a revert leaves on one host. */
export interface Rest {
  readonly host: string
  readonly left: readonly Left[]
  /** Why nothing more could be done there, where that is so for all of it. */
  readonly why?: string
}

/** What a host has of a run that nobody can revert there. */
export function restOf(host: string, entries: readonly Entry[], why: string): Rest {
  const left = changesToUndo(entries).map(({ last }) => ({ intent: last, why: undefined }))
  return { host, left, why }
}

/** Names what is left on each host, and why, where there is something. */
export function tellRests(rests: readonly Rest[], emit: Emit): void {
  for (const { host, left, why } of rests) {
    if (left.length === 0) continue
    const failed = left.filter((each) => each.why !== undefined)
    const others = left.length - failed.length
    const lines = [
      `${changes(left.length)} of this run ${left.length === 1 ? 'is' : 'are'} left${why === undefined ? '.' : `: ${why}`}`,
      ...failed.map(({ intent, why: reason = '' }) => {
        return `  ${intent.id} (${intent.at.task}): ${reason.replaceAll('\n', '\n    ')}`
      }),
      ...(others > 0 && failed.length > 0 ? [`  ${changes(others)} more, which it did not come to.`] : []),
    ]
    emit({ type: 'error', host, message: lines.join('\n') })
  }
}

function changes(count: number): string {
  return `${count} change${count === 1 ? '' : 's'}`
}
