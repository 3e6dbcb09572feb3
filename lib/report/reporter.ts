import { redactDeep } from '../secrets/redact.ts'
import type { Emit, Event, StampedEvent } from './events.ts'
import { evidenceText } from './evidence-text.ts'
import { OutputLines } from './output-lines.ts'
import type { Sink } from './sink.ts'
import { harmless } from './text.ts'

export interface ReporterOptions {
  readonly run: string
  readonly playbook: string
  readonly sinks: readonly Sink[]
  /** Keeps the evidence of a failure on a host, and gives the file where it stands. */
  readonly keepEvidence?: ((host: string, text: string) => string) | undefined
}

export interface Reporter {
  readonly emit: Emit
  /** Leaves the terminal to `work`, which asks the user something. */
  suspended<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

/** Stamps events, takes every known secret out of them and hands them to the sinks; a sink that fails hinders no other. */
export function openReporter({ run, playbook, sinks, keepEvidence }: ReporterOptions): Reporter {
  const lines = new OutputLines()
  const working = new Set(sinks)

  const hand = (event: Event) => {
    // In this order: an escape sequence in the middle would hide a secret that a terminal then shows whole.
    const safe = redactDeep(withoutControl(event)) as Event
    const stamp = { v: 1, time: new Date().toISOString(), run, playbook } as const
    const stamped = withEvidenceFile({ ...stamp, ...safe } satisfies StampedEvent)
    for (const sink of working) attempt(sink, () => sink.write(stamped))
  }

  const withEvidenceFile = (event: StampedEvent): StampedEvent => {
    if (event.type !== 'task' || event.evidence === undefined || keepEvidence === undefined) return event
    try {
      const file = keepEvidence(event.host ?? 'cluster', evidenceText(event, event.evidence))
      return { ...event, evidence: { ...event.evidence, file } }
    } catch (error) {
      hand({ type: 'warning', message: `The evidence of a failure could not be kept: ${reason(error)}` })
      return event
    }
  }

  const attempt = (sink: Sink, work: () => void) => {
    try {
      work()
    } catch (error) {
      working.delete(sink)
      hand({ type: 'warning', message: `From here on, ${sink.name} lacks what happens: ${reason(error)}` })
    }
  }

  return {
    emit(event) {
      for (const whole of lines.pass(event)) hand(whole)
    },
    async suspended(work) {
      const resume = [...working].map((sink) => sink.suspend?.())
      try {
        return await work()
      } finally {
        for (const again of resume) again?.()
      }
    },
    close() {
      for (const event of lines.end()) hand(event)
      for (const sink of working) attempt(sink, () => sink.close?.())
    },
  }
}

/** Messages and output harmless for a terminal; what differs and what is reported stay as they are. */
function withoutControl(event: Event): object {
  const clean = Object.entries(event).map(([name, value]) => [
    name,
    typeof value === 'string' ? harmless(value) : value,
  ])
  return Object.fromEntries(clean)
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
