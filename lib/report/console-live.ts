import { Activity, type Doing } from './activity.ts'
import { duration } from './duration.ts'
import type { StampedEvent } from './events.ts'
import { LiveArea, sizeOf, type Screen } from './live-area.ts'
import type { Look } from './look.ts'
import type { Sink } from './sink.ts'
import { titleWidth } from './task-lines.ts'
import { fit, pad } from './text.ts'
import { Transcript } from './transcript.ts'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const frameMs = 100
/** With more hosts at work than this, each has but one line. */
const mostWithTail = 4

export interface LiveOptions {
  readonly screen: Screen
  readonly look: Omit<Look, 'width'>
}

/** The console on a terminal: lines that stay, and below them what every host is doing at the moment. */
export function liveConsole({ screen, look }: LiveOptions): Sink {
  const lookNow = (): Look => ({ ...look, width: sizeOf(screen).columns })
  const transcript = new Transcript(lookNow)
  const activity = new Activity()
  const area = new LiveArea(screen)
  let waiting: string[] = []
  let suspended = false

  const draw = () => {
    if (suspended) return
    const now = performance.now()
    area.draw(waiting, areaLines(activity, now, lookNow(), sizeOf(screen).rows))
    waiting = []
  }
  const end = () => {
    area.draw(waiting, [])
    waiting = []
  }
  const timer = setInterval(draw, frameMs).unref()
  // Whatever ends the process, the cursor comes back.
  process.once('exit', end)

  return {
    name: 'the console',
    write(event: StampedEvent) {
      activity.observe(event, performance.now())
      waiting.push(...transcript.lines(event))
      if (event.type === 'run-ended') draw()
    },
    suspend() {
      end()
      suspended = true
      return () => {
        suspended = false
        draw()
      }
    },
    close() {
      clearInterval(timer)
      process.off('exit', end)
      end()
    },
  }
}

/** What the hosts do, cut to the size of the terminal. */
export function areaLines(activity: Activity, now: number, look: Look, rows: number): readonly string[] {
  const { hosts, stage } = activity
  if (stage === undefined) return []
  const { paint } = look
  const spinner = frames[Math.floor(now / frameMs) % frames.length] ?? ''
  const withTail = hosts.length <= mostWithTail
  const width = Math.max(0, ...hosts.map(({ host }) => host.length))
  const room = Math.max(1, rows - 3)
  const lines = hosts.flatMap((doing) => hostLines(doing, { spinner, width, withTail, now, look }))
  const cut =
    lines.length > room
      ? [...lines.slice(0, room - 1), paint.dim(`  … ${hosts.length} hosts at work`)]
      : lines
  const batch = stage.batches > 1 ? ` · batch ${stage.batch} of ${stage.batches}` : ''
  const footer = `  ${stage.title}${batch} · ${duration(now - stage.since)}`
  return ['', ...cut, paint.dim(fit(footer, look.width - 1))]
}

interface Drawing {
  readonly spinner: string
  readonly width: number
  readonly withTail: boolean
  readonly now: number
  readonly look: Look
}

function hostLines({ host, task, since, tail, contactLost }: Doing, drawing: Drawing): readonly string[] {
  const { spinner, width, withTail, now, look } = drawing
  const { paint } = look
  const symbol = contactLost ? paint.yellow('!') : paint.cyan(spinner)
  const time = contactLost ? 'no contact' : duration(now - since)
  const left = `${pad(host, width)}  ${pad(fit(task, titleWidth(look)), titleWidth(look))} ${time}`
  const room = look.width - 5
  if (withTail) {
    return [
      `  ${symbol} ${fit(left, room)}`,
      ...tail.map((line) => paint.dim(`      ${fit(line, room - 2)}`)),
    ]
  }
  const last = tail.at(-1)
  return [`  ${symbol} ${fit(last === undefined ? left : `${left}  ${last}`, room)}`]
}
