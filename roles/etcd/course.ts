import type { EtcdMember, Membership } from './ctl.ts'
import type { Standing } from './standing.ts'

/** A host of the group, as it was found. */
export interface Seat {
  readonly name: string
  readonly peerUrl: string
  /** Undefined where it is off. */
  readonly standing: Standing | undefined
  /** It is worked on in this run. */
  readonly inRun: boolean
}

/** How a host comes to its cluster. */
export type Course =
  /** With all others at once. */
  | { readonly is: 'founds' }
  | { readonly is: 'goes on' }
  /** `lost`: the member that it was, whose data are gone. */
  | { readonly is: 'joins'; readonly lost?: EtcdMember }
  | ({ readonly is: 'refused' } & Refusal)

export interface Refusal {
  readonly found: string
  readonly wanted: string
  readonly advice: string
}

/** The members as the first host tells of them whose member sees a quorum. */
export function membershipOf(seats: readonly Seat[]): Membership | undefined {
  return seats.find(({ standing }) => standing?.membership !== undefined)?.standing?.membership
}

/** The member that a host is to be, by its address, whatever it is called. */
export function memberAt(membership: Membership | undefined, peerUrl: string): EtcdMember | undefined {
  return membership?.members.find(({ peerUrls }) => peerUrls.includes(peerUrl))
}

/**
 * Decides it by what was found before anything was changed: a cluster is founded only where no host has ever been a
 * member of one, and by all of them at once; data that the cluster knows nothing of are never made part of it.
 */
export function courseOf(me: string, seats: readonly Seat[]): Course {
  const seat = seats.find(({ name }) => name === me)
  if (seat?.standing === undefined) throw new TypeError(`${me} was not asked what stands on it.`)
  const { standing } = seat
  const clusters = new Set(seats.flatMap(({ standing: own }) => own?.membership?.clusterId ?? []))
  if (clusters.size > 1) return split(seats)
  const membership = membershipOf(seats)
  if (membership === undefined) return withoutCluster(me, standing, seats)
  const member = memberAt(membership, seat.peerUrl)
  if (standing.mark !== undefined && standing.mark !== membership.clusterId) {
    return foreign(me, standing.mark, membership)
  }
  if (member === undefined) return standing.data ? removed(me) : { is: 'joins' }
  if (standing.data) return { is: 'goes on' }
  return member.name === '' ? { is: 'joins' } : { is: 'joins', lost: member }
}

/** Nobody answers for a cluster: either there was none yet, or it is down. */
function withoutCluster(me: string, own: Standing, seats: readonly Seat[]): Course {
  const marked = seats.filter(({ standing }) => standing?.mark !== undefined)
  if (marked.length > 0) {
    if (own.data) return { is: 'goes on' }
    return {
      is: 'refused',
      found: `${marked.map(({ name }) => name).join(', ')} of a cluster that does not answer, and no data on ${me}`,
      wanted: 'a majority of its members, before another one joins',
      advice:
        'Start the members that have their data first: systemctl start etcd. If they are lost: playbooks/restore.ts.',
    }
  }
  const off = seats.filter(({ standing }) => standing === undefined).map(({ name }) => name)
  const left = seats.filter(({ inRun, standing }) => !inRun && standing !== undefined && !standing.data)
  if (off.length > 0) {
    return {
      is: 'refused',
      found: `${off.join(', ')} cannot be asked whether a cluster is there`,
      wanted: 'an answer of every host of the group etcd before a cluster is founded',
      advice: 'Switch it on, or take it out of the group: two clusters are worse than none.',
    }
  }
  if (left.length > 0) {
    return {
      is: 'refused',
      found: `a run without ${left.map(({ name }) => name).join(', ')}`,
      wanted: 'all members at once, as a cluster is founded by all of them',
      advice: 'Leave --limit out, or take these hosts out of the group etcd.',
    }
  }
  return { is: 'founds' }
}

function split(seats: readonly Seat[]): Course {
  const held = seats.flatMap(({ name, standing }) => {
    return standing?.membership === undefined ? [] : [`${name} in ${standing.membership.clusterId}`]
  })
  return {
    is: 'refused',
    found: `members of different clusters: ${held.join(', ')}`,
    wanted: 'one cluster in one inventory',
    advice: 'Take the hosts of the other cluster out of the group etcd.',
  }
}

function foreign(me: string, mark: string, { clusterId }: Membership): Course {
  return {
    is: 'refused',
    found: `data of the cluster ${mark} on ${me}`,
    wanted: `data of ${clusterId}, which the others are of, or none`,
    advice: `If the data are of no use any more, stop etcd on ${me} and move them away; else give its own inventory.`,
  }
}

function removed(me: string): Course {
  return {
    is: 'refused',
    found: `data of a member on ${me} that the cluster does not know`,
    wanted: 'no data, or those of one of its members',
    advice: `It was removed, or is of another cluster. If its data are of no use any more, stop etcd on ${me} and move them away.`,
  }
}
