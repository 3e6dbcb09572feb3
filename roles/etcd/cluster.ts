import { isIP } from 'node:net'
import { unlessLost } from '../../lib/host/fact.ts'
import { ownAddress } from '../../lib/host/facts/own-address.ts'
import type { Member } from '../../lib/play/role.ts'
import type { EtcdContext } from './context.ts'
import { courseOf, memberAt, membershipOf, type Course, type Seat } from './course.ts'
import { ctlOf, type EtcdMember, type Membership } from './ctl.ts'
import { leavingOf } from './roster.ts'
import { standingAsFound, type Standing } from './standing.ts'
import type { EtcdVars } from './vars.ts'

/** What the tasks of the role have to know of the cluster, and of their host in it. */
export interface Seen {
  readonly name: string
  readonly address: string
  readonly peerUrl: string
  readonly clientUrl: string
  readonly seats: readonly Seat[]
  readonly own: Standing
  readonly course: Course
  /** As found; undefined where no member sees a quorum. */
  readonly membership: Membership | undefined
  /** The member of this host, as found. */
  readonly member: EtcdMember | undefined
  /** Other hosts that stay and whose member answers with a quorum, as found: through them members are changed. */
  readonly peers: readonly string[]
  /** etcdctl on a host for its own member. */
  readonly ctl: (host: string) => string
}

/** Looks at the cluster as it was found, and decides how the host comes to it. */
export async function lookAround(context: EtcdContext): Promise<Seen> {
  const { host, vars, group, run, fact } = context
  const hosts = group('etcd')
  const leaving = leavingOf(context)
  const addresses = new Map(
    await Promise.all(hosts.map(async (each) => [each.name, await addressOf(context, each)] as const)),
  )
  const urlOf = (name: string, port: number) => urlFor(addresses.get(name) ?? name, port)
  const seats = await Promise.all(
    hosts.map(async ({ name }): Promise<Seat> => {
      const standing = await fact(name, standingAsFound(name, varsOf(hosts, name) ?? vars))
      return { name, peerUrl: urlOf(name, vars.peerPort), standing, inRun: run.hosts.includes(name) }
    }),
  )
  const own = seats.find(({ name }) => name === host.name)?.standing
  if (own === undefined) throw new TypeError(`${host.name} is no host of the group etcd.`)
  const membership = membershipOf(seats)
  const peerUrl = urlOf(host.name, vars.peerPort)
  return {
    name: host.name,
    address: addresses.get(host.name) ?? host.name,
    peerUrl,
    clientUrl: urlOf(host.name, vars.clientPort),
    seats,
    own,
    course: courseOf(host.name, seats),
    membership,
    member: memberAt(membership, peerUrl),
    peers: seats.flatMap(({ name, standing }) => {
      const stays = name !== host.name && !leaving.includes(name)
      return stays && standing?.membership !== undefined ? [name] : []
    }),
    ctl: (name) => ctlOf(varsOf(hosts, name) ?? vars, name),
  }
}

export function varsOf(hosts: readonly Member[], name: string): EtcdVars | undefined {
  return hosts.find((each) => each.name === name)?.vars['etcd'] as EtcdVars | undefined
}

export function urlFor(address: string, port: number): string {
  return `https://${isIP(address) === 6 ? `[${address}]` : address}:${port}`
}

/** What a host that is off cannot say itself, the inventory may. */
async function addressOf({ fact }: EtcdContext, { name, vars }: Member): Promise<string> {
  const { nodeIp, ansible_host: dialed } = vars
  if (typeof nodeIp === 'string') return nodeIp
  const address = await fact(name, unlessLost(ownAddress))
  return address ?? (typeof dialed === 'string' ? dialed : name)
}
