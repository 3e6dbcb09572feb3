import { listBackups, outdated, prune } from '../../backup/index.ts'
import { UserError } from '../../errors.ts'
import type { BackupGround } from './ground.ts'

/** Takes away what `backup.keep` does not keep, of each kind; under check it is only named. */
export async function pruneAll(
  { store, cluster, settings: { keep } }: BackupGround,
  check: boolean,
): Promise<readonly string[]> {
  if (keep.count === undefined && keep.days === undefined) {
    throw new UserError(
      'Nothing says which backups stay.',
      'Set backup.keep.count, backup.keep.days or both.',
    )
  }
  const all = await listBackups(store, { cluster })
  const gone: string[] = []
  for (const kind of new Set(all.map((each) => each.kind))) {
    const names = all.filter((each) => each.kind === kind).map(({ name }) => name)
    gone.push(...(check ? outdated(names, keep) : await prune(store, { cluster, kind }, keep)))
  }
  return gone
}
