import type { Command } from '../../host/command.ts'
import type { Resource } from '../../task/kind.ts'
import { milliseconds, type Duration } from '../../vars/duration.ts'
import { checkCalendar } from './calendar.ts'
import { file } from '../files/file.ts'
import { unit, unitName } from '../unit/unit.ts'

type What =
  | {
      readonly command: Command
      /** Whom it runs as. Default: root. */
      readonly user?: string
      /** Set for the command; anybody on the host can read it. */
      readonly env?: Readonly<Record<string, string>>
      readonly unit?: never
    }
  /** Starts a unit of somebody else instead of a command. */
  | { readonly unit: string; readonly command?: never; readonly user?: never; readonly env?: never }

interface When {
  /** As systemd writes it: `daily`, `Mon..Fri 03:00`, `*-*-01 04:30:00 UTC`. */
  readonly onCalendar?: string | readonly string[]
  /** So long after each boot. */
  readonly onBoot?: Duration
  /** So long after it was started last, and after the timer itself was. */
  readonly every?: Duration
  /** Makes up for a time of `onCalendar` that went by while the host was off. */
  readonly persistent?: boolean
  /** Spreads hosts with the same times over this span. */
  readonly randomDelay?: Duration
}

export type TimerArgs =
  | ({ readonly name: string; readonly description?: string; readonly state?: never } & What & When)
  /** With `unit` where the timer started one of somebody else, which then stays. */
  | { readonly name: string; readonly state: 'absent'; readonly unit?: string }

const folder = '/etc/systemd/system'

/**
 * A timer of systemd that is enabled and active, with the service that it starts: several resources, in the order in
 * which they stand in a task, as in `task('Rotate the logs', ...timer({ … }))`.
 */
export function timer(args: TimerArgs): readonly Resource[] {
  const { name } = args
  if (!/^[\w:.-]+$/.test(name) || /\.(?:timer|service)$/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is no name of a timer; it stands without .timer at its end.`)
  }
  const paths = { timer: `${folder}/${name}.timer`, service: `${folder}/${name}.service` }
  if (args.state === 'absent') {
    return [
      unit({ name: `${name}.timer`, state: 'stopped', ifInstalled: true }),
      file({ path: paths.timer, state: 'absent' }),
      ...(args.unit === undefined ? [file({ path: paths.service, state: 'absent' })] : []),
    ]
  }
  const { description = name } = args
  if (/[\n\r]/.test(description))
    throw new TypeError(`The description of the timer ${name} is more than one line.`)
  const when = file({ path: paths.timer, content: timerText(args, description) })
  if (args.unit !== undefined) return [when, unit({ name: `${name}.timer`, restartAfter: [when] })]
  const what = file({ path: paths.service, content: serviceText(args, description) })
  return [
    what,
    when,
    unit({ name: `${name}.timer`, triggers: `${name}.service`, restartAfter: [what, when] }),
  ]
}

type Present = Exclude<TimerArgs, { readonly state: 'absent' }>

function timerText({ name, unit: other, onCalendar = [], ...when }: Present, description: string): string {
  const { onBoot, every, persistent = false, randomDelay } = when
  const calendar = typeof onCalendar === 'string' ? [onCalendar] : onCalendar
  if (calendar.length === 0 && onBoot === undefined && every === undefined) {
    throw new TypeError(`The timer ${name} needs a time: onCalendar, onBoot or every.`)
  }
  if (persistent && calendar.length === 0) {
    throw new TypeError(`The timer ${name} cannot be persistent: only times of onCalendar are made up for.`)
  }
  return lines([
    '[Unit]',
    `Description=${description.replaceAll('%', '%%')}`,
    '',
    '[Timer]',
    ...calendar.map((each) => `OnCalendar=${checkCalendar(each)}`),
    ...(onBoot === undefined ? [] : [`OnBootSec=${span(onBoot)}`]),
    // Without a first start there is none to count from.
    ...(every === undefined ? [] : [`OnActiveSec=${span(every)}`, `OnUnitActiveSec=${span(every)}`]),
    ...(persistent ? ['Persistent=true'] : []),
    ...(randomDelay === undefined ? [] : [`RandomizedDelaySec=${span(randomDelay)}`]),
    ...(other === undefined ? [] : [`Unit=${unitName(other)}`]),
    '',
    '[Install]',
    'WantedBy=timers.target',
  ])
}

function serviceText(args: Present & { readonly command: Command }, description: string): string {
  const { name, command, user, env = {} } = args
  if (user !== undefined && !/^[a-z_][\w-]*\$?$/.test(user)) {
    throw new TypeError(`${JSON.stringify(user)} is no name of a user.`)
  }
  const wrong = Object.keys(env).find((key) => !/^[A-Za-z_]\w*$/.test(key))
  if (wrong !== undefined) {
    throw new TypeError(
      `The timer ${name} cannot set ${JSON.stringify(wrong)}: that is no name of a variable.`,
    )
  }
  return lines([
    '[Unit]',
    `Description=${description.replaceAll('%', '%%')}`,
    '',
    '[Service]',
    'Type=oneshot',
    ...(user === undefined ? [] : [`User=${user}`]),
    ...Object.entries(env).map(([key, value]) => `Environment=${quoted(`${key}=${value}`)}`),
    // A dollar sign is the shell's, not systemd's.
    `ExecStart=/bin/sh -c ${quoted(command.text).replaceAll('$', '$$$$')}`,
  ])
}

/** One word of a unit file, whatever it holds. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('%', '%%')
  return `"${escaped}"`
}

function span(duration: Duration): string {
  return `${milliseconds(duration)}ms`
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}
