import { UserError } from '../errors.ts'
import { checkWord, parseName, type BackupName } from './names.ts'
import type { Store } from './store.ts'

export interface Scope {
  readonly cluster: string
  /** Left out: all kinds. */
  readonly kind?: string | undefined
}

export interface Listed extends BackupName {
  /** Whether it has its manifest; without it, it is no backup. */
  readonly finished: boolean
}

/** What is kept of a cluster, the newest first, and what is half made. */
export async function foldersOf(store: Store, { cluster, kind }: Scope): Promise<readonly Listed[]> {
  const folders = await store.folders(checkWord(cluster, 'cluster'))
  return folders
    .flatMap(({ name, finished }) => {
      const parsed = parseName(name)
      return parsed === undefined ? [] : [{ ...parsed, finished }]
    })
    .filter((each) => kind === undefined || each.kind === kind)
    .toSorted((a, b) => compare(b.created, a.created) || compare(a.name, b.name))
}

/** The backups of a cluster, the newest first. */
export async function listBackups(store: Store, scope: Scope): Promise<readonly Listed[]> {
  return (await foldersOf(store, scope)).filter(({ finished }) => finished)
}

/** There is no backup of that name, or none at all; one may be about to be made. */
export class NoBackup extends UserError {
  override readonly name = 'NoBackup'
}

/** The backup of this name, or the newest where it is `last`. */
export async function findBackup(store: Store, scope: Scope, name: string): Promise<Listed> {
  const all = await foldersOf(store, scope)
  const found = all.find((each) => each.finished && (name === 'last' || each.name === name))
  if (found !== undefined) return found
  const what = scope.kind === undefined ? '' : ` of the kind ${scope.kind}`
  const half = all.some((each) => each.name === name) ? ' It was begun and never finished.' : ''
  throw new NoBackup(
    name === 'last'
      ? `There is no backup${what} of ${scope.cluster} in ${store.address}.`
      : `There is no backup ${name}${what} of ${scope.cluster} in ${store.address}.${half}`,
    'playbooks/backup.ts list shows those that are there.',
  )
}

/** How long ago the newest backup was begun, in milliseconds; undefined where there is none. */
export async function ageOfNewest(store: Store, scope: Scope, now = new Date()): Promise<number | undefined> {
  const [newest] = await listBackups(store, scope)
  return newest === undefined ? undefined : now.getTime() - Date.parse(newest.created)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
