import { Readable } from 'node:stream'
import {
  fileOf,
  findBackup,
  neededIdentity,
  NoBackup,
  openStore,
  plainStream,
  readManifest,
  storeAt,
  type BackupSettings,
} from '../../backup/index.ts'
import type { Hash, Host } from '../../host/host.ts'
import { Secret } from '../../secrets/secret.ts'
import { defineResource, type Change, type WantContext } from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import { inTheWay, moveFile, stateOf, type FileState } from '../files/file.ts'
import { checkPath, inFolder, ofNew, readPlaces } from '../files/place.ts'

export interface RestoredArgs {
  /** `shared.backup`: where the backup is kept, and with what it is read. */
  readonly settings: BackupSettings
  readonly cluster: string
  /** The name of a backup, or `last`: the newest of the kind. */
  readonly backup: string
  readonly kind: string
  /** Its name in the backup. */
  readonly file: string
  readonly path: string
  /** Default: 0600. */
  readonly mode?: number
  /** Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
}

/** The checksum, once it was looked up: what has it can be restored again, so it need not be kept. */
type Ref = { readonly path: string; readonly sha256?: string }

/** What is to be restored, by what its manifest says. */
type Found = {
  readonly store: string
  readonly cluster: string
  readonly backup: string
  readonly file: string
  readonly sha256: string
}

type Hint = Found & { readonly identity: Hash }

type Spec = RestoredArgs & { readonly found?: Found | NoBackup; readonly identity?: Secret }

export type RestoredState =
  | (Extract<FileState, { readonly is: 'file' }> & { readonly hint?: Hint })
  | Exclude<FileState, { readonly is: 'file' }>

const modeOfNew = 0o600

/** A file of a host as a backup has it: decrypted on its way, and on no disk before it is there. */
export const restored = defineResource('restored', {
  make: (args: RestoredArgs) => ({
    key: checkPath(args.path),
    ref: { path: args.path } as Ref,
    spec: args as Spec,
  }),

  async resolve(spec) {
    const { settings, cluster, kind, file } = spec
    const store = openStore(settings)
    const identity = await neededIdentity(settings)
    const listed = await findBackup(store, { cluster, kind }, spec.backup).catch(whereNone)
    if (listed instanceof NoBackup) return { ...spec, identity, found: listed }
    const { name } = listed
    const { plain } = fileOf(await readManifest(store, cluster, name), file)
    const found = { store: store.address, cluster, backup: name, file, sha256: plain.sha256 }
    return { ...spec, identity, found }
  },

  identify: (ref, { found }) =>
    found === undefined || found instanceof NoBackup ? ref : { ...ref, sha256: found.sha256 },

  async read(host, refs: readonly Ref[]) {
    const places = await readPlaces(
      host,
      refs.map(({ path }) => path),
    )
    return places.map(({ stat, hint }): RestoredState => stateOf(stat, hint))
  },

  want(actual: RestoredState, spec, context: WantContext): RestoredState {
    const { path, found, identity } = spec
    if (actual.is === 'directory' || actual.is === 'other') throw inTheWay(path, actual)
    if (found instanceof NoBackup) throw new NotYet(`${found.message} ${found.advice}`)
    if (found === undefined || identity === undefined)
      throw new TypeError(`The backup for ${path} was not looked up.`)
    const { owner, group } = ofNew(modeOfNew, context)
    return inFolder(actual, {
      is: 'file',
      hash: context.hashOf(found.sha256),
      mode: spec.mode ?? modeOfNew,
      owner: spec.owner ?? owner,
      group: spec.group ?? group,
      hint: { ...found, identity: context.keep(identity) },
    } satisfies RestoredState)
  },

  apply: moveRestored,

  claim: ({ path }) => [`path:${path}`],

  digest: (state) =>
    state.is === 'file' ? state.hash : state.is === 'link' ? `link ${state.target}` : state.is,
})

/** An earlier task may be about to make it. */
function whereNone(error: unknown): NoBackup {
  if (error instanceof NoBackup) return error
  throw error
}

async function moveRestored(
  host: Host,
  { path, sha256 }: Ref,
  { from, to }: Change<RestoredState>,
): Promise<void> {
  const isSame = from.is === 'file' && to.is === 'file' && from.hash === to.hash
  if (to.is === 'file' && to.hint !== undefined && !isSame) {
    if (from.is === 'file') await host.preserve(from.hash, { path })
    return bring(host, path, to, to.hint)
  }
  const isOurs = from.is === 'file' && sha256 !== undefined && from.hash === host.hashOf(sha256)
  await moveFile(host, { path }, { from: isOurs && !isSame ? { is: 'absent' } : from, to })
}

async function bring(
  host: Host,
  path: string,
  { mode, owner, group }: Extract<FileState, { readonly is: 'file' }>,
  hint: Hint,
): Promise<void> {
  const store = storeAt(hint.store)
  if (store === undefined) throw new TaskFailed(`This process has no keys to ${hint.store}.`)
  const identity = new Secret((await host.bytes(hint.identity)).toString(), 'the identity of backups')
  const manifest = await readManifest(store, hint.cluster, hint.backup)
  const file = fileOf(manifest, hint.file)
  const stream = Readable.from(await plainStream(store, manifest, file, identity), { objectMode: false })
  await host.upload({ stream, bytes: file.plain.bytes }, path, { mode, owner, group })
}
