import { defineFact } from '../../lib/host/fact.ts'
import { electionPatience } from '../../lib/cluster/etcd-vars.ts'
import { CommandFailed } from '../../lib/host/host.ts'
import { isEtcd, isReady, isVoter, kubeNodes } from '../../lib/kube/nodes.ts'
import { defineGuard } from '../../lib/play/guard.ts'
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

/** Most members of etcd vote and are ready, or there is no etcd yet: asked from the first server that answers. */
export const quorum = defineGuard(
  'A majority of etcd',
  async ({ batch, group, fact }) => {
    for (const name of new Set([...batch, ...group('server'), ...group('all')])) {
      const members = await fact(name, etcdMembers).catch(() => undefined)
      if (members === undefined) continue
      const well = members.filter((member) => isReady(member) && isVoter(member))
      if (well.length * 2 > members.length || members.length === 0) return { holds: true }
      const not = members.filter((member) => !well.includes(member)).map((member) => member.name)
      return { holds: false, found: `${not.join(', ')} of ${members.length} are no voters that are ready` }
    }
    return { holds: true }
  },
  { patience: electionPatience },
)
