import type { EventOf, StampedEvent } from './events.ts'
import { advised, format } from './format.ts'
import { painted, symbolOf, type Look } from './look.ts'
import type { Sink, Writable } from './sink.ts'
import { pad } from './text.ts'

/** The console of what is done on hosts without a playbook: what each says, behind its name, as it comes. */
export function hostsConsole(stream: Writable, look: Look): Sink {
  let width = 0
  const named = (host = '') => look.paint.cyan(pad(host, width))
  const lines = (event: StampedEvent): readonly string[] => {
    if (event.type === 'run-started') {
      width = Math.max(0, ...event.hosts.map((host) => host.length))
      return []
    }
    if (event.type === 'output' && event.progress === true) return []
    if (event.type === 'output') return event.text.split('\n').map((line) => `${named(event.host)} │ ${line}`)
    return event.type === 'task' ? wentWrong(event, named(event.host), look) : format(event, 'apply', look)
  }
  return {
    name: 'the console',
    write: (event) =>
      void stream.write(
        lines(event)
          .map((line) => `${line}\n`)
          .join(''),
      ),
  }
}

function wentWrong(
  { status, message = '', advice }: EventOf<'task'>,
  name: string,
  look: Look,
): readonly string[] {
  if (status === 'ok') return []
  return [`${name} ${symbolOf(status, look)} ${painted(status, message, look)}`, ...advised(advice, 4, look)]
}
