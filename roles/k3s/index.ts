import { artifacts } from '../../lib/artifacts/vars.ts'
import { configuration } from '../../lib/cluster/vars.ts'
import { defineRole, type Role } from '../../lib/play/role.ts'
import type { K3sContext } from './context.ts'
import { vars } from './vars.ts'

const work = () => import('./tasks/index.ts')
type Work = Awaited<ReturnType<typeof work>>

/** One part of what the role does; all of them share its name and variables. */
function part(tasks: (context: K3sContext, work: Work) => Promise<void>): Role {
  return defineRole({
    name: 'k3s',
    folder: import.meta.dirname,
    vars,
    shared: { ...configuration, artifacts },
    work,
    tasks,
    explain: async (failure) => (await import('./causes.ts')).explain(failure),
  })
}

/** Brings up k3s, and RKE2, as servers and agents of one cluster. */
export const k3s = {
  /** Refuses what would not become one cluster, and changes nothing. */
  judge: part(async (context, work) => work.judge(context, await work.lookAround(context))),

  /** Makes the host a node: the one that founds the cluster, a server or an agent that joins it. */
  node: part(async (context, work) => {
    const seen = await work.lookAround(context)
    await work.holdTokenAgainstAuthority(context, seen)
    await work.giveUpTheOld(context, seen)
    const program = await work.bringProgram(context, seen)
    const files = await work.configure(context, seen)
    await work.runService(context, seen, [...program, ...files])
    await work.handOver(context, seen)
  }),

  /** Waits, on one server, until all nodes are ready. */
  whole: part(async (context, work) => work.seeWhole(context, await work.lookAround(context))),

  /** Reports, on one host for all of them, whether the cluster is well. */
  health: part((context, work) => work.reportHealth(context)),

  /** Refuses also what would found a cluster: there is to be one that is joined. */
  judgeJoining: part(async (context, work) =>
    work.judge(context, await work.lookAround(context), { mayFound: false }),
  ),

  /** Takes the nodes that are named out of the cluster; done on a server that stays. */
  leave: part(async (context, work) => work.leave(context, await work.lookAround(context))),

  /** Takes the cluster off a host that has left it. */
  left: part(async (context, work) => {
    await work.refuseWithoutCluster(context)
    await work.takeAway(context)
  }),

  /** Takes the cluster off a host, whatever stays of it elsewhere. */
  taken: part(async (context, work) => {
    await work.warnWhereOthersStay(context)
    await work.takeAway(context)
  }),

  /** Tells what stays of it on a host. */
  rest: part((context, work) => work.nameWhatStays(context)),
} as const
