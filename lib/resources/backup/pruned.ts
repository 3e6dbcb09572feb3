import {
  listBackups,
  openStore,
  outdated,
  parseName,
  storeAt,
  type BackupSettings,
} from '../../backup/index.ts'
import { defineResource, type Inputs, type Reading, type Resource } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { keptDigest } from './backup.ts'

export interface PrunedArgs {
  /** `shared.backup`: where backups are kept, and which stay. */
  readonly settings: BackupSettings
  readonly cluster: string
  readonly kind: string
  /** The backup of this run, which counts among those that stay. */
  readonly after: readonly Resource[]
}

type Ref = { readonly store: string; readonly cluster: string; readonly kind: string }

export type PrunedState =
  | { readonly is: 'kept'; readonly names: readonly string[] }
  /** Another process has the keys to the store. */
  | { readonly is: 'unasked' }

/** No more backups of a kind than are to stay; the newest always does. */
export const pruned = defineResource('pruned', {
  make({ settings, cluster, kind, after }: PrunedArgs) {
    const { address: store } = openStore(settings)
    return { key: `${cluster}/${kind}`, ref: { store, cluster, kind }, spec: { keep: settings.keep }, after }
  },

  read: (_, refs: readonly Ref[]) => Promise.all(refs.map(readNames)),

  want(actual: PrunedState, { keep }, { inputs }): PrunedState {
    if (actual.is === 'unasked') throw new TaskFailed('This process has no keys to the store of the backups.')
    const old = new Set(outdated(actual.names, keep, { coming: isComing(inputs, actual.names) ? 1 : 0 }))
    return { is: 'kept', names: actual.names.filter((name) => !old.has(name)) }
  },

  async apply(_, { store: address, cluster }, { from, to }) {
    const store = storeAt(address)
    if (from.is !== 'kept' || to.is !== 'kept' || store === undefined) return
    const old = from.names.filter((name) => !to.names.includes(name))
    for (const name of old.toReversed()) await store.remove(cluster, name)
  },

  claim: ({ store, cluster, kind }) => [`controller:${store}/${cluster}/${kind}`],

  oneWay: () => 'a backup that was pruned is gone',
})

/** Under check the backup of this run is foretold, and not among the others yet. */
function isComing(inputs: Inputs, names: readonly string[]): boolean {
  const there = new Set(names.map((name) => keptDigest(parseName(name)?.run ?? '')))
  return Object.values(inputs).some(({ digest }) => digest.startsWith(keptDigest('')) && !there.has(digest))
}

async function readNames({ store: address, cluster, kind }: Ref): Promise<Reading<PrunedState>> {
  const store = storeAt(address)
  if (store === undefined) return { is: 'unasked' }
  return { is: 'kept', names: (await listBackups(store, { cluster, kind })).map(({ name }) => name) }
}
