import { isEtcd, isReady, isVoter, type KubeNode } from '../../lib/kube/nodes.ts'

/** How nodes leave one after the other, or why that would harm the cluster. */
export type Removal =
  | { readonly is: 'steps'; readonly steps: readonly Step[] }
  | { readonly is: 'refused'; readonly found: string; readonly wanted: string; readonly advice: string }

export interface Step {
  readonly node: string
  /** Whether it is ready, so that its pods can be asked to leave. */
  readonly ready: boolean
  /** Its vote is needed for its own removal: the node is given up before its service stops. */
  readonly whileItServes: boolean
}

/** Decides it by what the API tells of all nodes; those that are down go first, as nobody needs them. */
export function removalOf(nodes: readonly KubeNode[], leaving: readonly string[]): Removal {
  const known = new Map(nodes.map((node) => [node.name, node]))
  const isUp = (name: string) => known.has(name) && isReady(known.get(name)!)
  const order = [...leaving.filter((name) => !isUp(name)), ...leaving.filter(isUp)]
  if (!nodes.some((node) => isServer(node) && !leaving.includes(node.name))) return lastServer
  const learner = nodes.find((node) => isEtcd(node) && !isVoter(node) && !leaving.includes(node.name))
  if (learner !== undefined && leaving.some((name) => known.has(name) && isEtcd(known.get(name)!))) {
    return {
      is: 'refused',
      found: `${learner.name} is a member of etcd that does not vote yet`,
      wanted: 'one change of etcd at a time',
      advice: `Wait until ${learner.name} has joined, or remove that one first: -e node=${learner.name}.`,
    }
  }
  let voters = nodes.filter((node) => isEtcd(node) && isVoter(node))
  const steps: Step[] = []
  for (const name of order) {
    const rest = voters.filter((voter) => voter.name !== name)
    const votes = rest.length < voters.length
    const ready = rest.filter(isReady).length
    if (votes && ready < majorityOf(rest.length)) return belowQuorum(name, rest, ready)
    const whileItServes = votes && ready < majorityOf(voters.length)
    steps.push({ node: name, ready: isUp(name), whileItServes })
    voters = rest
  }
  return { is: 'steps', steps }
}

export function majorityOf(members: number): number {
  return Math.floor(members / 2) + 1
}

const lastServer: Removal = {
  is: 'refused',
  found: 'no other server in the cluster',
  wanted: 'a server that stays',
  advice: 'Add a server first; or take the whole cluster away: playbooks/reset.ts.',
}

function belowQuorum(name: string, rest: readonly KubeNode[], ready: number): Removal {
  const down = rest.filter((node) => !isReady(node)).map((node) => node.name)
  return {
    is: 'refused',
    found: `${ready} of ${rest.length} members of etcd ready without ${name}; down: ${down.join(', ')}`,
    wanted: `a majority of them, ${majorityOf(rest.length)}`,
    advice: `Bring ${down.join(', ')} up again, or remove what is down first: -e node=${down[0]} -e node_is_gone=true.`,
  }
}

function isServer({ labels }: KubeNode): boolean {
  return labels['node-role.kubernetes.io/control-plane'] === 'true'
}
