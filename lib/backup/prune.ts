import { listBackups } from './list.ts'
import { parseName } from './names.ts'
import type { Store } from './store.ts'
import type { BackupSettings } from './vars.ts'

export type Keep = BackupSettings['keep']

const dayMs = 24 * 3_600_000

export interface PruneScope {
  readonly cluster: string
  readonly kind: string
}

export interface When {
  readonly now?: Date
  /** So many newer ones are about to be made, and count. */
  readonly coming?: number
}

/**
 * Of the backups of a kind, the newest first, those that nothing keeps: not their number, not their age. The newest
 * always stays.
 */
export function outdated(
  names: readonly string[],
  { count, days }: Keep,
  { now = new Date(), coming = 0 }: When = {},
): readonly string[] {
  if (count === undefined && days === undefined) return []
  const youngest = now.getTime() - (days ?? 0) * dayMs
  return names.filter((name, index) => {
    const isYoung = days !== undefined && Date.parse(parseName(name)?.created ?? '') >= youngest
    return index + coming >= (count ?? 1) && !isYoung
  })
}

/** Takes away what is outdated, the oldest first, and says what that was. */
export async function prune(
  store: Store,
  scope: PruneScope,
  keep: Keep,
  now = new Date(),
): Promise<readonly string[]> {
  const listed = await listBackups(store, scope)
  const old = outdated(
    listed.map(({ name }) => name),
    keep,
    { now },
  ).toReversed()
  for (const name of old) await store.remove(scope.cluster, name)
  return old
}
