import type { StampedEvent } from '../../report/events.ts'
import type { Sink } from '../../report/sink.ts'
import type { RunDirectory } from '../../state/run-directory.ts'
import { followEvents } from '../../state/run-events.ts'
import type { ExitCode } from '../exit-code.ts'

/** Shows a run from its beginning until it ends, in the sinks that it would have itself; gives its exit code. */
export async function watchRun(run: RunDirectory, sinks: readonly Sink[]): Promise<ExitCode> {
  const stop = new AbortController()
  // Not left to the signal, which would leave the terminal as it is.
  const abort = () => stop.abort()
  process.once('SIGINT', abort)
  let last: StampedEvent | undefined
  try {
    for await (const event of followEvents(run, stop.signal)) {
      last = event
      for (const sink of sinks) sink.write(event)
    }
    if (stop.signal.aborted) return 130
    if (last?.type === 'run-ended') return last.exitCode as ExitCode
    for (const sink of sinks) sink.write(cutShort(run, last))
    return 130
  } finally {
    process.off('SIGINT', abort)
    for (const sink of sinks) sink.close?.()
  }
}

/** Nobody wrote how it ended. */
function cutShort({ record }: RunDirectory, last: StampedEvent | undefined): StampedEvent {
  const { id, playbook, process, started } = record
  const who =
    process === undefined
      ? 'Its process'
      : `Its process (${process.pid} on ${process.controller.split(' ')[0]})`
  const since = last === undefined ? `since ${started}` : `; the last that it wrote is of ${last.time}`
  return {
    v: 1,
    time: new Date().toISOString(),
    run: id,
    playbook,
    type: 'error',
    message: `${who} is gone and has not ended the run${since}.`,
    advice: `Go on with it: npx tsx ${playbook} --resume ${id}`,
  }
}
