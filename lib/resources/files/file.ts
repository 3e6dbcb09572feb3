import type { Hash, Host, Stat } from '../../host/host.ts'
import { defineResource, type Change, type Resource, type WantContext } from '../../task/kind.ts'
import { NotYet, TaskFailed } from '../../task/outcome.ts'
import { contentOf, modeFor, type ContentSource } from './file-content.ts'
import { checkPath, inFolder, ofNew, readPlaces, type NoFolder, type Owned } from './place.ts'

export type FileArgs = ContentSource & {
  readonly path: string
  /** Default: 0644, for a secret 0600; only what is given is changed of a file that stands. */
  readonly mode?: number
  /** Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
  readonly state?: 'absent'
  /** Whatever stands there is left as it is: all of this is for a file that is not there yet. */
  readonly ifAbsent?: true
}

type Ref = { readonly path: string }

export type FileState =
  | ({ readonly is: 'file'; readonly hash: Hash } & Owned)
  | { readonly is: 'absent'; readonly hint?: NoFolder }
  | { readonly is: 'link'; readonly target: string }
  | ({ readonly is: 'directory' } & Owned)
  | { readonly is: 'other'; readonly what: string }

const modeOfNew = 0o644

/** A file with this content and these attributes, or none; a link that stands there gives way to it. */
export const file = defineResource('file', {
  make(args: FileArgs) {
    const { path, state, ifAbsent } = args
    const sources = [args.content, args.source, args.template].filter((source) => source !== undefined)
    if (sources.length > (state === 'absent' ? 0 : 1) || (state === 'absent' && ifAbsent)) {
      throw new TypeError(
        `${path} is given content in more than one way, or is to be absent and to have content.`,
      )
    }
    return { key: checkPath(path), ref: { path }, spec: withMode(args) }
  },

  async resolve(spec, context) {
    const content = await contentOf(spec, context)
    const { source: _, template: __, ...rest } = spec
    return withMode(content === undefined ? rest : { ...rest, content })
  },

  async read(host, refs: readonly Ref[]) {
    const places = await readPlaces(
      host,
      refs.map(({ path }) => path),
    )
    return places.map(({ stat, hint }) => stateOf(stat, hint))
  },

  want(actual: FileState, spec, context: WantContext): FileState {
    const { path, content, state, ifAbsent } = spec
    if (ifAbsent === true && actual.is !== 'absent') return actual
    if (actual.is === 'directory' || actual.is === 'other') throw inTheWay(path, actual)
    if (state === 'absent') return actual.is === 'absent' ? actual : { is: 'absent' }
    if (actual.is !== 'file' && content === undefined) throw new NotYet(`There is no file ${path}.`)
    const there = actual.is === 'file' ? actual : ofNew(modeOfNew, context)
    return inFolder(actual, {
      is: 'file',
      hash: content === undefined && actual.is === 'file' ? actual.hash : context.keep(content ?? ''),
      mode: spec.mode ?? there.mode,
      owner: spec.owner ?? there.owner,
      group: spec.group ?? there.group,
    })
  },

  apply: moveFile,

  // What others may put into it belongs to them.
  claim: ({ path }, { ifAbsent }) => [ifAbsent === true ? `path:${path}#presence` : `path:${path}`],

  digest: (state) =>
    state.is === 'file' ? state.hash : state.is === 'link' ? `link ${state.target}` : state.is,
})

/** A file rendered from a template in the role's `templates/`. */
export function template(
  args: Omit<FileArgs, keyof ContentSource | 'state'> & { readonly from: string; readonly values: object },
): Resource {
  const { from, values, ...rest } = args
  return file({ ...rest, template: { from, values } })
}

/** Moves what stands at a path, by content that is kept here or on the host. */
export async function moveFile(host: Host, { path }: Ref, { from, to }: Change<FileState>): Promise<void> {
  const was = from.is === 'file' ? { was: from.hash } : {}
  if (to.is === 'absent') return host.remove(path, was)
  if (to.is === 'link') {
    if (from.is === 'file') await host.preserve(from.hash, { path })
    return host.makeLink(path, to.target)
  }
  if (to.is !== 'file') throw new TaskFailed(`${path} on ${host.name} cannot be made a ${to.is} again.`)
  const { mode, owner, group } = to
  if (from.is !== 'file' || from.hash !== to.hash) {
    return host.writeFile(path, to.hash, { mode, owner, group, ...was })
  }
  await host.setAttributes(path, { mode, owner, group })
}

/** What was seen at a path, as a state. */
export function stateOf(stat: Stat, hint: NoFolder | undefined): FileState {
  const { type, ...rest } = stat
  const state = { is: type, ...rest } as FileState
  return state.is === 'absent' && hint !== undefined ? { ...state, hint } : state
}

function withMode(spec: FileArgs): FileArgs {
  const mode = modeFor(spec.path, spec.content, spec.mode)
  return mode === undefined ? spec : { ...spec, mode }
}

/** What stands where something else is wanted, and is more than may be removed. */
export function inTheWay(
  path: string,
  { is, what }: { readonly is: string; readonly what?: unknown },
): TaskFailed {
  return new TaskFailed(`At ${path} there is a ${typeof what === 'string' ? what : is} in the way.`, {
    advice: 'Nothing was removed: move it away, or give another path.',
  })
}
