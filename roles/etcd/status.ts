import { ageOfNewest, openStore } from '../../lib/backup/index.ts'
import { defineFact, unlessLost, type Fact } from '../../lib/host/fact.ts'
import type { Report } from '../../lib/play/role.ts'
import type { EtcdContext } from './context.ts'
import { askedForMs, parseAlarms, type Alarm, type EtcdMember } from './ctl.ts'
import { lookAround, type Seen } from './cluster.ts'
import { milliseconds } from '../../lib/vars/duration.ts'
import { backupKind, certOf } from './paths.ts'
import type { Seat } from './course.ts'

/** What a member is, in a line. */
interface Line {
  readonly member: string
  readonly is: 'leader' | 'voter' | 'learner' | 'not started' | 'down' | 'no member'
  readonly version: string
  readonly revision: number | ''
  readonly size: string
  readonly 'in use': string
  readonly certificate: string
  readonly alarms: string
}

/** Reports every host of the group and every member of the cluster, with what is wrong. */
export async function reportStatus(context: EtcdContext): Promise<void> {
  await context.report('See how the members are', async (): Promise<Report> => {
    const seen = await lookAround(context)
    const teller = seen.seats.find(({ standing }) => standing?.membership !== undefined)
    const alarms =
      teller === undefined ? [] : await context.fact(teller.name, alarmsOf(seen.ctl(teller.name)))
    const ends = new Map(
      await Promise.all(
        seen.seats.map(
          async ({ name }) => [name, await context.fact(name, unlessLost(endOf(name)))] as const,
        ),
      ),
    )
    const members = seen.membership?.members ?? []
    const lines = [
      ...seen.seats.map((seat) =>
        seatLine(seat, memberOf(members, seat.peerUrl), alarms, ends.get(seat.name)),
      ),
      ...members
        .filter(({ peerUrls }) => !seen.seats.some(({ peerUrl }) => peerUrls.includes(peerUrl)))
        .map(strangerLine),
    ]
    const wrong = [whatIsWrong(seen, lines), await whatIsLate(context)]
      .filter((each) => each !== undefined)
      .join(' ')
    return { name: 'members', data: lines, ...(wrong === '' ? {} : { wrong }) }
  })
}

function memberOf(members: readonly EtcdMember[], peerUrl: string): EtcdMember | undefined {
  return members.find(({ peerUrls }) => peerUrls.includes(peerUrl))
}

function seatLine(
  { name, standing }: Seat,
  member: EtcdMember | undefined,
  alarms: readonly Alarm[],
  end: string | undefined,
): Line {
  const status = standing?.status
  return {
    member: name,
    is: partOf(member, status),
    version: status?.version ?? standing?.version ?? '',
    revision: status?.revision ?? '',
    size: status === undefined ? '' : megabytes(status.dbBytes),
    'in use': status === undefined ? '' : megabytes(status.usedBytes),
    certificate: end ?? '',
    alarms: alarms
      .filter((each) => each.member === member?.id)
      .map((each) => each.alarm)
      .join(' '),
  }
}

function partOf(member: EtcdMember | undefined, status: NonNullable<Seat['standing']>['status']): Line['is'] {
  if (status === undefined)
    return member === undefined ? 'no member' : member.name === '' ? 'not started' : 'down'
  if (status.isLearner) return 'learner'
  return status.id === status.leader ? 'leader' : 'voter'
}

/** A member that the inventory does not have. */
function strangerLine({ name, peerUrls, isLearner }: EtcdMember): Line {
  const called = name === '' ? peerUrls.join(', ') : name
  const is = name === '' ? 'not started' : isLearner ? 'learner' : 'voter'
  return {
    member: `${called} (not in the inventory)`,
    is,
    version: '',
    revision: '',
    size: '',
    'in use': '',
    certificate: '',
    alarms: '',
  }
}

function whatIsWrong({ membership, seats }: Seen, lines: readonly Line[]): string | undefined {
  if (membership === undefined) {
    return seats.some(({ standing }) => standing?.data)
      ? 'No member sees a quorum.'
      : 'There is no cluster of etcd on these hosts.'
  }
  const ill = lines.filter(({ is, alarms }) => (is !== 'leader' && is !== 'voter') || alarms !== '')
  if (ill.length === 0) return undefined
  return `${ill.map(({ member, is, alarms }) => `${member}: ${alarms === '' ? is : alarms}`).join('; ')}.`
}

/** Where backups are asked for, one has to have been made not long ago. */
async function whatIsLate({ shared }: EtcdContext): Promise<string | undefined> {
  const { recipients, alarm } = shared.backup
  if (recipients.length === 0) return undefined
  const scope = { cluster: shared.cluster.name, kind: backupKind }
  const age = await ageOfNewest(openStore(shared.backup), scope)
  if (age === undefined) return 'There is no backup.'
  if (age <= milliseconds(alarm)) return undefined
  return `The newest backup is ${Math.floor(age / 3_600_000)} hours old, and backup.alarm is ${alarm}.`
}

function alarmsOf(ctl: string): Fact<readonly Alarm[]> {
  return defineFact('the alarms of etcd', async (host) => {
    const { stdout } = await host.query({ text: `${ctl} alarm list -w json` }, { timeoutMs: askedForMs })
    return parseAlarms(stdout)
  })
}

/** The day on which the certificate of a member ends. */
function endOf(host: string): Fact<string> {
  return defineFact('the end of the certificate of etcd', async (reader) => {
    const [pem] = await reader.readFiles([certOf('member', host)])
    if (pem === undefined) return ''
    const { X509Certificate } = await import('node:crypto')
    return new Date(new X509Certificate(pem).validTo).toISOString().slice(0, 10)
  })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
