import { nodeNameOf, type Seen } from '../cluster.ts'
import { allReady } from '../conditions.ts'
import type { K3sContext } from '../context.ts'
import type { K3sVars } from '../vars.ts'

/** Waits until every node that this run worked on is ready, as a server counts them. */
export async function seeWhole({ vars, shared, run, gate }: K3sContext, seen: Seen): Promise<void> {
  if (shared.network.plugin !== 'flannel') return
  const expected = [...seen.servers, ...seen.agents]
    .filter(({ name }) => run.hosts.includes(name))
    .map((member) => nodeNameOf(member.name, (member.vars['k3s'] as K3sVars).nodeName))
  const deadline = vars.deadlines.ready
  await gate(`All ${expected.length} nodes are ready`, allReady(seen.kubectl.admin, expected), { deadline })
}
