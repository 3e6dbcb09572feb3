import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import * as messages from '../messages/index.ts'
import { mended, type Check, type Found, type Subject, type Surveyed } from '../subject.ts'

const services = ['chrony', 'chronyd', 'ntp', 'ntpd', 'ntpsec', 'openntpd', 'systemd-timesyncd']

/** The clock, against the one here and the median of all, and whether somebody keeps it. */
export const clock: Check = {
  name: 'clock',
  judge: (subject) => [...onTime(subject), ...onService(subject)],
}

function onTime(subject: Subject): readonly Found[] {
  const { name: host, survey, all, vars } = subject
  const most = milliseconds(vars.maxClockSkew) / 1000
  const { ahead } = survey
  const about = { host, most: vars.maxClockSkew }
  const say = (from: 'here' | 'median', seconds: number) =>
    mended(keeping(subject), 'fatal', (task) => messages.clockIsOff({ ...about, from, seconds, task }))
  // What the reading itself may be wrong by is not held against the host.
  if (ahead.least > most) return [say('here', ahead.least)]
  if (ahead.most < -most) return [say('here', ahead.most)]
  const apart = middle(subject) - median(all.map(middle))
  return Math.abs(apart) - (ahead.most - ahead.least) / 2 > most ? [say('median', apart)] : []
}

function onService(subject: Subject): readonly Found[] {
  const { name: host, survey } = subject
  const runs = services.some((name) => survey.units.running.has(`${name}.service`))
  if (runs) return []
  return [mended(keeping(subject), 'warning', (task) => messages.nobodyKeepsTheClock({ host, task }))]
}

function keeping({ tuning }: Subject): string | undefined {
  return tuning.timeSync === 'managed' ? tuningTasks.timeSync : undefined
}

function middle({ survey: { ahead } }: Pick<Surveyed, 'survey'>): number {
  return (ahead.least + ahead.most) / 2
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
}
