import { jsonLines } from './json.ts'
import { liveConsole } from './console-live.ts'
import { logFile } from './log-file.ts'
import { paintFor } from './look.ts'
import { plainConsole } from './console-plain.ts'
import type { Screen } from './live-area.ts'
import type { Sink } from './sink.ts'

export interface SinkOptions {
  readonly json: boolean
  readonly diff: boolean
  readonly verbosity: number
  readonly logFile?: string | undefined
}

/** A stream of this process. */
export interface Output extends Screen {
  readonly isTTY?: boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

/** The sinks that the flags ask for; with `json` nothing but JSON goes to stdout, and the console to stderr. */
export function openSinks(
  options: SinkOptions,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output } = process,
): readonly Sink[] {
  for (const stream of [stdout, stderr]) stream.on('error', passOverClosedPipe)
  return [
    consoleOn(options.json ? stderr : stdout, options),
    ...(options.json ? [jsonLines(stdout)] : []),
    ...(options.logFile === undefined ? [] : [logFile(options.logFile)]),
  ]
}

function consoleOn(stream: Output, { diff, verbosity }: SinkOptions): Sink {
  const look = { diff, verbosity, paint: paintFor(stream) }
  const live = stream.isTTY === true && process.env['TERM'] !== 'dumb'
  return live
    ? liveConsole({ screen: stream, look })
    : plainConsole({ stream, look: { ...look, width: Infinity } })
}

/** Who reads us may stop reading (`… | head`); the run goes on. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
