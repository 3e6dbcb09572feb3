import type { StampedEvent } from './events.ts'
import { format } from './format.ts'
import type { Look } from './look.ts'

/** Remembers what failed in a run, to tell it once more at the end. */
export class FailuresAgain {
  readonly #failures = new Map<string, StampedEvent>()

  observe(event: StampedEvent): void {
    if (event.type === 'contact' && event.state === 'given-up') this.#failures.set(event.host ?? '', event)
    if (event.type !== 'task') return
    const { host, role, task, status } = event
    const key = JSON.stringify([host, role, task])
    if (status === 'failed') this.#failures.set(key, event)
    // The role went on: it is no failure of the run.
    else if (status === 'rescued') this.#failures.delete(key)
  }

  lines(look: Look): readonly string[] {
    const lines = [...this.#failures.values()].flatMap((event) => format(event, 'apply', look))
    return lines.length === 0 ? [] : ['', look.paint.bold('What failed'), ...lines]
  }
}
