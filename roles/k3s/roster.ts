import { UserError } from '../../lib/errors.ts'
import type { Choice, Roster } from '../../lib/play/playbook.ts'
import type { Member } from '../../lib/play/role.ts'
import { booleanOf } from '../../lib/vars/scalar-schemas.ts'
import type { Part } from './product.ts'
import type { K3sVars } from './vars.ts'

/** Who is what: by `node_role` and `cluster_init` where hosts carry them, else by the groups `server` and `agent`. */
export function serversOf(roster: Roster): readonly Member[] {
  return membersOf(roster, 'server')
}

export function agentsOf(roster: Roster): readonly Member[] {
  const servers = new Set(serversOf(roster).map(({ name }) => name))
  return membersOf(roster, 'agent').filter(({ name }) => !servers.has(name))
}

/** The host that founds the cluster where none is there: the one with `cluster_init`, else the first server. */
export function initialOf(roster: Roster): Member | undefined {
  if (joinsOutside(roster)) return undefined
  const servers = serversOf(roster)
  const [first] = servers
  if (first === undefined) {
    throw new UserError(
      'The inventory has no server.',
      'Put the hosts of the control plane into the group server.',
    )
  }
  if (!carriesRoles(roster)) return first
  const marked = servers.filter(({ vars }) => booleanOf(vars['cluster_init']) === true)
  const [initial] = marked
  if (initial !== undefined && marked.length === 1) return initial
  const found = marked.length === 0 ? 'on none' : `on ${marked.map(({ name }) => name).join(', ')}`
  throw new UserError(
    `cluster_init has to be true on exactly one server, and is so ${found}.`,
    'The host that carries it founds the cluster; several would found several.',
  )
}

/** The initial server, in the deployment stage 1 of `-e deploy_stage`. */
export const initialServer: Choice = (roster) => {
  const initial = initialOf(roster)
  return initial === undefined ? [] : inDeployStage(1, [initial])
}

export const otherServers: Choice = (roster) => {
  const initial = initialOf(roster)?.name
  return inDeployStage(
    2,
    serversOf(roster).filter(({ name }) => name !== initial),
  )
}

export const agents: Choice = (roster) => inDeployStage(3, agentsOf(roster))

export const servers: Choice = (roster) => [...initialServer(roster), ...otherServers(roster)]

/** All of them that this deployment stage is about. */
export const nodes: Choice = (roster) => [...servers(roster), ...agents(roster)]

/** All of them join a cluster that the inventory does not know. */
function joinsOutside(roster: Roster): boolean {
  return roster.group('all').some(({ vars }) => {
    const own = vars['k3s'] as Partial<K3sVars> | undefined
    return own?.serverUrl !== undefined
  })
}

/** The variable of the user who wants one stage alone. */
const deployStage = 'deploy_stage'

function inDeployStage(stage: 1 | 2 | 3, members: readonly Member[]): readonly string[] {
  return members
    .filter(({ name, vars }) => {
      const asked = vars[deployStage]
      if (asked === undefined) return true
      if (![1, 2, 3].includes(Number(asked))) {
        throw new UserError(
          `${deployStage} is ${JSON.stringify(asked)} on ${name}.`,
          'Give 1 for the initial server, 2 for the other servers, or 3 for the agents.',
        )
      }
      return Number(asked) === stage
    })
    .map(({ name }) => name)
}

function membersOf(roster: Roster, part: Part): readonly Member[] {
  if (!carriesRoles(roster)) return roster.group(part)
  return roster.group('all').filter(({ vars }) => vars['node_role'] === part)
}

function carriesRoles(roster: Roster): boolean {
  return roster.group('all').some(({ vars }) => vars['node_role'] !== undefined)
}
