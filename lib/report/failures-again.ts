import type { StampedEvent } from './events.ts'
import { findingLines, type FindingEvent } from './finding-lines.ts'
import { format } from './format.ts'
import type { Look } from './look.ts'

/** Remembers what failed in a run, to tell it once more at the end. */
export class FailuresAgain {
  readonly #failures = new Map<string, StampedEvent>()
  readonly #findings: FindingEvent[] = []

  observe(event: StampedEvent): void {
    if (event.type === 'contact' && event.state === 'given-up') this.#failures.set(event.host ?? '', event)
    if (event.type === 'finding' && event.class === 'fatal') this.#findings.push(event)
    if (event.type !== 'task') return
    const { host, role, task, status } = event
    const key = JSON.stringify([host, role, task])
    if (status === 'failed') this.#failures.set(key, event)
    // The role went on: it is no failure of the run.
    else if (status === 'rescued') this.#failures.delete(key)
  }

  lines(look: Look): readonly string[] {
    const lines = [
      ...[...this.#failures.values()].flatMap((event) => format(event, 'apply', look)),
      ...findingLines(this.#findings, look),
    ]
    return lines.length === 0 ? [] : ['', look.paint.bold('What failed'), ...lines]
  }
}
