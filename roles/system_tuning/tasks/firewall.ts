import { isNode, rolesOf, type HostRole } from '../../../lib/cluster/host-roles.ts'
import { cidrsOf } from '../../../lib/cluster/networks.ts'
import { portsOn } from '../../../lib/cluster/ports.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { ownAddress } from '../../../lib/host/facts/own-address.ts'
import { firewallPort, noFirewall, type FirewallPortArgs } from '../../../lib/resources/firewall/index.ts'
import type { Member } from '../../../lib/play/role.ts'
import type { Finding } from '../../../lib/report/events.ts'
import { TaskFailed } from '../../../lib/task/outcome.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import type { TuningContext } from '../context.ts'
import { ntpPort, timeServers } from '../time-servers.ts'

type Port = NonNullable<FirewallPortArgs['port']>

interface Opening {
  readonly port: Port
  readonly protocol: 'tcp' | 'udp'
  /** An address or a network; undefined for everybody. */
  readonly from: string | undefined
}

const tags = ['firewall'] as const

/** Lets in what the cluster needs, each port for those alone who come there; or turns the firewall off. */
export async function firewall(context: TuningContext): Promise<void> {
  const { vars, task } = context
  if (vars.firewall === 'off') await task(tuningTasks.firewallOff, { tags }, ...noFirewall())
  if (vars.firewall !== 'open') return
  const openings = [...(await clusterOpenings(context)), ...podOpenings(context), ...timeOpenings(context)]
  await task(tuningTasks.firewallOpen, { tags }, ...together(openings).map(firewallPort))
}

async function clusterOpenings(context: TuningContext): Promise<readonly Opening[]> {
  const { host, shared, group } = context
  const ports = portsOn(rolesOf(host.name, group), shared)
  const addresses = await addressesOf(
    ports.flatMap(({ from }) => (from === 'anybody' ? [] : from)),
    context,
  )
  return ports.flatMap(({ port, protocol, from }): readonly Opening[] => {
    if (from === 'anybody') return [{ port, protocol, from: undefined }]
    const names = new Set(from.flatMap((role) => group(role).map(({ name }) => name)))
    return [...names].flatMap((name) => {
      const address = addresses.get(name)
      return address === undefined ? [] : [{ port, protocol, from: address }]
    })
  })
}

/**
 * Where the others of these groups are. A firewall wants to know an address before it is looked at, so those without a
 * `nodeIp` are asked for theirs; who is off is let in by the run that finds it.
 */
async function addressesOf(
  roles: readonly HostRole[],
  context: TuningContext,
): Promise<ReadonlyMap<string, string>> {
  const { host, group, inspect } = context
  const members = new Map(roles.flatMap((role) => group(role)).map((member) => [member.name, member]))
  members.delete(host.name)
  const asked = [...members.values()].map(async (member) => ({
    name: member.name,
    address: await addressOf(member, context),
  }))
  const found = await Promise.all(asked)
  const off = found.flatMap(({ name, address }) => (address === undefined ? [notLetIn(host.name, name)] : []))
  if (off.length > 0) await inspect('Look whom the firewall cannot know', async () => off, { tags })
  return new Map(found.flatMap(({ name, address }) => (address === undefined ? [] : [[name, address]])))
}

/** Undefined of a host that cannot be reached. */
async function addressOf({ name, vars }: Member, { fact }: TuningContext): Promise<string | undefined> {
  if (typeof vars['nodeIp'] === 'string') return vars['nodeIp']
  try {
    return await fact(name, ownAddress)
  } catch (error) {
    if (error instanceof TaskFailed && error.cause instanceof Unreachable) return undefined
    throw error
  }
}

function notLetIn(host: string, other: string): Finding {
  return {
    check: 'firewall',
    class: 'warning',
    found: `${other} cannot be reached`,
    wanted: `the address of ${other}`,
    message: `${other} cannot be asked for its address, so a firewall of ${host} does not let it in.`,
    advice: 'Run again when it is back, or set nodeIp for it.',
  }
}

/** Pods talk to the host that they are on, and to the hosts of others. */
function podOpenings({ host, shared, group }: TuningContext): readonly Opening[] {
  if (!isNode(rolesOf(host.name, group))) return []
  const { pods: from } = cidrsOf(shared)
  return (['tcp', 'udp'] as const).map((protocol) => ({ port: '1-65535', protocol, from }))
}

function timeOpenings(context: TuningContext): readonly Opening[] {
  const { host, vars } = context
  if (vars.timeSync === 'keep' || timeServers(context)?.includes(host.name) !== true) return []
  return vars.timeClients.map((from) => ({ port: ntpPort, protocol: 'udp', from }))
}

/** What one source may reach over one protocol is one thing. */
function together(openings: readonly Opening[]): readonly FirewallPortArgs[] {
  const found = new Map<string, Opening & { readonly ports: Port[] }>()
  for (const opening of openings) {
    const key = `${opening.protocol} ${opening.from}`
    const known = found.get(key) ?? { ...opening, ports: [] }
    known.ports.push(opening.port)
    found.set(key, known)
  }
  return [...found.values()].map(({ protocol, from, ports }) => {
    return { protocol, ports, ...(from === undefined ? {} : { from }) }
  })
}
