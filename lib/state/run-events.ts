import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { isRunning } from '../host/process-mark.ts'
import type { StampedEvent } from '../report/events.ts'
import type { RunDirectory } from './run-directory.ts'
import { readRecord } from './run-record.ts'

const everyMs = 200

/** The events of a run so far; a line that is not whole, or was never ended, does not count. */
export function eventsOf(run: RunDirectory): readonly StampedEvent[] {
  return new EventsFile(run.eventsFile).more()
}

/** All events of a run as they come, from the first, until nobody works on it any more. */
export async function* followEvents(
  run: RunDirectory,
  stopped: AbortSignal = new AbortController().signal,
): AsyncGenerator<StampedEvent> {
  const file = new EventsFile(run.eventsFile)
  let last: StampedEvent | undefined
  while (!stopped.aborted) {
    // Asked before: what was written until then is read below.
    const idle = isIdle(run, last)
    for (const event of file.more()) {
      last = event
      yield event
    }
    if (idle || isIdle(run, last)) {
      yield* file.more()
      return
    }
    await pause(everyMs, undefined, { signal: stopped }).catch(() => {})
  }
}

/** A process of another machine cannot be looked for: only what it wrote tells that it has ended. */
function isIdle({ folder }: RunDirectory, last: StampedEvent | undefined): boolean {
  const record = readRecord(folder)
  const running = record?.process === undefined ? undefined : isRunning(record.process)
  return running === false || (last?.type === 'run-ended' && record?.ended !== undefined)
}

/** A file of events that may grow. */
class EventsFile {
  readonly #file: string
  #position = 0
  #rest = Buffer.alloc(0)

  constructor(file: string) {
    this.#file = file
  }

  /** The events of the whole lines that came since. */
  more(): readonly StampedEvent[] {
    const bytes = Buffer.concat([this.#rest, this.#read()])
    const end = bytes.lastIndexOf('\n') + 1
    this.#rest = bytes.subarray(end)
    return bytes
      .subarray(0, end)
      .toString()
      .split('\n')
      .flatMap((line) => eventIn(line) ?? [])
  }

  #read(): Buffer {
    if (!existsSync(this.#file)) return Buffer.alloc(0)
    const descriptor = openSync(this.#file, 'r')
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - this.#position))
      const count = readSync(descriptor, bytes, 0, bytes.length, this.#position)
      this.#position += count
      return bytes.subarray(0, count)
    } finally {
      closeSync(descriptor)
    }
  }
}

function eventIn(line: string): StampedEvent | undefined {
  try {
    return JSON.parse(line) as StampedEvent
  } catch {
    return undefined
  }
}
