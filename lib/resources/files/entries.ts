import { join } from 'node:path/posix'
import { sh } from '../../host/command.ts'
import type { Attributes, Hash, HostReader, Stat } from '../../host/host.ts'
import { temporaryBeside } from '../../host/paths.ts'
import type { State } from '../../task/state.ts'
import { octal } from './file-content.ts'

/** What stands at a path, short enough to be one of hundreds in a state. */
export type Entry =
  | readonly ['file', mode: string, owner: string, group: string, content: Hash]
  /** One that is `shared` holds what somebody else put there, so it cannot go. */
  | readonly ['directory', mode: string, owner: string, group: string, holds: 'ours' | 'shared']
  | readonly ['link', target: string]
  | readonly ['other', what: string]

/** By name below a folder: `.` is the folder itself, anything in it begins with `./`. */
export type Entries = ReadonlyMap<string, Entry>

/** Entries as fields of a state, so that each is compared, put back and kept for itself. */
export type EntryFields = { readonly [name: `.${string}`]: Entry }

/** What to look at below a folder. */
export interface Look {
  readonly path: string
  readonly names: readonly string[]
  /** Looks at whatever else is there, too. */
  readonly all?: boolean
}

/** One command line holds this many paths. */
const pathsAtOnce = 1000

export function entriesIn(state: State): Entries {
  const named = Object.entries(state).filter(([field]) => field.startsWith('.'))
  return new Map(named as unknown as [string, Entry][])
}

export function fieldsFor(entries: Iterable<readonly [string, Entry]>): EntryFields {
  return Object.fromEntries(entries) as EntryFields
}

export function pathOf(folder: string, name: string): string {
  return join(folder, name)
}

/** The names of the folders that a thing stands in, up to `.`; it cannot be without them. */
export function foldersOf(name: string): readonly `.${string}`[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map(
    (_, index) =>
      `.${parts
        .slice(1, index + 1)
        .map((part) => `/${part}`)
        .join('')}` as const,
  )
}

export function attributesOf([, mode, owner, group]: Entry & {
  readonly 0: 'file' | 'directory'
}): Attributes {
  return { mode: Number.parseInt(mode, 8), owner, group }
}

/** Looks at many folders at once: what is in them and what each name is, in two commands that go out together. */
export async function readEntries(host: HostReader, looks: readonly Look[]): Promise<readonly Entries[]> {
  const named = looks.flatMap(({ path, names }) => names.map((name) => pathOf(path, name)))
  const [known, found] = await Promise.all([statAll(host, named), list(host, looks)])
  const more = looks.flatMap(({ path, all }) => (all === true ? [...below(found, path)] : []))
  const unknown = more.filter((path) => !known.has(path))
  const stats = new Map([...known, ...(await statAll(host, unknown))])
  return looks.map((look) => entriesOf(look, stats, found))
}

function entriesOf(
  { path, names, all = false }: Look,
  stats: ReadonlyMap<string, Stat>,
  found: ReadonlySet<string>,
): Entries {
  const listed = all ? [...below(found, path)].map((each) => `.${each.slice(path.length)}`) : []
  const every = [...new Set([...names, ...listed])].toSorted()
  const ours = new Set(every.map((name) => pathOf(path, name)))
  const litter = new Set(names.map((name) => temporaryBeside(pathOf(path, name))))
  const others = [...below(found, path)].filter((each) => !ours.has(each) && !litter.has(each))
  const shared = new Set(
    others.flatMap((each): readonly string[] => foldersOf(`.${each.slice(path.length)}`)),
  )
  const entries = new Map<string, Entry>()
  const notFolders = new Set<string>()
  for (const name of every) {
    // What a link leads to is not in this folder.
    const away = foldersOf(name).some((above) => notFolders.has(above))
    const entry = away
      ? undefined
      : entryOf(stats.get(pathOf(path, name)) ?? { type: 'absent' }, shared.has(name))
    if (entry?.[0] !== 'directory') notFolders.add(name)
    if (entry !== undefined) entries.set(name, entry)
  }
  return entries
}

function entryOf(stat: Stat, shared: boolean): Entry | undefined {
  if (stat.type === 'absent') return undefined
  if (stat.type === 'link') return ['link', stat.target]
  if (stat.type === 'other') return ['other', stat.what]
  const { owner, group } = stat
  const mode = octal(stat.mode)
  if (stat.type === 'file') return ['file', mode, owner, group, stat.hash]
  return ['directory', mode, owner, group, shared ? 'shared' : 'ours']
}

async function statAll(host: HostReader, paths: readonly string[]): Promise<ReadonlyMap<string, Stat>> {
  const different = [...new Set(paths)]
  const stats = different.length === 0 ? [] : await host.stat(different)
  return new Map(different.map((path, index) => [path, stats[index] ?? { type: 'absent' }]))
}

/** The paths in folders: of those looked at as a whole all, else what stands right in what is named. */
async function list(host: HostReader, looks: readonly Look[]): Promise<ReadonlySet<string>> {
  const whole = looks.filter(({ all }) => all === true).map(({ path }) => path)
  const parts = looks.filter(({ all }) => all !== true)
  const near = parts.flatMap(({ path, names }) => names.map((name) => pathOf(path, name)))
  const answers = await Promise.all([
    ...(whole.length === 0 ? [] : [find(host, whole, [])]),
    ...chunks([...new Set(near)], pathsAtOnce).map((some) => find(host, some, ['-maxdepth', '1'])),
  ])
  return new Set(answers.flat())
}

async function find(
  host: HostReader,
  paths: readonly string[],
  depth: readonly string[],
): Promise<readonly string[]> {
  const { stdout, stderr } = await host.query(sh`LC_ALL=C find ${paths} -mindepth 1 ${depth}`, { ok: [0, 1] })
  const refused = stderr.split('\n').find((line) => line !== '' && !/No such file or directory/.test(line))
  if (refused !== undefined) throw new Error(`On ${host.name} a folder cannot be looked into: ${refused}`)
  return stdout.split('\n').filter((line) => line !== '')
}

function* below(paths: ReadonlySet<string>, folder: string): Generator<string> {
  for (const path of paths) if (path.startsWith(`${folder}/`)) yield path
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )
}
