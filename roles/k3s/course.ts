import type { Standing } from './standing.ts'

/** A server of the inventory as it was found. */
export interface Seat {
  readonly name: string
  /** Undefined where it is off. */
  readonly standing: Standing | undefined
  /** It is worked on in this run. */
  readonly inRun: boolean
}

/** How a host comes to its cluster. */
export type Course =
  | { readonly is: 'founds' }
  /** It is a server of the cluster already. */
  | { readonly is: 'goes on' }
  | { readonly is: 'joins'; readonly from: string }
  | { readonly is: 'refused'; readonly found: string; readonly wanted: string; readonly advice: string }

interface Asked {
  readonly me: string
  /** Undefined for an agent. */
  readonly seat: Seat | undefined
  readonly initial: string
  readonly servers: readonly Seat[]
}

/**
 * Decides it by what was found before anything was changed: a cluster is founded only where no server holds one, and
 * whoever joins asks a server that lives.
 */
export function courseOf({ me, seat, initial, servers }: Asked): Course {
  const holders = servers.filter(({ standing }) => standing?.ca !== undefined)
  const clusters = new Set(holders.map(({ standing }) => standing?.ca))
  if (clusters.size > 1) return split(holders)
  if (seat?.standing?.ca !== undefined) return { is: 'goes on' }
  if (holders.length === 0) return withoutCluster(me, initial, servers)
  const source =
    holders.find(({ standing }) => standing?.serves) ??
    holders.find(({ name, inRun }) => inRun && isBefore(name, me, initial, servers))
  if (source !== undefined) return { is: 'joins', from: source.name }
  const names = holders.map(({ name }) => name).join(', ')
  return {
    is: 'refused',
    found: `${names} ${holders.length === 1 ? 'holds' : 'hold'} the cluster, and none of them serves`,
    wanted: 'a server of the cluster that serves',
    advice: `Start one of them first: systemctl start k3s on ${holders[0]?.name}, or run with --limit ${holders[0]?.name}.`,
  }
}

/** Nobody is known to hold a cluster: one host founds it, if that is sure, and the others wait for it. */
function withoutCluster(me: string, initial: string, servers: readonly Seat[]): Course {
  const off = servers.filter(({ standing }) => standing === undefined).map(({ name }) => name)
  const founder = servers.find(({ name }) => name === initial)
  if (off.length > 0) {
    return {
      is: 'refused',
      found: `${off.join(', ')} cannot be asked whether a cluster is there`,
      wanted: 'an answer of every server before a cluster is founded',
      advice: 'Switch it on, or take it out of the inventory: two clusters are worse than none.',
    }
  }
  if (me === initial) return { is: 'founds' }
  if (founder?.inRun) return { is: 'joins', from: initial }
  return {
    is: 'refused',
    found: 'no server of the inventory holds a cluster',
    wanted: `a cluster, which ${initial} founds`,
    advice: `Run it for ${initial} first: leave --limit and deploy_stage out, or name it too.`,
  }
}

/** Whether one host is started before another in the same run. */
function isBefore(name: string, me: string, initial: string, servers: readonly Seat[]): boolean {
  if (name === me || me === initial) return false
  const order = [initial, ...servers.map((server) => server.name).filter((each) => each !== initial)]
  const mine = order.indexOf(me)
  return mine === -1 || order.indexOf(name) < mine
}

function split(holders: readonly Seat[]): Course {
  const held = holders.map(({ name, standing }) => `${name} that of ${standing?.ca?.slice(0, 12)}…`)
  return {
    is: 'refused',
    found: `servers of different clusters: ${held.join(', ')}`,
    wanted: 'one cluster in one inventory',
    advice:
      'Take the hosts of the other cluster out of the inventory, or reset them with playbooks/reset.ts.',
  }
}
