import { basename } from 'node:path/posix'
import { addressesOf, checkAddress } from '../../artifacts/mirrors.ts'
import { defaultSettings, type ArtifactSettings } from '../../artifacts/vars.ts'
import type { Host } from '../../host/host.ts'
import type { Secret } from '../../secrets/secret.ts'
import { defineResource, type Change, type WantContext } from '../../task/kind.ts'
import { differing } from '../../task/state.ts'
import { orderText, type Hint } from './order.ts'
import { octal } from '../files/file-content.ts'
import { inTheWay, moveFile, stateOf, type FileState } from '../files/file.ts'
import { checkPath, inFolder, ofNew, readPlaces } from '../files/place.ts'

type Checksum =
  | { readonly sha256: string; readonly checksums?: never }
  /** A list of checksums, and how the file is called there; by default as its address ends. */
  | { readonly checksums: { readonly url: string; readonly name?: string }; readonly sha256?: never }

export type DownloadArgs = Checksum & {
  readonly path: string
  readonly url: string
  /** Default: 0644; only what is given is changed of a file that stands. */
  readonly mode?: number
  /** Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
  /** `shared.artifacts`: mirrors, cache, delivery, proxy. */
  readonly artifacts?: ArtifactSettings
  /** The value of the header `Authorization`; sent to the host of the address and no other. */
  readonly authorization?: Secret
}

/** The checksum, where it is given: what has it can be fetched again, so it need not be kept. */
type Ref = { readonly path: string; readonly sha256?: string }

type Spec = Omit<DownloadArgs, keyof Checksum> & Partial<Pick<DownloadArgs, keyof Checksum>>

export type DownloadState =
  | (Extract<FileState, { readonly is: 'file' }> & { readonly hint?: Hint })
  | Exclude<FileState, { readonly is: 'file' }>

const modeOfNew = 0o644

/** A file with the content that has this checksum, fetched from its address only where it is missing. */
export const download = defineResource('download', {
  make(args: DownloadArgs) {
    const { path, url, sha256, checksums } = args
    checkAddress(checksums === undefined ? url : checksums.url)
    checkAddress(url)
    if (sha256 === undefined) return { key: checkPath(path), ref: { path }, spec: args as Spec }
    if (!/^[0-9a-f]{64}$/i.test(sha256)) {
      throw new TypeError(
        `${path} is given the SHA-256 ${JSON.stringify(sha256)}, which is not 64 hex digits.`,
      )
    }
    const sum = sha256.toLowerCase()
    return { key: checkPath(path), ref: { path, sha256: sum }, spec: { ...args, sha256: sum } as Spec }
  },

  async resolve(spec) {
    const { url, checksums, artifacts: settings = defaultSettings, authorization } = spec
    if (checksums === undefined) return spec
    const name = checksums.name ?? basename(new URL(url).pathname)
    // What asks a server is imported when one is to be asked.
    const { checksumFrom } = await import('../../artifacts/checksums.ts')
    const sha256 = await checksumFrom({ url: checksums.url, settings, authorization }, name)
    return { ...spec, sha256 }
  },

  async read(host, refs: readonly Ref[]) {
    const paths = refs.map(({ path }) => path)
    const places = await readPlaces(host, paths)
    return places.map(({ stat, hint }): DownloadState => stateOf(stat, hint))
  },

  want(actual: DownloadState, spec, context: WantContext): DownloadState {
    const { path, url, sha256, artifacts: settings = defaultSettings, authorization } = spec
    if (actual.is === 'directory' || actual.is === 'other') throw inTheWay(path, actual)
    if (sha256 === undefined) throw new TypeError(`The checksum of ${path} was not looked up.`)
    const there = actual.is === 'file' ? actual : ofNew(modeOfNew, context)
    const order = context.keep(orderText({ url, sha256, settings, authorization }))
    return inFolder(actual, {
      is: 'file',
      hash: context.hashOf(sha256),
      mode: spec.mode ?? there.mode,
      owner: spec.owner ?? there.owner,
      group: spec.group ?? there.group,
      hint: { sha256, urls: addressesOf(url, settings.mirrors), order },
    } satisfies DownloadState)
  },

  apply: moveDownload,

  claim: ({ path }) => [`path:${path}`],

  digest: (state) =>
    state.is === 'file' ? state.hash : state.is === 'link' ? `link ${state.target}` : state.is,

  show({ from, to }) {
    return differing(from, to).map((field) => {
      const [before, after] = [shown(from, field), shown(to, field)]
      return { field: field === 'hash' ? 'content' : field, from: before, to: after }
    })
  },
})

async function moveDownload(
  host: Host,
  { path, sha256 }: Ref,
  { from, to }: Change<DownloadState>,
): Promise<void> {
  const same = from.is === 'file' && to.is === 'file' && from.hash === to.hash
  if (to.is === 'file' && to.hint !== undefined && !same) {
    const { deliver } = await import('./moves.ts')
    return deliver(host, path, { from, to, hint: to.hint })
  }
  const isOurs = from.is === 'file' && sha256 !== undefined && from.hash === host.hashOf(sha256)
  await moveFile(host, { path }, { from: isOurs && !same ? { is: 'absent' } : from, to })
}

/** A field for people: content by its checksum, where that is known. */
function shown(state: DownloadState, field: string): string {
  const value = (state as Record<string, unknown>)[field]
  if (field === 'hash') return state.is !== 'file' ? '' : (state.hint?.sha256 ?? 'other content')
  if (field === 'mode' && typeof value === 'number') return octal(value)
  return typeof value === 'string' ? value : ''
}
