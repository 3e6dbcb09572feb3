import { defineResource, type Parts, type WantContext } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { fstab, lineOf } from './fstab.ts'
import { moveMount } from './moves.ts'
import { flagsOf, readMounts, type MountRef, type MountState } from './state.ts'
import { checkPath, inFolder } from '../files/place.ts'

interface Wanted {
  readonly path: string
  /** A device, `UUID=…`, `LABEL=…`, `server:/path`, or for a bind the folder that is shown there. */
  readonly source: string
  /** `none` for a bind. */
  readonly fstype: string
  /** As in fstab: `bind`, `ro`, `noexec,size=1g`. Default: `defaults`. */
  readonly options?: string
  readonly dump?: number
  readonly pass?: number
  /** `present` stands in fstab, whether or not it is mounted. Default: mounted. */
  readonly state?: 'mounted' | 'present'
}

export type MountArgs = Wanted | { readonly path: string; readonly state: 'absent' }

type Spec =
  | { readonly path: string; readonly state: 'absent' }
  | {
      readonly path: string
      readonly state: 'mounted' | 'present'
      readonly line: string
      readonly flags: readonly string[]
    }

/** Something that is mounted, now and at boot; only its own line of fstab is touched, and the folder is made. */
export const mount = defineResource('mount', {
  make(args: MountArgs): Parts<MountRef, Spec> {
    const path = checkPath(args.path)
    if (args.state === 'absent') {
      const ref: MountRef = { path, source: '', fstype: 'auto', bind: false }
      return { key: path, ref, spec: { path, state: 'absent' as const } }
    }
    const { source, fstype, options = 'defaults', dump = 0, pass = 0, state = 'mounted' } = args
    if ([source, fstype, options].some((field) => field === '' || /[\n\r]/.test(field)))
      throw new TypeError(`The mount at ${path} needs a source, a type and options of one line.`)
    if (/(?:^|,)pass(?:word)?=/.test(options)) {
      throw new TypeError(`The options of the mount at ${path} hold a password: give it as credentials=FILE.`)
    }
    const words = options.split(',')
    const bind = words.includes('bind') || words.includes('rbind')
    const line = lineOf({ source, path, type: fstype, options, dump, pass })
    return {
      key: path,
      ref: { path, source, fstype, bind },
      spec: { path, state, line, flags: flagsOf(words) },
    }
  },

  read: readMounts,

  want(actual: MountState, spec, context: WantContext): MountState {
    if (spec.state === 'absent') return { ...actual, fstab: null, mounted: 'no', flags: [] }
    const line = context.keep(spec.line)
    if (spec.state === 'present') return { ...actual, fstab: line }
    if (actual.mounted === 'other') throw occupied(spec.path, actual)
    const wanted: MountState = { ...actual, fstab: line, mounted: 'yes', flags: spec.flags, folder: true }
    return actual.folder ? wanted : inFolder({ ...actual, is: 'absent' }, wanted)
  },

  apply: (host, ref, { to }) => moveMount(host, ref, to),

  claim: ({ path }) => [`mount:${path}`, `path:${fstab}#${path}`],

  oneWay({ from, to }, { path }) {
    const live = from.hint?.live
    if (from.mounted !== 'yes' || to.mounted !== 'no' || from.fstab !== null || live?.whole !== false)
      return undefined
    return `${path} showed a part of ${live.source}, mounted by hand; nothing says which.`
  },
})

function occupied(path: string, { hint }: MountState): TaskFailed {
  const what = hint?.live === undefined ? 'Something' : `${hint.live.source} (${hint.live.type})`
  return new TaskFailed(`${what} stands mounted at ${path}, where something else is wanted.`, {
    advice: 'Nothing was unmounted: unmount it, or give another path.',
  })
}
