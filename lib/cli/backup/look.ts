import { foldersOf, identityOf, listBackups, findBackup, verifyBackup } from '../../backup/index.ts'
import type { Listed } from '../../backup/index.ts'
import { duration } from '../../report/duration.ts'
import type { BackupGround } from './ground.ts'

/** What is kept of a cluster, a line each, the newest first. */
export async function listed(
  { store, cluster }: BackupGround,
  kind: string | undefined,
  now = new Date(),
): Promise<readonly Readonly<Record<string, string>>[]> {
  const all = await foldersOf(store, { cluster, kind })
  return all.map(({ name, created, finished }) => ({
    name,
    created,
    age: duration(now.getTime() - Date.parse(created)),
    state: finished ? 'kept' : 'unfinished: no backup',
  }))
}

export interface Checked {
  readonly rows: readonly Readonly<Record<string, string>>[]
  readonly isWell: boolean
}

const asWritten = {
  decrypted: 'decrypted, and as it was written',
  stored: 'as it was written; without an identity it was not decrypted',
} as const

/** Reads backups whole: the one of a name, or the newest of each kind where it is `last`. */
export async function verified(ground: BackupGround, name: string): Promise<Checked> {
  const { store, cluster, settings } = ground
  const identity = await identityOf(settings)
  const rows: Record<string, string>[] = []
  let isWell = true
  for (const backup of await chosen(ground, name)) {
    const { looked, files, wrong } = await verifyBackup(store, cluster, backup.name, identity)
    isWell &&= wrong.length === 0
    const found = wrong.length > 0 ? wrong.join(' ') : asWritten[looked]
    rows.push({ name: backup.name, files: String(files), found })
  }
  return { rows, isWell }
}

async function chosen({ store, cluster }: BackupGround, name: string): Promise<readonly Listed[]> {
  if (name !== 'last') return [await findBackup(store, { cluster }, name)]
  const all = await listBackups(store, { cluster })
  const newest = [...new Map(all.toReversed().map((each) => [each.kind, each])).values()]
  return newest.length > 0 ? newest : [await findBackup(store, { cluster }, name)]
}
