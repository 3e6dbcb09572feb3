import { isIP } from 'node:net'
import { unlessLost } from '../../lib/host/fact.ts'
import { ownAddress } from '../../lib/host/facts/own-address.ts'
import type { Member } from '../../lib/play/role.ts'
import type { K3sContext } from './context.ts'
import { courseOf, type Course, type Seat } from './course.ts'
import { kubectlOf, productOf, type Part, type Product } from './product.ts'
import { agentsOf, initialOf, serversOf } from './roster.ts'
import { standingAsFound, type Standing } from './standing.ts'

/** What the tasks of the role have to know of the cluster, and of their host in it. */
export interface Seen {
  readonly product: Product
  readonly part: Part
  readonly dataDir: string
  readonly version: string
  readonly nodeName: string
  readonly unit: string
  readonly initial: string
  /** Of the servers, under which the others reach them. */
  readonly addresses: ReadonlyMap<string, string>
  readonly servers: readonly Member[]
  readonly agents: readonly Member[]
  /** Names of servers that serve, as found. */
  readonly serving: readonly string[]
  /** As found. */
  readonly own: Standing
  readonly course: Course
  /** A shell command line that asks the API from this host as its administrator, or as its own node. */
  readonly kubectl: { readonly admin: string; readonly node: string }
}

/** Looks at the cluster as it was found, and decides how the host comes to it. */
export async function lookAround(context: K3sContext): Promise<Seen> {
  const { host, vars, shared, group, run } = context
  const product = productOf(shared.kubernetes)
  const dataDir = vars.dataDir ?? product.dataDir
  const [servers, agents] = [serversOf({ group }), agentsOf({ group })]
  const initial = initialOf({ group })?.name ?? ''
  const seats = await Promise.all(
    servers.map(async ({ name }): Promise<Seat> => {
      const standing = await context.fact(name, standingAsFound(product, dataDir))
      return { name, standing, inRun: run.hosts.includes(name) }
    }),
  )
  const addresses = await Promise.all(
    servers.map(async (member) => [member.name, await addressUnlessOff(context, member)] as const),
  )
  const part = servers.some(({ name }) => name === host.name) ? 'server' : 'agent'
  const seat = seats.find(({ name }) => name === host.name)
  const own = seat?.standing ?? (await context.fact(host.name, standingAsFound(product, dataDir)))
  if (own === undefined) throw new TypeError(`${host.name} cannot be asked what stands on it.`)
  const course = courseOf({ me: host.name, seat, initial, servers: seats })
  const kubectl = kubectlOf(product, dataDir)
  return {
    product,
    part,
    dataDir,
    version: shared.kubernetes.version ?? '',
    nodeName: nodeNameOf(host.name, vars.nodeName),
    unit: product.units[part],
    initial,
    addresses: new Map(addresses),
    servers,
    agents,
    serving: seats.flatMap(({ name, standing }) => (standing?.serves ? [name] : [])),
    own,
    course: vars.serverUrl === undefined ? course : outside(seat),
    kubectl: {
      admin: `${kubectl} --kubeconfig ${product.kubeconfig}`,
      node: `${kubectl} --kubeconfig ${dataDir}/agent/kubelet.kubeconfig`,
    },
  }
}

/** Nodes are called as DNS calls hosts. */
export function nodeNameOf(host: string, given: string | undefined): string {
  return (given ?? host).toLowerCase().replaceAll('_', '-')
}

/** A cluster that the inventory does not know: it is joined, never founded. */
function outside(seat: Seat | undefined): Course {
  return seat?.standing?.ca === undefined ? { is: 'joins', from: '' } : { is: 'goes on' }
}

/** Under which a server is reached by those who join. */
export function serverUrl({ product, addresses }: Seen, apiPort: number, server: string): string {
  const address = addresses.get(server) ?? server
  return `https://${isIP(address) === 6 ? `[${address}]` : address}:${product.joinPort ?? apiPort}`
}

export async function addressOf({ group, fact }: K3sContext, host: string): Promise<string> {
  const given = group('all').find(({ name }) => name === host)?.vars['nodeIp']
  return typeof given === 'string' ? given : fact(host, ownAddress)
}

/** What a host that is off cannot say itself, the inventory may. */
async function addressUnlessOff({ fact }: K3sContext, { name, vars }: Member): Promise<string> {
  const { nodeIp, ansible_host: dialed } = vars
  if (typeof nodeIp === 'string') return nodeIp
  const address = await fact(name, unlessLost(ownAddress))
  return address ?? (typeof dialed === 'string' ? dialed : name)
}
