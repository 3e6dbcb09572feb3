import type { Command } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import { systemFile } from '../../host/root-owned.ts'
import { defineResource, kindOf, type Reading, type Resource } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import type { State } from '../../task/state.ts'
import { checkSchedule, specials, type Special } from './cron-schedule.ts'
import { checkName, passwdRows } from '../users/user-database.ts'
import { file, type FileArgs } from '../files/file.ts'

interface Job {
  /** Names the file in /etc/cron.d: letters, digits, `-` and `_`, since cron passes over any other. */
  readonly name: string
  readonly state?: never
  readonly command: Command
  /** Whom it runs as. Default: root. */
  readonly user?: string
  /** Set for the command; anybody on the host can read it. Cron's own PATH is short. */
  readonly env?: Readonly<Record<string, string>>
}

export type CronJobArgs =
  /** `0 3 * * mon-fri`: minute, hour, day of the month, month, day of the week. */
  | (Job & { readonly schedule: string; readonly special?: never })
  /** `reboot`: once after each boot. */
  | (Job & { readonly special: Special; readonly schedule?: never })
  | { readonly name: string; readonly state: 'absent' }

type Ref = { readonly path: string; readonly user: string }

type CronJobState = State & {
  readonly hint?: { readonly noCron?: true; readonly noUser?: true }
}

/** Whoever reads /etc/cron.d: cron, cronie, systemd-cron. */
const daemons = [
  '/usr/sbin/cron',
  '/usr/sbin/crond',
  '/usr/lib/systemd/system-generators/systemd-crontab-generator',
]

/**
 * A job of cron. It has a file of its own in /etc/cron.d, not lines in a user's crontab: that is one file a job,
 * replaced as a whole, which names whom it runs as, and no `crontab` writes over it.
 */
export const cronJob: (args: CronJobArgs) => Resource = defineResource('cronJob', {
  make(args: CronJobArgs) {
    const { name } = args
    if (!/^[A-Za-z0-9_-]+$/.test(name)) {
      throw new TypeError(
        `${JSON.stringify(name)} is no name of a cron job: cron passes over a file of another name than letters, digits, "-" and "_".`,
      )
    }
    const path = `/etc/cron.d/${name}`
    const user = args.state === 'absent' ? 'root' : (args.user ?? 'root')
    const spec: FileArgs =
      args.state === 'absent' ? { path, state: 'absent' } : { path, content: contentOf(args), ...systemFile }
    return { key: name, ref: { path, user }, spec: file(spec).spec }
  },

  async read(host: HostReader, refs: readonly Ref[]): Promise<readonly Reading<CronJobState>[]> {
    const [files, found, known] = await Promise.all([
      kindOf('file').read(host, refs),
      host.stat(daemons),
      usersAmong(host, refs),
    ])
    const noCron = found.every((stat) => stat.type === 'absent' || isBusybox(stat))
      ? { noCron: true as const }
      : {}
    return files.map((state, index): Reading<CronJobState> => {
      if (state instanceof Error) return state
      const noUser = known.has(refs[index]?.user ?? '') ? {} : { noUser: true as const }
      return { ...state, hint: { ...(state.hint as object | undefined), ...noCron, ...noUser } }
    })
  },

  want(actual: CronJobState, spec, context): CronJobState {
    const wanted = kindOf('file').want(actual, spec, context) as CronJobState
    if (wanted.is === 'absent') return wanted
    if (actual.hint?.noCron === true) {
      throw new NotYet(
        'There is no cron that reads /etc/cron.d: the package cron (cronie on the RHEL family) is missing, or use a timer.',
        wanted,
      )
    }
    if (actual.hint?.noUser === true) {
      throw new NotYet('There is no user for the cron job, and cron passes over the jobs of nobody.', wanted)
    }
    return wanted
  },

  apply: (host, ref, change) => kindOf('file').apply(host, ref, change),

  claim: ({ path }) => [`path:${path}`],
})

/** The toy of busybox has crontabs only. */
function isBusybox(stat: { readonly type: string; readonly target?: string }): boolean {
  return stat.type === 'link' && (stat.target ?? '').endsWith('busybox')
}

async function usersAmong(host: HostReader, refs: readonly Ref[]): Promise<ReadonlySet<string>> {
  const asked = [...new Set(refs.map(({ user }) => user))].filter((user) => user !== 'root')
  if (asked.length === 0) return new Set(['root'])
  const rows = await passwdRows(host, asked)
  return new Set(['root', ...rows.map(([name = '']) => name)])
}

function contentOf(job: Exclude<CronJobArgs, { readonly state: 'absent' }>): string {
  const { name, schedule, special, command, user = 'root', env = {} } = job
  checkName(user, 'user')
  if (/[\n\r]/.test(command.text)) {
    throw new TypeError(`The command of the cron job ${name} is more than one line; put it into a file.`)
  }
  if (special !== undefined && !specials.includes(special)) {
    throw new TypeError(`Cron knows no @${String(special)}; it knows ${specials.join(', ')}.`)
  }
  const when = special === undefined ? checkSchedule(schedule) : `@${special}`
  const assignments = Object.entries(env).map(([key, value]) => assignment(name, key, value))
  // For cron a percent sign ends the command.
  return [...assignments, `${when} ${user} ${command.text.replaceAll('%', String.raw`\%`)}`, ''].join('\n')
}

function assignment(job: string, key: string, value: string): string {
  const quote = value.includes('"') ? "'" : '"'
  if (!/^[A-Za-z_]\w*$/.test(key) || /[\n\r]/.test(value) || value.includes(quote)) {
    throw new TypeError(
      `The variable ${JSON.stringify(key)} of the cron job ${job} cannot be written for cron.`,
    )
  }
  return `${key}=${quote}${value}${quote}`
}
