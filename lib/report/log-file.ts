import { closeSync, fchmodSync, fstatSync, openSync, writeSync } from 'node:fs'
import { UserError } from '../errors.ts'
import type { StampedEvent } from './events.ts'
import { sentence } from './sentence.ts'
import type { Sink } from './sink.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Appends JSON lines with the nine fields of a log collector to a file that only its owner reads. */
export function logFile(path: string): Sink {
  const file = open(path)
  return {
    name: `the log file ${path}`,
    write: (event) => void writeSync(file, `${JSON.stringify(logEntry(event))}\n`),
    close: () => closeSync(file),
  }
}

/** All nine fields always stand there; what an event does not have is null. */
export function logEntry(event: StampedEvent) {
  return {
    timestamp: event.time,
    level: levelOf(event),
    pipeline_id: event.run,
    module: event.stage ?? null,
    task: event.role ?? null,
    step: event.task ?? null,
    node: event.host ?? null,
    message: sentence(event),
    duration_ms: 'durationMs' in event ? event.durationMs : null,
  }
}

function levelOf(event: StampedEvent): Level {
  if (event.type === 'error') return 'error'
  if (event.type === 'warning' || event.type === 'contact')
    return event.type === 'contact' ? contactLevel(event.state) : 'warn'
  if (event.type === 'finding') return event.class === 'fatal' ? 'error' : 'warn'
  if (event.type === 'output' || event.type === 'task-started') return 'debug'
  if (event.type === 'run-ended') return event.exitCode === 0 || event.exitCode === 3 ? 'info' : 'error'
  if (!('status' in event)) return 'info'
  if (event.status === 'failed' || event.status === 'unreachable') return 'error'
  if (event.status === 'rescued' || event.status === 'kept' || event.status === 'unknown') return 'warn'
  return event.type === 'resource' && event.status === 'ok' ? 'debug' : 'info'
}

function contactLevel(state: 'made' | 'lost' | 'back' | 'given-up'): Level {
  if (state === 'given-up') return 'error'
  return state === 'lost' ? 'warn' : 'info'
}

function open(path: string): number {
  try {
    const file = openSync(path, 'a', 0o600)
    const found = fstatSync(file)
    if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(file, 0o600)
    return file
  } catch (error) {
    throw new UserError(
      `The log file ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      'Give --log-file a path in a folder that exists and that you may write to.',
      { cause: error },
    )
  }
}
