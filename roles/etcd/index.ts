import { artifacts } from '../../lib/artifacts/vars.ts'
import { backup } from '../../lib/backup/vars.ts'
import { cluster } from '../../lib/cluster/vars.ts'
import { pki } from '../../lib/pki/vars.ts'
import { defineRole, type Role } from '../../lib/play/role.ts'
import type { EtcdContext } from './context.ts'
import { vars } from './vars.ts'

const work = () => import('./tasks/index.ts')
type Work = Awaited<ReturnType<typeof work>>

/** One part of what the role does; all of them share its name and variables. */
function part(tasks: (context: EtcdContext, work: Work) => Promise<void>): Role {
  return defineRole({
    name: 'etcd',
    folder: import.meta.dirname,
    vars,
    shared: { cluster, artifacts, pki, backup },
    work,
    tasks,
  })
}

/** Brings up etcd on hosts of its own, and keeps it through all that happens to it later. */
export const etcd = {
  /** Refuses what would not become one cluster, and changes nothing. */
  judge: part((context, work) => work.judge(context, 'create')),
  /** Refuses also what would found one. */
  judgeChange: part((context, work) => work.judge(context, 'change')),
  /** Refuses also versions that cannot follow each other. */
  judgeUpgrade: part((context, work) => work.judge(context, 'upgrade')),

  /** Makes the authority beside the inventory. */
  authority: part((context, work) => work.makeAuthority(context, 'Make the authority of etcd')),

  /** Founds a cluster, with all members at once, where none was found. */
  founded: part(async (context, work) => {
    const seen = await work.lookAround(context)
    if (seen.course.is === 'founds') await work.keepMember(context, seen)
  }),

  /** Keeps a member as it is to be; who is none yet joins as a learner, and votes once it has caught up. */
  member: part(async (context, work) => {
    const seen = await work.lookAround(context)
    if (seen.course.is !== 'founds') await work.keepMember(context, seen)
  }),

  /** The same, with certificates that are issued anew in this run. */
  renewed: part(async (context, work) => {
    await work.keepMember(context, await work.lookAround(context), { run: context.run.id })
  }),

  /** Gives a host that asks etcd, an API server, its certificate. */
  client: part((context, work) => work.certifyClient(context)),
  clientRenewed: part((context, work) => work.certifyClient(context, { run: context.run.id })),

  /** Lets a host ask an etcd of somebody else. */
  connected: part((context, work) => work.connect(context)),

  /** Go a step of the replacement of the authority each; members are kept as they are to be in between. */
  introduced: part((context, work) => work.makeAuthority(context, 'Make the next authority', 'introduce')),
  switched: part((context, work) => work.makeAuthority(context, 'Issue with the next authority', 'switch')),
  dropped: part((context, work) => work.makeAuthority(context, 'Drop the former authority', 'drop')),

  /** Saves a snapshot on the host, and holds it against its checksum. */
  snapshot: part(async (context, work) => void (await work.saveSnapshot(context, 'upgrade'))),

  /** Keeps a snapshot as a backup, encrypted. */
  backedUp: part((context, work) => work.backUp(context)),
  /** Restores a backup beside the cluster, and counts what it holds. */
  drilled: part((context, work) => work.drill(context)),

  /** Refuses a backup that is not whole, and what cannot be restored with this version. */
  judgeRestore: part((context, work) => work.judgeRestore(context)),
  stopped: part((context, work) => work.stopMember(context)),
  /** Gives all members the data of one backup. */
  restored: part((context, work) => work.restoreMember(context)),

  compacted: part((context, work) => work.compact(context)),
  defragmented: part((context, work) => work.defragment(context)),
  alarmsTakenBack: part((context, work) => work.takeBackAlarms(context)),

  /** Takes the members that are named out of the cluster; done on one that stays. */
  leave: part((context, work) => work.leave(context)),

  /** Reports how every member is. */
  status: part((context, work) => work.reportStatus(context)),
} as const
