import { sh } from '../../host/command.ts'
import { temporaryBeside } from '../../host/paths.ts'
import type { Difference } from '../../report/events.ts'
import { defineResource, type Change, type Resource, type WantContext } from '../../task/kind.ts'
import { same, type State } from '../../task/state.ts'
import {
  attributesOf,
  entriesIn,
  fieldsFor,
  foldersOf,
  pathOf,
  readEntries,
  type Entries,
  type Entry,
  type EntryFields,
} from './entries.ts'
import { alike, moveEntries } from './entry-moves.ts'
import { inTheWay } from './file.ts'
import { octal } from './file-content.ts'
import { checkPath, inFolder, ofNew, readPlaces, type NoFolder } from './place.ts'
import { readSource, type Source } from './tree-source.ts'

export interface TreeArgs {
  readonly path: string
  /** A folder in the role's `files/`, or an absolute path on the controller. */
  readonly source: string
  /** Default: whom the host is worked on as, so root; only what is given is changed of what stands. */
  readonly owner?: string
  readonly group?: string
  /** Default: 0644. A file that is executable in the source is so for all who may read it. */
  readonly fileMode?: number
  /** Default: 0755; only when given it is changed of a folder that stands. */
  readonly dirMode?: number
  /** Removes what the source does not have. */
  readonly removeExtra?: boolean
}

const modeOfNew = 0o644

type Ref = { readonly path: string; readonly names: readonly string[]; readonly all: boolean }

type Spec = TreeArgs & { readonly sources?: ReadonlyMap<string, Source> }

/** Each thing in the folder is a field, `./bin/x`, and the folder itself is `.`; none is there that is not. */
export type TreeState = { readonly is: 'tree'; readonly hint?: NoFolder } & EntryFields

/** A folder with all that is in it; what others put there stays and is not looked at, unless extras are removed. */
export const tree: (args: TreeArgs) => Resource = defineResource('tree', {
  make(args: TreeArgs) {
    const ref: Ref = { path: checkPath(args.path), names: [], all: args.removeExtra ?? false }
    const spec: Spec = args
    return { key: args.path, ref, spec }
  },

  async resolve(spec, { roleFolder }) {
    return { ...spec, sources: await readSource(roleFolder, spec.source) }
  },

  identify: (ref, { sources }) => ({ ...ref, names: [...(sources ?? new Map<string, Source>()).keys()] }),

  async read(host, refs: readonly Ref[]) {
    const [found, places] = await Promise.all([
      readEntries(host, refs),
      readPlaces(
        host,
        refs.map(({ path }) => path),
      ),
    ])
    return refs.map((_, index): TreeState => {
      const hint = places[index]?.hint
      return { is: 'tree', ...fieldsFor(found[index] ?? new Map()), ...(hint === undefined ? {} : { hint }) }
    })
  },

  want(actual: TreeState, spec, context: WantContext): TreeState {
    const there = entriesIn(actual)
    const wanted = [...(spec.sources ?? [])].map(([name, source]): [string, Entry] => {
      return [name, wantedEntry(spec, name, source, there.get(name), context)]
    })
    const state: TreeState = { is: 'tree', ...fieldsFor(wanted) }
    return inFolder(actual.hint === undefined ? actual : { is: 'absent', hint: actual.hint }, state)
  },

  async apply(host, ref, { to }) {
    const { path, names, all } = ref
    // What a write that was cut short left behind; where extras are removed it is one of them.
    if (!all) await host.exec(sh`rm -f -- ${names.map((name) => temporaryBeside(pathOf(path, name)))}`)
    const [now = new Map()] = await readEntries(host, [ref])
    await moveEntries(host, path, { from: now, to: entriesIn(to) })
  },

  claim: ({ path, names, all }) => [
    ...names.map((name) => `path:${path}${name.slice(1)}`),
    ...(all ? [`path:${path}/`] : []),
  ],

  standsIn: foldersOf,

  digest: (state) => digestOf(entriesIn(state)),

  show,
})

function wantedEntry(
  spec: Spec,
  name: string,
  source: Source,
  there: Entry | undefined,
  context: WantContext,
): Entry {
  const path = `${spec.path}${name.slice(1)}`
  if (there?.[0] === 'other') throw inTheWay(path, { is: 'other', what: there[1] })
  const folderForOther = (there?.[0] === 'directory') !== (source.type === 'directory')
  if (there !== undefined && folderForOther && spec.removeExtra !== true)
    throw inTheWay(path, { is: there[0] })
  if (source.type === 'link') return ['link', source.target]
  const kept = there?.[0] === 'file' || there?.[0] === 'directory' ? attributesOf(there) : undefined
  const { owner, group } = kept ?? ofNew(modeOfNew, context)
  const own = [spec.owner ?? owner, spec.group ?? group] as const
  if (source.type === 'file') {
    return ['file', octal(modeOf(spec.fileMode ?? modeOfNew, source)), ...own, context.keep(source.content)]
  }
  const mode = octal(spec.dirMode ?? (there?.[0] === 'directory' ? kept?.mode : undefined) ?? 0o755)
  return ['directory', mode, ...own, there?.[0] === 'directory' ? there[4] : 'ours']
}

function modeOf(mode: number, { executable }: Source & { readonly type: 'file' }): number {
  return executable ? mode | ((mode & 0o444) >> 2) : mode
}

/** Of files and links: a folder is only where they stand. */
function digestOf(entries: Entries): string {
  const taken = [...entries].flatMap(([name, entry]) => {
    if (entry[0] === 'file') return [`${name} ${entry[4]}`]
    return entry[0] === 'link' ? [`${name} -> ${entry[1]}`] : []
  })
  return taken.toSorted().join('\n')
}

function show({ from, to }: Change<State>): readonly Difference[] {
  const [before, after] = [entriesIn(from), entriesIn(to)]
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  return names
    .filter((name) => !alike(before.get(name), after.get(name)))
    .map((name) => ({
      field: name === '.' ? 'the folder' : name.slice(2),
      from: inWords(before.get(name)),
      to: inWords(after.get(name), before.get(name)),
    }))
}

function inWords(entry: Entry | undefined, before?: Entry): string {
  if (entry === undefined) return 'absent'
  if (entry[0] === 'link') return `link to ${entry[1]}`
  if (entry[0] === 'other') return entry[1]
  const [type, mode, owner, group] = entry
  const content =
    before?.[0] === 'file' && entry[0] === 'file' && !same(before[4], entry[4]) ? ', other content' : ''
  return `${type} ${mode} ${owner}:${group}${content}`
}
