import type { Attributes, Hash, HostReader } from '../../host/host.ts'
import type { Reading, WantContext } from '../../task/kind.ts'
import { asItCame, markPath, readMarks, type Mark } from './mark.ts'
import type { Unpacking } from './tar.ts'
import { readEntries, type Entries, type Entry } from '../files/entries.ts'
import { inTheWay } from '../files/file.ts'
import { octal } from '../files/file-content.ts'
import { readPlaces, type Place } from '../files/place.ts'

export type ArchiveRef = Unpacking & {
  readonly to: string
  readonly name: string
  readonly owner: string | null
  readonly group: string | null
  readonly mode: number | null
  readonly creates: string | null
}

type Hint = {
  /** The archive that stands there now. */
  readonly archive: Hash | null
  readonly noFolder?: string
  /** What is remembered of the archive, as content: what a revert needs to bring it back. */
  readonly mark?: Hash
}

export type ArchiveState =
  | { readonly is: 'absent'; readonly hint: Hint }
  /** What it would bring stands there, from elsewhere. */
  | { readonly is: 'given'; readonly hint?: Hint }
  | { readonly is: 'part'; readonly hint: Hint }
  /** Each member that is not as it came is a field of its own: what stands there instead, null for nothing. */
  | ({ readonly is: 'unpacked'; readonly archive: Hash; readonly how: string; readonly hint?: Hint } & {
      readonly [name: `.${string}`]: Entry | null
    })

/** Looks at the archives, their marks and all that they brought, in two round trips. */
export async function readArchives(
  host: HostReader,
  refs: readonly ArchiveRef[],
): Promise<readonly Reading<ArchiveState>[]> {
  const marks = refs.map(({ to, name }) => markPath(to, name))
  const [found, places, sources, files] = await Promise.all([
    readMarks(host, marks),
    readPlaces(
      host,
      refs.map(({ to }) => to),
    ),
    host.stat(refs.flatMap(({ source, creates }) => [source, creates ?? source])),
    host.stat(marks),
  ])
  const members = await readEntries(
    host,
    refs.map(({ to }, index) => ({ path: to, names: [...(found[index]?.members.keys() ?? [])] })),
  )
  return refs.map((ref, index) => {
    const [source, created, file] = [sources[2 * index], sources[2 * index + 1], files[index]]
    const hint: Hint = {
      archive: source?.type === 'file' ? source.hash : null,
      ...places[index]?.hint,
      ...(file?.type === 'file' ? { mark: file.hash } : {}),
    }
    const given = ref.creates !== null && created?.type !== 'absent'
    return stateOf(ref, found[index], members[index] ?? new Map(), { hint, given, place: places[index] })
  })
}

function stateOf(
  { to }: ArchiveRef,
  mark: Mark | undefined,
  now: Entries,
  { hint, given, place }: { readonly hint: Hint; readonly given: boolean; readonly place: Place | undefined },
): Reading<ArchiveState> {
  const type = place?.stat.type ?? 'absent'
  if (type !== 'absent' && type !== 'directory') return inTheWay(to, { is: type })
  if (mark === undefined) return given ? { is: 'given' } : { is: 'absent', hint }
  if (!mark.done) return { is: 'part', hint }
  const others = [...mark.members.keys()].filter((name) => !asItCame(mark, name, now.get(name)))
  const fields = Object.fromEntries(others.map((name) => [name, now.get(name) ?? null]))
  return { is: 'unpacked', archive: mark.archive, how: mark.how, hint, ...fields }
}

/** The members that are not as they came. */
export function damaged(state: ArchiveState): readonly (readonly [string, Entry | null])[] {
  return Object.entries(state).filter(([field]) => field.startsWith('.')) as unknown as [
    string,
    Entry | null,
  ][]
}

/** Whom what it brings belongs to. */
export function ownersOf(
  { owner, group }: ArchiveRef,
  { worker }: Pick<WantContext, 'worker'>,
): Pick<Attributes, 'owner' | 'group'> {
  return { owner: owner ?? worker?.owner ?? 'root', group: group ?? worker?.group ?? 'root' }
}

/** In words, so that a change of it shows for what it is. */
export function howOf(ref: ArchiveRef, context: Pick<WantContext, 'worker'>): string {
  const { strip, only, mode } = ref
  const { owner, group } = ownersOf(ref, context)
  return [
    `${owner}:${group}`,
    ...(mode === null ? [] : [octal(mode)]),
    ...(strip === 0 ? [] : [`without ${strip} leading folders`]),
    ...(only.length === 0 ? [] : [`only ${only.join(', ')}`]),
  ].join(', ')
}
