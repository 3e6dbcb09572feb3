import { defineResource } from '../../task/kind.ts'
import { inTheWay } from './file.ts'
import { checkPath, inFolder, ofNew, readPlaces, type NoFolder, type Owned } from './place.ts'

export interface DirectoryArgs {
  readonly path: string
  /** Default: 0755; only what is given is changed of a directory that stands. */
  readonly mode?: number
  /** Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
  readonly state?: 'absent'
}

type Ref = { readonly path: string }

export type DirectoryState =
  | ({ readonly is: 'directory' } & Owned)
  | { readonly is: 'absent'; readonly hint?: NoFolder }
  | { readonly is: 'other'; readonly what: string }

const modeOfNew = 0o755

/** A directory with these attributes, or none; the one above it must stand, and one with content stays. */
export const directory = defineResource('directory', {
  make: (args: DirectoryArgs) => ({ key: checkPath(args.path), ref: { path: args.path }, spec: args }),

  async read(host, refs: readonly Ref[]) {
    const places = await readPlaces(
      host,
      refs.map(({ path }) => path),
    )
    return places.map(({ stat, hint }): DirectoryState => {
      if (stat.type === 'absent') return { is: 'absent', ...(hint === undefined ? {} : { hint }) }
      if (stat.type !== 'directory')
        return { is: 'other', what: stat.type === 'other' ? stat.what : stat.type }
      const { mode, owner, group } = stat
      return { is: 'directory', mode, owner, group }
    })
  },

  want(actual: DirectoryState, spec, context): DirectoryState {
    if (actual.is === 'other') throw inTheWay(spec.path, actual)
    if (spec.state === 'absent') return actual.is === 'absent' ? actual : { is: 'absent' }
    const there = actual.is === 'directory' ? actual : ofNew(modeOfNew, context)
    const { mode = there.mode, owner = there.owner, group = there.group } = spec
    return inFolder(actual, { is: 'directory', mode, owner, group })
  },

  async apply(host, { path }, { from, to }) {
    if (to.is === 'absent') return host.remove(path)
    if (to.is === 'other') throw inTheWay(path, to)
    const { mode, owner, group } = to
    if (from.is === 'directory') await host.setAttributes(path, { mode, owner, group })
    else await host.makeDirectory(path, { mode, owner, group })
  },

  // What is only to be there is there for several roles.
  claim: ({ path }, { state, mode, owner, group }) =>
    [state, mode, owner, group].every((each) => each === undefined) ? [] : [`path:${path}`],
})
