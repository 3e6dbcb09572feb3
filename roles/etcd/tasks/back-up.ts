import { backup, pruned } from '../../../lib/resources/backup/index.ts'
import { lookAround } from '../cluster.ts'
import type { EtcdContext } from '../context.ts'
import { backupKind } from '../paths.ts'
import { aboutOf } from '../snapshot.ts'
import { forgetSnapshot } from './restore.ts'
import { saveSnapshot } from './snapshot.ts'

/** Saves a snapshot, holds it against its checksum, and keeps it encrypted where backups are kept. */
export async function backUp(context: EtcdContext): Promise<void> {
  const { task, shared, run, host } = context
  const { own } = await lookAround(context)
  const { path, saved } = await saveSnapshot(context, 'backup')
  const { name: cluster } = shared.cluster
  const kept = await task(
    'Keep it as a backup',
    backup({
      settings: shared.backup,
      cluster,
      kind: backupKind,
      run: run.id,
      host: host.name,
      files: [{ path, name: 'etcd.db' }],
      versions: { etcd: own.status?.version ?? own.version ?? '' },
      facts: { members: own.membership?.members.length ?? 0 },
      factsFile: aboutOf(path),
      after: saved,
    }),
  )
  await task(
    'Take away what is older than has to be kept',
    pruned({ settings: shared.backup, cluster, kind: backupKind, after: kept }),
  )
  await forgetSnapshot(context, path)
}
