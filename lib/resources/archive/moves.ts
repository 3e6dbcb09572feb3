import { sh } from '../../host/command.ts'
import type { Attributes, Hash, Host } from '../../host/host.ts'
import { temporaryBeside } from '../../host/paths.ts'
import { privateFile } from '../../host/root-owned.ts'
import type { Change } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { markPath, parseMark, readMarks, writeMark, type Mark } from './mark.ts'
import { extract } from './tar.ts'
import { damaged, howOf, ownersOf, type ArchiveRef, type ArchiveState } from './state.ts'
import { pathOf, readEntries, type Entries, type Entry } from '../files/entries.ts'
import { moveEntries } from '../files/entry-moves.ts'
import { inTheWay } from '../files/file.ts'
import { octal } from '../files/file-content.ts'
import { ofNew } from '../files/place.ts'

/** Unpacks the archive that stands there, or puts back an earlier one, or what was there before any. */
export async function moveArchive(host: Host, ref: ArchiveRef, { to }: Change<ArchiveState>): Promise<void> {
  if (to.is === 'given') return
  if (to.is === 'part') {
    throw new TaskFailed(
      `The archive ${ref.name} was unpacked in part on ${host.name}; that cannot be put back.`,
    )
  }
  if (to.is === 'absent') return putBack(host, ref, undefined, new Map())
  if (to.hint?.mark === undefined) return unpack(host, ref, to.archive)
  await putBack(host, ref, to.hint.mark, new Map(damaged(to)))
}

/** Unpacks aside, notes what comes and what it replaces, and moves each member into its place. */
async function unpack(host: Host, ref: ArchiveRef, archive: Hash): Promise<void> {
  const path = markPath(ref.to, ref.name)
  const [[old], [oldFile], [place]] = await Promise.all([
    readMarks(host, [path]),
    host.stat([path]),
    host.stat([ref.to]),
  ])
  const stage = place?.type === 'directory' ? stageIn(ref) : stageBeside(ref)
  await clearStages(host, ref)
  await host.makeDirectory(stage, ofNew(0o700, host))
  await extract(host, ref, stage, `archive:${ref.to}#${ref.name}`)
  const staged = await attributed(host, ref, stage)

  const now = await entriesAt(host, ref, [...staged.keys(), ...(old?.members.keys() ?? [])])
  const members = new Map([...staged].map(([name, entry]) => [name, placed(ref, name, entry, now.get(name))]))
  const dropped = new Map([...(old?.members ?? [])].filter(([name]) => !staged.has(name)))
  const replaced = new Map([...now].filter(([name]) => staged.has(name) && old?.members.has(name) !== true))
  for (const [name, entry] of old?.replaced ?? []) if (staged.has(name)) replaced.set(name, entry)

  const mark: Mark = { archive, how: howOf(ref, host), done: true, members, replaced }
  // Until all have their places, what goes is part of it, so that whoever goes on after a kill knows of it.
  const begun: Mark = {
    ...mark,
    done: false,
    members: new Map([...dropped, ...members]),
    replaced: new Map([...(old?.replaced ?? []), ...replaced]),
  }
  await writeMark(host, path, begun, oldFile?.type === 'file' ? oldFile.hash : undefined)
  const to = new Map([...before(old, dropped, now), ...members])
  const comesFrom = new Map([...staged.keys()].map((name) => [name, pathOf(stage, name)]))
  await moveEntries(host, ref.to, { from: now, to, comesFrom })
  await clearStages(host, ref)
  await writeMark(host, path, mark)
}

/** Brings back what stood there before: an earlier archive's members by its mark, else what the first one replaced. */
async function putBack(
  host: Host,
  ref: ArchiveRef,
  earlier: Hash | undefined,
  kept: ReadonlyMap<string, Entry | null>,
): Promise<void> {
  const path = markPath(ref.to, ref.name)
  const [content] = await host.readFiles([path])
  // Where nothing was changed yet, the earlier mark is the one that stands there.
  if (content !== undefined) host.keep(content)
  const mark = content === undefined ? undefined : parseMark(host, path, content)
  const older = earlier === undefined ? undefined : parseMark(host, path, await host.bytes(earlier))
  const names = [...(mark?.members.keys() ?? []), ...(older?.members.keys() ?? [])]
  const now = await entriesAt(host, ref, names)
  const to = new Map(before(mark, mark?.members ?? new Map(), now))
  for (const [name, entry] of older?.members ?? []) to.set(name, standing(older, name, now) ?? entry)
  for (const [name, entry] of kept) {
    if (entry === null) to.delete(name)
    else to.set(name, entry)
  }
  await moveEntries(host, ref.to, { from: now, to })
  await clearStages(host, ref)
  if (earlier !== undefined) await host.writeFile(path, earlier, privateFile)
  else if (mark !== undefined) await host.remove(path)
}

/** What stood at these names before the archive came. */
function before(mark: Mark | undefined, names: Entries, now: Entries): Entries {
  const entries = [...names.keys()].map(
    (name) => [name, standing(mark, name, now) ?? mark?.replaced.get(name)] as const,
  )
  return new Map(entries.filter((pair): pair is [string, Entry] => pair[1] !== undefined))
}

/** A folder that stood there before is nobody's here: it stays as it is. */
function standing(mark: Mark | undefined, name: string, now: Entries): Entry | undefined {
  const there = now.get(name)
  return there?.[0] === 'directory' && mark?.replaced.get(name)?.[0] === 'directory' ? there : undefined
}

/** How a member will stand in its place: a folder that is there stays as it is. */
function placed({ to }: ArchiveRef, name: string, entry: Entry, there: Entry | undefined): Entry {
  if (there === undefined) return entry
  if (there[0] === 'directory' && entry[0] === 'directory') return there
  if (there[0] === 'directory' || entry[0] === 'directory' || there[0] === 'other')
    throw inTheWay(pathOf(to, name), { is: there[0] })
  return entry
}

/** What was unpacked, once it has the owner and mode that are wanted. */
async function attributed(host: Host, ref: ArchiveRef, stage: string): Promise<Entries> {
  const [staged = new Map()] = await readEntries(host, [{ path: stage, names: ['.'], all: true }])
  const { owner, group } = ownersOf(ref, host)
  const owned = { ...ref, owner, group }
  const wanted = new Map([...staged].map(([name, entry]) => [name, ownedBy(owned, name, entry)] as const))
  await moveEntries(host, stage, { from: staged, to: wanted })
  return wanted
}

function ownedBy(
  { source, owner, group, mode }: ArchiveRef & Pick<Attributes, 'owner' | 'group'>,
  name: string,
  entry: Entry,
): Entry {
  if (entry[0] === 'link') return entry
  if (entry[0] === 'file') return ['file', mode === null ? entry[1] : octal(mode), owner, group, entry[4]]
  if (entry[0] === 'directory') return ['directory', name === '.' ? '0755' : entry[1], owner, group, 'ours']
  throw new TaskFailed(
    `The archive ${source} holds a ${entry[1]}, ${name}; only files, folders and links are unpacked.`,
  )
}

async function entriesAt(host: Host, { to }: ArchiveRef, names: readonly string[]): Promise<Entries> {
  const [entries = new Map()] = await readEntries(host, [{ path: to, names }])
  return entries
}

/** In the folder itself, so that a member comes into its place in one step even where that is another disk. */
function stageIn({ to }: ArchiveRef): string {
  return `${to}/.unpacked.troupe`
}

function stageBeside({ to }: ArchiveRef): string {
  return temporaryBeside(to)
}

async function clearStages(host: Host, ref: ArchiveRef): Promise<void> {
  await host.exec(sh`rm -rf -- ${stageIn(ref)} ${stageBeside(ref)}`)
}
