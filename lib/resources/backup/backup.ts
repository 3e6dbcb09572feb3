import {
  checkRecipients,
  listBackups,
  openStore,
  storeAt,
  writeBackup,
  type BackupSettings,
  type Facts,
} from '../../backup/index.ts'
import type { Host } from '../../host/host.ts'
import { defineResource, type Reading, type Resource } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { contentOn } from './content-on.ts'

export interface BackupArgs {
  /** `shared.backup`: where it is kept, and for whom it is encrypted. */
  readonly settings: BackupSettings
  readonly cluster: string
  /** What it is a backup of; each kind is kept, listed and pruned on its own. */
  readonly kind: string
  /** `run.id`: there is one backup of a kind in a run. */
  readonly run: string
  /** The name of the host that it comes from. */
  readonly host: string
  /** What goes into it: files of the host, and their names in the backup. */
  readonly files: readonly { readonly path: string; readonly name: string }[]
  readonly versions?: Readonly<Record<string, string>>
  /** What is known of the content; no secrets. */
  readonly facts?: Facts
  /** A JSON map on the host with more of it, for what is known only once the files stand. */
  readonly factsFile?: string
  /** What makes the files. */
  readonly after?: readonly Resource[]
}

type Ref = { readonly store: string; readonly cluster: string; readonly kind: string; readonly run: string }

type Order = {
  readonly host: string
  readonly recipients: readonly string[]
  readonly files: readonly { readonly path: string; readonly name: string }[]
  readonly versions: Readonly<Record<string, string>>
  readonly facts: Facts
  readonly factsFile: string | null
}

export type BackupState =
  | { readonly is: 'absent' }
  | {
      readonly is: 'kept'
      readonly run: string
      readonly hint?: { readonly name: string } | { readonly order: Order }
    }
  /** Another process has the keys to the store. */
  | { readonly is: 'unasked' }

/** A backup of files of a host, made once in a run: encrypted, read back, and only then with its manifest. */
export const backup = defineResource('backup', {
  make({ settings, cluster, kind, run, after, ...args }: BackupArgs) {
    const { address: store } = openStore(settings)
    const { host, files, versions = {}, facts = {}, factsFile = null } = args
    const order: Order = { host, recipients: settings.recipients, files, versions, facts, factsFile }
    return {
      key: `${cluster}/${kind}`,
      ref: { store, cluster, kind, run },
      spec: { order, run },
      ...(after === undefined ? {} : { after }),
    }
  },

  async resolve(spec) {
    await checkRecipients(spec.order.recipients)
    return spec
  },

  read: (_, refs: readonly Ref[]) => Promise.all(refs.map(readKept)),

  want(actual: BackupState, { order, run }): BackupState {
    if (actual.is === 'unasked') throw new TaskFailed('This process has no keys to the store of the backup.')
    return actual.is === 'kept' ? actual : { is: 'kept', run, hint: { order } }
  },

  async apply(host, { store: address, ...about }, { from, to }) {
    const store = storeAt(address)
    if (from.is === 'kept' || to.is !== 'kept' || store === undefined) return
    if (to.hint === undefined || !('order' in to.hint)) return
    const { order } = to.hint
    await writeBackup(store, {
      ...about,
      ...order,
      facts: { ...order.facts, ...(await factsOn(host, order.factsFile)) },
      files: order.files.map(({ path, name }) => ({ name, open: () => contentOn(host, path) })),
    })
  },

  claim: ({ store, cluster, kind, run }) => [`controller:${store}/${cluster}/${kind}-${run}`],

  digest: (state) => (state.is === 'kept' ? keptDigest(state.run) : state.is),

  show({ from, to }) {
    const order = to.is === 'kept' && to.hint !== undefined && 'order' in to.hint ? to.hint.order : undefined
    const files = order?.files.map(({ name }) => name).join(', ') ?? ''
    const keys = order?.recipients.length ?? 0
    return [
      { field: 'backup', from: from.is, to: `${files}, encrypted for ${keys} key${keys === 1 ? '' : 's'}` },
    ]
  },

  oneWay: () => 'a backup changes nothing that it is made of, and stays until it is pruned',
})

/** Tells whoever comes after it that there is, or will be, a backup of this run. */
export function keptDigest(run: string): string {
  return `kept ${run}`
}

async function readKept({ store: address, cluster, kind, run }: Ref): Promise<Reading<BackupState>> {
  const store = storeAt(address)
  if (store === undefined) return { is: 'unasked' }
  const found = (await listBackups(store, { cluster, kind })).find((each) => each.run === run)
  return found === undefined ? { is: 'absent' } : { is: 'kept', run, hint: { name: found.name } }
}

async function factsOn(host: Host, path: string | null): Promise<Facts> {
  if (path === null) return {}
  const [content] = await host.readFiles([path])
  if (content === undefined) throw new TaskFailed(`There is no file ${path} with facts on ${host.name}.`)
  return JSON.parse(content.toString()) as Facts
}
