import { installation } from '../../../lib/kube/installation.ts'
import { unit } from '../../../lib/resources/index.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import type { Seen } from '../cluster.ts'
import { apiReady, etcdVotes, nodeReady } from '../conditions.ts'
import type { K3sContext } from '../context.ts'
import { installingOf } from '../installation.ts'

/** Runs the service on what was brought, and lets nobody go on before the node is one. */
export async function runService(
  { vars, shared, task, gate }: K3sContext,
  seen: Seen,
  inputs: readonly Resource[],
): Promise<void> {
  const { part, kubectl, nodeName } = seen
  const deadline = vars.deadlines.ready
  await task(
    `Run the ${part}`,
    installation(installingOf(seen.product, seen.dataDir)),
    unit({ name: seen.unit, restartAfter: inputs.filter(isTakenUp) }),
  )
  if (part === 'server') {
    await gate('The API is ready', apiReady(kubectl.admin), { deadline })
    if (vars.datastore === 'embedded') {
      await gate('The member of etcd votes', etcdVotes(kubectl.admin, nodeName), { deadline })
    }
  }
  // Without a network of pods no node is ready, and that may come later.
  if (shared.network.plugin !== 'flannel') return
  await gate('The node is ready', nodeReady(part === 'server' ? kubectl.admin : kubectl.node, nodeName), {
    deadline,
  })
}

/** Folders and links are nothing that a service takes up. */
function isTakenUp({ kind }: Resource): boolean {
  return kind !== 'directory' && kind !== 'symlink'
}
