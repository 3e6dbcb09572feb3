import { artifacts } from '../../lib/artifacts/index.ts'
import { configuration } from '../../lib/cluster/vars.ts'
import { defineRole, type Role } from '../../lib/play/role.ts'
import { explain } from './causes.ts'
import { lookAround } from './cluster.ts'
import type { K3sContext } from './context.ts'
import { reportHealth } from './health/report.ts'
import { configure } from './tasks/configure.ts'
import { handOver } from './tasks/hand-over.ts'
import { giveUpTheOld, holdTokenAgainstAuthority } from './tasks/join.ts'
import { judge } from './tasks/judge.ts'
import { bringProgram } from './tasks/program.ts'
import { leave } from './tasks/leave.ts'
import { runService } from './tasks/run.ts'
import { nameWhatStays, refuseWithoutCluster, takeAway, warnWhereOthersStay } from './tasks/take-away.ts'
import { seeWhole } from './tasks/whole.ts'
import { vars } from './vars.ts'

/** One part of what the role does; all of them share its name and variables. */
function part(tasks: (context: K3sContext) => Promise<void>): Role {
  return defineRole({
    name: 'k3s',
    folder: import.meta.dirname,
    vars,
    shared: { ...configuration, artifacts },
    tasks,
    explain,
  })
}

/** Brings up k3s, and RKE2, as servers and agents of one cluster. */
export const k3s = {
  /** Refuses what would not become one cluster, and changes nothing. */
  judge: part(async (context) => judge(context, await lookAround(context))),

  /** Makes the host a node: the one that founds the cluster, a server or an agent that joins it. */
  node: part(async (context) => {
    const seen = await lookAround(context)
    await holdTokenAgainstAuthority(context, seen)
    await giveUpTheOld(context, seen)
    const program = await bringProgram(context, seen)
    const files = await configure(context, seen)
    await runService(context, seen, [...program, ...files])
    await handOver(context, seen)
  }),

  /** Waits, on one server, until all nodes are ready. */
  whole: part(async (context) => seeWhole(context, await lookAround(context))),

  /** Reports, on one host for all of them, whether the cluster is well. */
  health: part(reportHealth),

  /** Refuses also what would found a cluster: there is to be one that is joined. */
  judgeJoining: part(async (context) => judge(context, await lookAround(context), { mayFound: false })),

  /** Takes the nodes that are named out of the cluster; done on a server that stays. */
  leave: part(async (context) => leave(context, await lookAround(context))),

  /** Takes the cluster off a host that has left it. */
  left: part(async (context) => {
    await refuseWithoutCluster(context)
    await takeAway(context)
  }),

  /** Takes the cluster off a host, whatever stays of it elsewhere. */
  taken: part(async (context) => {
    await warnWhereOthersStay(context)
    await takeAway(context)
  }),

  /** Tells what stays of it on a host. */
  rest: part(nameWhatStays),
} as const
