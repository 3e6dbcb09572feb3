import { unlessLost } from '../../../lib/host/fact.ts'
import type { Member, Report } from '../../../lib/play/role.ts'
import { nodeNameOf } from '../cluster.ts'
import type { K3sContext } from '../context.ts'
import { kubectlOf, productOf, type Part, type Product } from '../product.ts'
import { agentsOf, serversOf } from '../roster.ts'
import type { K3sVars } from '../vars.ts'
import { hostLines } from './host-lines.ts'
import { gravestFirst, whatIsWrong, type HealthLine } from './line.ts'
import { etcdLines, nodeLines } from './node-lines.ts'
import { apiLine, clusterHealth, readiness } from './of-cluster.ts'
import { hostHealth, type HostHealth } from './on-host.ts'
import { workloadLines } from './workload-lines.ts'

/** A node by the inventory, with what it says of itself. */
interface Seat {
  readonly member: Member
  readonly part: Part
  readonly kubectl: string
  /** Undefined where it is off. */
  readonly health: HostHealth | undefined
}

/** Says of everything that keeps the cluster alive whether it is well. */
export async function reportHealth(context: K3sContext): Promise<void> {
  await context.report('See whether it is well', async (): Promise<Report> => {
    const product = productOf(context.shared.kubernetes)
    const seats = await seatsOf(context, product)
    const data = gravestFirst([
      ...(await clusterLines(context, seats)),
      ...(await apiLines(context, product, seats)),
      ...seats.flatMap(({ member, part, health }) => hostLines(member.name, product.units[part], health)),
    ])
    const wrong = whatIsWrong(data)
    return { name: 'health', data, ...(wrong === undefined ? {} : { wrong }) }
  })
}

/** Those that the run is about. */
async function seatsOf({ group, run, fact }: K3sContext, product: Product): Promise<readonly Seat[]> {
  const all = [
    ...serversOf({ group }).map((member) => ({ member, part: 'server' as const })),
    ...agentsOf({ group }).map((member) => ({ member, part: 'agent' as const })),
  ]
  return Promise.all(
    all
      .filter(({ member }) => run.hosts.includes(member.name))
      .map(async ({ member, part }): Promise<Seat> => {
        const dataDir = ownVars(member).dataDir ?? product.dataDir
        const kubectl = `${kubectlOf(product, dataDir)} --kubeconfig ${product.kubeconfig}`
        const health = await fact(member.name, unlessLost(hostHealth(product, part, dataDir)))
        return { member, part, kubectl, health }
      }),
  )
}

function servesIn(seats: readonly Seat[]): readonly Seat[] {
  return seats.filter(({ part, health }) => part === 'server' && health?.service === 'active')
}

/** Of a service that is off its own line says so. */
async function apiLines(
  { fact }: K3sContext,
  product: Product,
  seats: readonly Seat[],
): Promise<readonly HealthLine[]> {
  return Promise.all(
    servesIn(seats).map(async ({ member: { name }, kubectl }) => {
      return apiLine(
        name,
        product.units.server,
        (await fact(name, unlessLost(readiness(kubectl)))) ?? 'the host is lost',
      )
    }),
  )
}

/** As the first server tells it that serves and answers. */
async function clusterLines(context: K3sContext, seats: readonly Seat[]): Promise<readonly HealthLine[]> {
  const { group, fact, shared } = context
  const silent: string[] = []
  for (const { member, kubectl } of servesIn(seats)) {
    const answer = await fact(member.name, unlessLost(clusterHealth(kubectl)))
    if (answer?.is === 'told') {
      const { nodes } = answer.told
      const names = [...serversOf({ group }), ...agentsOf({ group })].map((each) =>
        nodeNameOf(each.name, ownVars(each).nodeName),
      )
      const expected = { names, version: shared.kubernetes.version }
      return [...etcdLines(nodes), ...nodeLines(nodes, expected), ...workloadLines(answer.told)]
    }
    silent.push(`${member.name}: ${answer?.why ?? 'it is lost'}`)
  }
  const why = silent.length === 0 ? 'no server serves.' : silent.join('; ')
  return [{ grade: 'fatal', about: 'cluster', name: 'cluster', found: `Nobody answers for it: ${why}` }]
}

function ownVars({ vars }: Member): K3sVars {
  return vars['k3s'] as K3sVars
}
