import { basename } from 'node:path/posix'
import type { Hash } from '../../host/host.ts'
import { defineResource, type Inputs, type Resource, type WantContext } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import { moveArchive } from './moves.ts'
import { damaged, howOf, readArchives, type ArchiveRef, type ArchiveState } from './state.ts'
import { formatOf, type Format } from './tar.ts'
import { checkPath, inFolder } from '../files/place.ts'

export interface ArchiveArgs {
  /** The archive on the host: an earlier download or file, which belongs into `after`. */
  readonly source: string
  /** The folder to unpack into; the one above it must stand. */
  readonly to: string
  /** The same from version to version, so that a newer archive takes the place of an older one. Default: its file name. */
  readonly name?: string
  /** Default: by the ending of the name. */
  readonly format?: Format
  /** How many leading folders of each name are left out. */
  readonly strip?: number
  /** Members to unpack, by their names in the archive; a folder stands for all in it. Default: all. */
  readonly only?: readonly string[]
  /** Default: whom the host is worked on as, so root. */
  readonly owner?: string
  readonly group?: string
  /** Of each file; default: as the archive says. */
  readonly mode?: number
  /** Where this stands and did not come from the archive, nothing is unpacked. */
  readonly creates?: string
  readonly after?: readonly Resource[]
}

/** What an archive holds, unpacked into a folder; each of its files is watched, and what it replaced comes back. */
export const archive: (args: ArchiveArgs) => Resource = defineResource('archive', {
  make(args: ArchiveArgs) {
    const ref = refOf(args)
    const { after } = args
    return { key: `${ref.to}#${ref.name}`, ref, spec: args, ...(after === undefined ? {} : { after }) }
  },

  read: readArchives,

  want(actual: ArchiveState, spec, context: WantContext): ArchiveState {
    if (actual.is === 'given') return actual
    const how = howOf(refOf(spec), context)
    const there = sourceIn(context.inputs, spec.source) ?? actual.hint?.archive ?? null
    const wanted: ArchiveState = { is: 'unpacked', archive: there ?? 'h:', how }
    if (there !== null) return inFolder(actual, wanted)
    // What was unpacked stays, though the archive has gone.
    if (actual.is === 'unpacked' && actual.how === how && damaged(actual).length === 0) return actual
    throw new NotYet(`There is no archive ${spec.source}.`, wanted)
  },

  apply: moveArchive,

  claim: ({ to, name }) => [`archive:${to}#${name}`],

  digest: (state) => JSON.stringify({ ...state, hint: undefined }),

  oneWay: ({ from }) => (from.is === 'part' ? 'It was unpacked in part before.' : undefined),
})

/** The archive as it will stand there, where it is reacted to and known. */
function sourceIn(inputs: Inputs, source: string): Hash | undefined {
  const digest = Object.entries(inputs).find(([id]) => id.endsWith(`:${source}`))?.[1].digest
  return digest?.startsWith('h:') === true ? (digest as Hash) : undefined
}

function refOf(args: ArchiveArgs): ArchiveRef {
  const { source, to, strip = 0, only = [], owner = null, group = null, mode = null, creates } = args
  return {
    source: checkPath(source),
    to: checkPath(to),
    name: args.name ?? basename(source),
    format: args.format ?? formatOf(source),
    strip,
    only,
    owner,
    group,
    mode,
    creates: creates === undefined ? null : checkPath(creates),
  }
}
