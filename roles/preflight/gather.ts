import { hostRoles, rolesOf, type HostRole } from '../../lib/cluster/host-roles.ts'
import type { Tuning } from '../../lib/cluster/tuning.ts'
import type { ClusterConfiguration } from '../../lib/cluster/vars.ts'
import type { Member, RoleContext } from '../../lib/play/role.ts'
import { TaskFailed } from '../../lib/task/outcome.ts'
import { Unreachable } from '../../lib/transport/errors.ts'
import { soughtFor } from './sought.ts'
import type { Subject, Surveyed } from './subject.ts'
import { surveyFor, type Survey } from './survey.ts'
import type { PreflightVars } from './vars.ts'
import { ownerOf, peersOf, waysTo } from './ways.ts'

export type PreflightContext = RoleContext<
  PreflightVars,
  ClusterConfiguration & { readonly system_tuning: Tuning }
>

/** Where all of these are left out, no way is tried. */
const checksOfWays = ['reachability', 'latency', 'mtu'] as const

/** Asks this host and, once for all of them, the others of the run; then tries the ways from here to them. */
export async function gather(context: PreflightContext): Promise<Subject> {
  const { host, vars, shared, fact } = context
  const { system_tuning: tuning, ...configuration } = shared
  const all = await surveyed(context, configuration, tuning)
  const own = all.find(({ name }) => name === host.name)
  if (own === undefined) throw new TypeError(`${host.name} is none of the hosts of this run.`)
  const isTried = checksOfWays.some((check) => !vars.skipChecks.includes(check))
  const peers = isTried ? peersOf(own, all, configuration, vars.neighbours) : []
  const { vip } = configuration.loadBalancer
  const sought = vip !== undefined && looksForVip(own, all) ? vip : undefined
  const [ways, owner] = await Promise.all([
    fact(waysTo(peers, mtuOf(own))),
    sought === undefined ? undefined : fact(ownerOf(sought)),
  ])
  return {
    ...own,
    all,
    ways,
    vip: sought === undefined ? undefined : { address: sought, owner },
    configuration,
    tuning,
    vars,
  }
}

async function surveyed(
  { host, group, run, fact }: PreflightContext,
  configuration: ClusterConfiguration,
  tuning: Tuning,
): Promise<readonly Surveyed[]> {
  const survey = surveyFor(soughtFor(configuration, tuning))
  // Every host does this for all of them.
  const groups = new Map<string, readonly Member[]>(hostRoles.map((role) => [role, group(role)]))
  const members = group('all').filter(({ name }) => run.hosts.includes(name))
  const all = await Promise.all(
    members.map(async (member): Promise<readonly Surveyed[]> => {
      const found = await fact(member.name, survey).catch((error: unknown) => {
        // Of those that are lost, the run tells on its own.
        if (member.name !== host.name && isLost(error)) return undefined
        throw error
      })
      if (found === undefined) return []
      const roles: readonly HostRole[] = rolesOf(member.name, (name) => groups.get(name) ?? [])
      return [{ name: member.name, roles, address: addressOf(member, found), survey: found }]
    }),
  )
  return all.flat()
}

function isLost(error: unknown): boolean {
  return error instanceof TaskFailed && error.cause instanceof Unreachable
}

/** As the inventory says, else the first that the host itself has: what leads to it from here may be somebody else's. */
function addressOf({ vars }: Member, { addresses }: Survey): string {
  const { nodeIp } = vars
  if (typeof nodeIp === 'string') return nodeIp
  const own = addresses.filter(({ global }) => global)
  return (own.find(({ address }) => !address.includes(':')) ?? own[0])?.address ?? ''
}

function mtuOf({ address, survey }: Surveyed): number {
  const device = survey.addresses.find((each) => each.address === address)?.device
  return survey.links.find((link) => link.device === device)?.mtu ?? 1500
}

/** One of those between whom the address is to move. */
function looksForVip({ name }: Surveyed, all: readonly Surveyed[]): boolean {
  const [first] = [
    ...all.filter(({ roles }) => roles.includes('lb')),
    ...all.filter(({ roles }) => roles.includes('server')),
  ]
  return first?.name === name
}
