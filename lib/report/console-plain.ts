import { Activity } from './activity.ts'
import { duration } from './duration.ts'
import type { StampedEvent } from './events.ts'
import { FailuresAgain } from './failures-again.ts'
import { unfolded, type Folds } from './folds.ts'
import type { Look } from './look.ts'
import type { Sink, Writable } from './sink.ts'
import { Transcript } from './transcript.ts'

/** After so long without a line, one says what is being waited for: a silent log looks like a hang. */
const silenceMs = 30_000
/** How far something has come is told as often as this. */
const progressMs = 10_000
const mostNamed = 4

export interface PlainOptions {
  readonly stream: Writable
  readonly look: Look
  readonly silenceMs?: number
  readonly progressMs?: number
  /** Where the log can fold a stage away. */
  readonly folds?: Folds
}

/** The console where there is no terminal: lines that stay, and a sign of life in long silences. */
export function plainConsole(options: PlainOptions): Sink {
  const { stream, look, folds = unfolded } = options
  const failures = new FailuresAgain()
  const transcript = new Transcript(() => look)
  const activity = new Activity()
  let spoken = performance.now()
  const print = (lines: readonly string[]) => {
    if (lines.length === 0) return
    stream.write(lines.map((line) => `${line}\n`).join(''))
    spoken = performance.now()
  }
  const signOfLife = setInterval(() => print(waiting(activity, look)), options.silenceMs ?? silenceMs).unref()
  return {
    name: 'the console',
    write(event: StampedEvent) {
      activity.observe(event, performance.now())
      failures.observe(event)
      const told = transcript.lines(event)
      // Folded away, a failure would be found by nobody who does not look for it.
      const again = event.type === 'run-ended' && folds.fold ? failures.lines(look) : []
      const lines = folds.around(event, [...again, ...told])
      print(lines)
      const isProgress = event.type === 'output' && event.progress === true
      const isDue = isProgress && performance.now() - spoken >= (options.progressMs ?? progressMs)
      if (isDue) print(waiting(activity, look))
      if (isDue || lines.length > 0) signOfLife.refresh()
    },
    close: () => clearInterval(signOfLife),
  }
}

function waiting(activity: Activity, { paint }: Look): readonly string[] {
  const { hosts } = activity
  const now = performance.now()
  const lines = hosts.slice(0, mostNamed).map(({ host, task, since, tail, contactLost }) => {
    const last = contactLost ? 'no contact' : tail.at(-1)
    return paint.dim(
      `  … ${host}  ${task} (${duration(now - since)})${last === undefined ? '' : ` │ ${last}`}`,
    )
  })
  const more = hosts.length - mostNamed
  return more > 0 ? [...lines, paint.dim(`  … and ${more} more hosts`)] : lines
}
