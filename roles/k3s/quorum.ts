import { electionPatience } from '../../lib/cluster/etcd-vars.ts'
import { defineGuard } from '../../lib/play/guard.ts'

/** Most members of etcd vote and are ready, or there is no etcd yet. */
export const quorum = defineGuard(
  'A majority of etcd',
  async (context) => (await import('./etcd-members.ts')).haveQuorum(context),
  { patience: electionPatience },
)
