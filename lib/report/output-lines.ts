import { Redactor } from '../secrets/redact.ts'
import type { Event, EventOf } from './events.ts'

/** A line that is longer loses its end. */
const longestLine = 64 * 1024

interface Held {
  readonly from: EventOf<'output'>
  /** Sees the text as it comes: a secret may lie across its pieces. */
  readonly redactor: Redactor
  text: string
}

/**
 * Turns output as it comes into whole lines without secrets. What is to be overwritten, since a carriage return ends
 * it, counts as a line of its own, and as progress.
 */
export class OutputLines {
  /** By host: there, one task runs at a time. */
  readonly #held = new Map<string | undefined, Held>()

  /** The events to hand on, in order: none while a line is still growing. */
  pass(event: Event): readonly Event[] {
    if (event.type === 'output') return this.#grow(event)
    if (event.type === 'task' || event.type === 'gate') return [...this.#end(event.host), event]
    if (event.type === 'stage-ended' || event.type === 'run-ended') return [...this.end(), event]
    return [event]
  }

  /** What is still held, when nothing more will come. */
  end(): readonly Event[] {
    return [...this.#held.keys()].flatMap((host) => this.#end(host))
  }

  #grow(event: EventOf<'output'>): readonly Event[] {
    const held = this.#held.get(event.host) ?? { from: event, redactor: new Redactor(), text: '' }
    this.#held.set(event.host, held)
    const all = held.text + held.redactor.push(event.text)
    const last = Math.max(all.lastIndexOf('\n'), all.lastIndexOf('\r'))
    held.text = all.slice(last + 1, last + 1 + longestLine)
    return last < 0 ? [] : linesOf(event, all.slice(0, last + 1))
  }

  #end(host: string | undefined): readonly Event[] {
    const held = this.#held.get(host)
    this.#held.delete(host)
    if (held === undefined) return []
    return linesOf(held.from, (held.text + held.redactor.end()).slice(0, longestLine))
  }
}

/** Lines that stay and lines that tell of progress, each in events of their own, in order. */
function linesOf(event: EventOf<'output'>, text: string): readonly Event[] {
  const events: EventOf<'output'>[] = []
  for (const [, line = '', ending] of text.matchAll(/([^\r\n]+)(\r\n|\r|\n|$)/g)) {
    const progress = ending === '\r'
    const last = events.at(-1)
    if (last !== undefined && (last.progress === true) === progress) {
      events[events.length - 1] = { ...last, text: `${last.text}\n${line}` }
    } else events.push({ ...event, text: line, ...(progress ? { progress } : {}) })
  }
  return events
}
