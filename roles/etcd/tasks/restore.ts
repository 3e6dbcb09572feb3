import { findBackup, identityOf, openStore, verifyBackup } from '../../../lib/backup/index.ts'
import { command, directory, file, unit } from '../../../lib/resources/index.ts'
import { restored } from '../../../lib/resources/backup/index.ts'
import type { Finding } from '../../../lib/report/events.ts'
import { lookAround } from '../cluster.ts'
import { allVote, memberAnswers } from '../conditions.ts'
import type { EtcdContext } from '../context.ts'
import { membersNow } from '../ctl.ts'
import { fatal } from '../judge.ts'
import { markFile, programFolder, snapshotFolder, unitName, backupKind } from '../paths.ts'
import { hasUtility } from '../releases.ts'
import { aboutOf } from '../snapshot.ts'
import { restoredData } from '../resources/restored-data.ts'
import { quote } from '../../../lib/host/command.ts'
import { configure } from './configure.ts'
import { createUser } from './keep.ts'
import { bringProgram } from './program.ts'

/** The backup that is named, or the newest one. */
export function chosenBackup({ host }: EtcdContext): string {
  const given = host.vars['backup_name']
  return typeof given === 'string' ? given : 'last'
}

/** What speaks against a restore, before anything is stopped: the backup is read as a whole. */
export async function judgeRestore(context: EtcdContext): Promise<void> {
  const { inspect, shared, vars } = context
  await inspect('Refuse what cannot be restored', async (): Promise<readonly Finding[]> => {
    const store = openStore(shared.backup)
    const cluster = shared.cluster.name
    const { name } = await findBackup(store, { cluster, kind: backupKind }, chosenBackup(context))
    const { wrong } = await verifyBackup(store, cluster, name, await identityOf(shared.backup))
    const unsound = wrong.map((message) =>
      fatal('backup', {
        found: message,
        wanted: `${name}, as it was written`,
        message: `The backup ${name} cannot be restored: ${message}`,
        advice: 'Take another one: playbooks/backup.ts list, and -e backup_name=NAME.',
      }),
    )
    if (hasUtility(vars.version ?? '')) return unsound
    return [
      ...unsound,
      fatal('version', {
        found: vars.version ?? 'none',
        wanted: '3.5 or newer',
        message: 'Only since etcd 3.5 can a restore go on with newer revisions than any client has seen.',
        advice: 'Set etcd.version to 3.5; it reads snapshots of 3.4.',
      }),
    ]
  })
}

/** Nobody may go on with the old data once one has the restored ones. */
export async function stopMember({ task }: EtcdContext): Promise<void> {
  await task('Stop the member', unit({ name: unitName, state: 'stopped', ifInstalled: true }))
}

/** Gives a member the data of the backup, and starts it together with all others. */
export async function restoreMember(context: EtcdContext): Promise<void> {
  const { task, gate, fact, vars, run, shared } = context
  const seen = { ...(await lookAround(context)), course: { is: 'founds' } as const }
  const { name, peerUrl, seats, ctl } = seen
  const snapshot = `${snapshotFolder}/restore-${run.id}.db`
  await createUser(context)
  const files = await configure(context, seen)
  const program = await bringProgram(context, vars.version ?? '')
  await task(
    'Bring the snapshot',
    directory({ path: snapshotFolder, mode: 0o700 }),
    restored({
      settings: shared.backup,
      cluster: shared.cluster.name,
      backup: chosenBackup(context),
      kind: backupKind,
      file: 'etcd.db',
      path: snapshot,
    }),
  )
  await task(
    'Restore the data',
    restoredData({
      dataDir: vars.dataDir,
      run: run.id,
      program: `${programFolder(vars)}/etcdutl`,
      snapshot,
      name,
      peerUrl,
      initialCluster: seats.map((seat) => `${seat.name}=${seat.peerUrl}`).join(','),
      // Another cluster than the one before, so that members that were forgotten do not meet it.
      token: `${shared.cluster.name}-etcd-${run.id}`,
      timeout: vars.deadlines.sync,
    }),
  )
  await task('Run the member', unit({ name: unitName, restartAfter: [...program, ...files] }))
  const deadline = vars.deadlines.ready
  await gate('The member answers', memberAnswers(ctl(name)), { deadline })
  await gate(
    'The members agree',
    allVote(
      ctl(name),
      seats.map((seat) => seat.peerUrl),
    ),
    { deadline },
  )
  const { clusterId } = await fact(membersNow(ctl(name)))
  await task('Mark of which cluster it is', file({ path: markFile, content: `${clusterId}\n` }))
  await forgetSnapshot(context, snapshot)
}

/** A snapshot holds all that the cluster holds, secrets too: none stays where it is not needed. */
export async function forgetSnapshot({ task }: EtcdContext, path: string): Promise<void> {
  await task(
    'Forget the snapshot on the host',
    command({
      title: `forget ${path}`,
      run: { text: `rm -f ${quote(path)} ${quote(aboutOf(path))}` },
      onlyIf: { text: `[ -e ${quote(path)} ]` },
      oneWay: 'It stands in the backup.',
    }),
  )
}
