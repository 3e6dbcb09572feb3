import type { StampedEvent } from './events.ts'
import type { Sink, Writable } from './sink.ts'

/** One event a line. */
export function jsonLines(stream: Writable): Sink {
  return {
    name: 'the JSON output',
    write: (event) => void stream.write(`${jsonLine(event)}\n`),
  }
}

/** These stand first, in this order, whatever the order in which an event was made. */
const first = 'v type time run playbook stage role task host kind id status durationMs'.split(' ')

/** An event as `--json` prints it. */
export function jsonLine(event: StampedEvent): string {
  const given: Readonly<Record<string, unknown>> = { ...event }
  const head = first.filter((name) => name in given)
  const tail = Object.keys(given).filter((name) => !first.includes(name))
  return JSON.stringify(Object.fromEntries([...head, ...tail].map((name) => [name, given[name]])))
}
