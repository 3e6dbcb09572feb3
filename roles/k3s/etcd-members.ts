import { defineFact } from '../../lib/host/fact.ts'
import { CommandFailed } from '../../lib/host/host.ts'
import { isEtcd, isReady, isVoter, kubeNodes } from '../../lib/kube/nodes.ts'
import type { GuardContext } from '../../lib/play/guard.ts'
import type { Held } from '../../lib/task/gate.ts'
import { products } from './product.ts'

/** The members of etcd as a server sees them; undefined where no server answers on the host. */
const etcdMembers = defineFact('the members of etcd', async (host) => {
  for (const { program, kubectl, dataDir, kubeconfig } of Object.values(products)) {
    const own = kubectl === undefined ? `${program} kubectl` : `${dataDir}/${kubectl}`
    try {
      const nodes = await kubeNodes(`${own} --kubeconfig ${kubeconfig}`).read(host)
      return nodes.filter(isEtcd)
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error
    }
  }
  return undefined
})

/** Whether most of them vote and are ready, or there are none yet: asked from the first server that answers. */
export async function haveQuorum({ batch, group, fact }: GuardContext): Promise<Held> {
  for (const name of new Set([...batch, ...group('server'), ...group('all')])) {
    const members = await fact(name, etcdMembers).catch(() => undefined)
    if (members === undefined) continue
    const well = members.filter((member) => isReady(member) && isVoter(member))
    if (well.length * 2 > members.length || members.length === 0) return { holds: true }
    const not = members.filter((member) => !well.includes(member)).map((member) => member.name)
    return { holds: false, found: `${not.join(', ')} of ${members.length} are no voters that are ready` }
  }
  return { holds: true }
}
