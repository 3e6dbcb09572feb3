import { sh } from '../../lib/host/command.ts'
import { defineCondition } from '../../lib/task/gate.ts'

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
