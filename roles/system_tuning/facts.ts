import { sh } from '../../lib/host/command.ts'
import { defineFact } from '../../lib/host/fact.ts'
import { os, type Os } from '../../lib/host/facts/os.ts'
import { defineCondition } from '../../lib/task/gate.ts'
import { TaskFailed } from '../../lib/task/outcome.ts'
import type { TuningContext } from './context.ts'

/** A system whose packages are known. */
export interface KnownSystem extends Os {
  readonly family: 'debian' | 'redhat'
}

/** Where a family of systems has chrony. */
export interface ChronyPlaces {
  readonly config: string
  readonly unit: string
  readonly driftFile: string
  readonly keyFile: string
}

export const chronyPlaces: Readonly<Record<'debian' | 'redhat', ChronyPlaces>> = {
  debian: {
    config: '/etc/chrony/chrony.conf',
    unit: 'chrony.service',
    driftFile: '/var/lib/chrony/chrony.drift',
    keyFile: '/etc/chrony/chrony.keys',
  },
  redhat: {
    config: '/etc/chrony.conf',
    unit: 'chronyd.service',
    driftFile: '/var/lib/chrony/drift',
    keyFile: '/etc/chrony.keys',
  },
}

/** Who else may keep the clock of a host. */
const rivals = [
  'systemd-timesyncd.service',
  'ntpsec.service',
  'ntp.service',
  'ntpd.service',
  'openntpd.service',
]

/** What has to give way to chrony: on Debian the packages, which cannot stand beside it, elsewhere the services. */
export const givesWay = {
  debian: { packages: ['ntp', 'ntpsec', 'openntpd', 'systemd-timesyncd'], units: [] },
  redhat: { packages: [], units: ['ntpd.service', 'systemd-timesyncd.service'] },
} as const

/** Which of them keeps the clock; null where none of them does. */
export const rivalAtWork = defineFact(
  'another time service',
  async (host) => {
    const { stdout } = await host.query(sh`systemctl is-active ${rivals}`, { ok: [0, 3, 4] })
    return rivals[stdout.split('\n').indexOf('active')] ?? null
  },
  { assumed: null },
)

/** The clock follows a time server, or serves its own time where it is the source. */
export const clockFollows = defineCondition('A clock that follows its time server', async (host) => {
  const { code, stdout, stderr } = await host.query(sh`chronyc -c tracking`, { ok: [0, 1] })
  if (code !== 0) return { holds: false, found: `chronyc says: ${(stdout + stderr).trim()}` }
  const tracking = parseTracking(stdout)
  if (tracking.leap !== 'Not synchronised') return { holds: true }
  return { holds: false, found: 'chronyd runs, but has chosen no source yet' }
})

/** Reads the one line of `chronyc -c tracking`. */
export function parseTracking(line: string): {
  readonly source: string
  readonly stratum: number
  readonly leap: string
} {
  const fields = line.trim().split(',')
  return { source: fields[1] ?? '', stratum: Number(fields[2]), leap: fields[13] ?? '' }
}

/** The system, where it is one whose packages are known; `variable` is the one by which it is left alone. */
export async function knownSystem(
  { host, fact }: Pick<TuningContext, 'host' | 'fact'>,
  variable: 'packages' | 'timeSync',
): Promise<KnownSystem> {
  const { family, ...found } = await fact(os)
  if (family !== 'other') return { ...found, family }
  throw new TaskFailed(`What packages are called on ${found.id} is not known, and ${host.name} runs it.`, {
    advice: `Say system_tuning.${variable}: keep for this host, and see to it by other means.`,
  })
}
