import { foldsOf } from './folds.ts'
import { jsonLines } from './json.ts'
import { junitReport } from './junit.ts'
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
  /** The file of a JUnit report. */
  readonly junit?: string | undefined
}

/** A stream of this process. */
export interface Output extends Screen {
  readonly isTTY?: boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

/** What this process stands in. */
export interface Surroundings {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The sinks that the flags ask for; with `json` nothing but JSON goes to stdout, and the console to stderr. */
export function openSinks(
  options: SinkOptions,
  { stdout, stderr, env }: Surroundings = process,
): readonly Sink[] {
  for (const stream of [stdout, stderr]) stream.on('error', passOverClosedPipe)
  return [consoleOn(options.json ? stderr : stdout, options, env), ...openRecords(options, { stdout })]
}

/** Those among them that no human reads. */
export function openRecords(
  { json, logFile: log, junit }: Omit<SinkOptions, 'diff' | 'verbosity'>,
  { stdout }: { readonly stdout: Output } = process,
): readonly Sink[] {
  return [
    ...(json ? [jsonLines(stdout)] : []),
    ...(log === undefined ? [] : [logFile(log)]),
    ...(junit === undefined ? [] : [junitReport(junit)]),
  ]
}

function consoleOn(stream: Output, { diff, verbosity }: SinkOptions, env: Surroundings['env']): Sink {
  const look = { diff, verbosity, paint: paintFor(stream, env) }
  const live = stream.isTTY === true && env['TERM'] !== 'dumb'
  return live
    ? liveConsole({ screen: stream, look })
    : plainConsole({ stream, look: { ...look, width: Infinity }, folds: foldsOf(env) })
}

/** Who reads us may stop reading (`… | head`); the run goes on. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
