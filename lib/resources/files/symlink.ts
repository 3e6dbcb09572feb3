import { defineResource } from '../../task/kind.ts'
import { inTheWay } from './file.ts'
import { checkPath, inFolder, readPlaces, type NoFolder } from './place.ts'

export interface SymlinkArgs {
  readonly path: string
  /** As it is written into the link; it need not exist. */
  readonly target?: string
  readonly state?: 'absent'
}

type Ref = { readonly path: string }

export type SymlinkState =
  | { readonly is: 'link'; readonly target: string }
  | { readonly is: 'absent'; readonly hint?: NoFolder }
  | { readonly is: 'other'; readonly what: string }

/** A symbolic link to this target, or none; anything else that stands there is an error. */
export const symlink = defineResource('symlink', {
  make(args: { readonly path: string } & ({ readonly target: string } | { readonly state: 'absent' })) {
    const spec: SymlinkArgs = args
    return { key: checkPath(args.path), ref: { path: args.path }, spec }
  },

  async read(host, refs: readonly Ref[]) {
    const places = await readPlaces(
      host,
      refs.map(({ path }) => path),
    )
    return places.map(({ stat, hint }): SymlinkState => {
      if (stat.type === 'absent') return { is: 'absent', ...(hint === undefined ? {} : { hint }) }
      if (stat.type === 'link') return { is: 'link', target: stat.target }
      return { is: 'other', what: stat.type === 'other' ? stat.what : stat.type }
    })
  },

  want(actual: SymlinkState, { path, target }): SymlinkState {
    if (actual.is === 'other') throw inTheWay(path, actual)
    if (target === undefined) return actual.is === 'absent' ? actual : { is: 'absent' }
    return inFolder(actual, { is: 'link', target })
  },

  async apply(host, { path }, { to }) {
    if (to.is === 'link') await host.makeLink(path, to.target)
    else await host.remove(path)
  },

  claim: ({ path }) => [`path:${path}`],

  digest: (state) => (state.is === 'link' ? state.target : state.is),
})
