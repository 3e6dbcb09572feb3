import { bundleOf } from '../../pki/authority.ts'
import type { AuthorityPlace } from '../../pki/place.ts'
import { defineResource, type Resource, type WantContext } from '../../task/kind.ts'
import { inTheWay, moveFile, stateOf, type FileState } from '../files/file.ts'
import { checkPath, inFolder, ofNew, readPlaces } from '../files/place.ts'
import { authorityAt, placeOf } from './authority.ts'
import { foreseenAuthority, noAuthorityYet } from './foreseen.ts'

export interface TrustArgs {
  readonly path: string
  readonly authority: AuthorityPlace
  /** Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
  /** Default: 0644. */
  readonly mode?: number
}

type Ref = { readonly path: string }

/** A file with the certificates of all authorities that are to be trusted: two, while one takes the place of another. */
export const trust: (args: TrustArgs) => Resource = defineResource('trust', {
  make(args: TrustArgs) {
    const spec: TrustArgs = { ...args, authority: placeOf(args.authority) }
    return { key: checkPath(args.path), ref: { path: args.path }, spec, after: [authorityAt(args.authority)] }
  },

  async read(host, refs: readonly Ref[]) {
    const places = await readPlaces(
      host,
      refs.map(({ path }) => path),
    )
    return places.map(({ stat, hint }) => stateOf(stat, hint))
  },

  want(actual: FileState, { path, authority, ...spec }, context: WantContext): FileState {
    if (actual.is === 'directory' || actual.is === 'other') throw inTheWay(path, actual)
    const { trusted } = foreseenAuthority(authority, context)
    const there = actual.is === 'file' ? actual : ofNew(modeOfNew, context)
    const state: FileState = {
      is: 'file',
      hash: context.keep(trusted === undefined ? stillToCome : bundleOf(trusted)),
      mode: spec.mode ?? there.mode,
      owner: spec.owner ?? there.owner,
      group: spec.group ?? there.group,
    }
    if (trusted === undefined) throw noAuthorityYet(authority, state)
    return inFolder(actual, state)
  },

  apply: moveFile,

  claim: ({ path }) => [`path:${path}`],

  digest: (state) => (state.is === 'file' ? state.hash : state.is),
})

const modeOfNew = 0o644
const stillToCome = 'A certificate that is still to be made.\n'
