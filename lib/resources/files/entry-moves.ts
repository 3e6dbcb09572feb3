import { sh } from '../../host/command.ts'
import type { Host } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { same } from '../../task/state.ts'
import { attributesOf, pathOf, type Entries, type Entry } from './entries.ts'

export interface EntryMoves {
  readonly from: Entries
  readonly to: Entries
  /** Where files stand on the host that only need to be moved; the others are written by their content. */
  readonly comesFrom?: ReadonlyMap<string, string>
}

/**
 * Moves a folder from what stands there to what is wanted, writing only what differs; what goes is kept as a
 * before-image. Many small writes go out together, so that they cost a few round trips however many they are.
 */
export async function moveEntries(
  host: Host,
  folder: string,
  { from, to, comesFrom }: EntryMoves,
): Promise<void> {
  const going = [...from].filter(([name, entry]) => !staysAs(entry, to.get(name)))
  for (const level of levels(going).toReversed()) {
    await together(level, ([name, entry]) => take(host, pathOf(folder, name), entry))
  }
  const gone = new Set(going.map(([name]) => name))
  const coming = [...to].filter(([name, entry]) => !alike(from.get(name), entry))
  const folders = coming.filter(([, entry]) => entry[0] === 'directory')
  for (const level of levels(folders)) {
    await together(level, ([name, entry]) => makeFolder(host, pathOf(folder, name), from.get(name), entry))
  }
  await together(
    coming.filter(([, entry]) => entry[0] !== 'directory'),
    async ([name, entry]) => {
      const path = pathOf(folder, name)
      const was = gone.has(name) ? undefined : from.get(name)
      if (entry[0] === 'link') return host.makeLink(path, entry[1])
      if (entry[0] !== 'file') throw cannotCome(host, path, entry)
      if (was?.[0] === 'file' && was[4] === entry[4]) return host.setAttributes(path, attributesOf(entry))
      const kept = was?.[0] === 'file' ? { was: was[4] } : {}
      if (comesFrom?.has(name) !== true) {
        return host.writeFile(path, entry[4], { ...attributesOf(entry), ...kept })
      }
      if (kept.was !== undefined) await host.preserve(kept.was, { path })
      await host.exec(sh`mv -f -- ${comesFrom.get(name) ?? ''} ${path}`)
    },
  )
}

/** Whether two entries are one but for what others put into a folder. */
export function alike(one: Entry | undefined, other: Entry | undefined): boolean {
  if (one?.[0] !== 'directory' || other?.[0] !== 'directory') return same(one, other)
  return same(one.slice(0, 4), other.slice(0, 4))
}

/** A file gives way to a file in one step; anything else has to be out of the way first. */
function staysAs(entry: Entry, next: Entry | undefined): boolean {
  return next !== undefined && next[0] === entry[0]
}

async function take(host: Host, path: string, entry: Entry): Promise<void> {
  if (entry[0] === 'other') throw cannotCome(host, path, entry)
  // What somebody else put there needs it.
  if (entry[0] === 'directory' && entry[4] === 'shared') return
  await host.remove(path, entry[0] === 'file' ? { was: entry[4] } : {})
}

async function makeFolder(host: Host, path: string, was: Entry | undefined, entry: Entry): Promise<void> {
  if (entry[0] !== 'directory') return
  if (was?.[0] === 'directory') await host.setAttributes(path, attributesOf(entry))
  else await host.makeDirectory(path, attributesOf(entry))
}

function cannotCome(host: Host, path: string, entry: Entry): TaskFailed {
  return new TaskFailed(`${path} on ${host.name} is a ${entry[1]}, which is left as it is.`, {
    advice: 'Move it away, or leave it out of what is wanted.',
  })
}

/** What stands equally deep, from the top down. */
function levels(entries: readonly (readonly [string, Entry])[]): (readonly (readonly [string, Entry])[])[] {
  const byDepth = new Map<number, [string, Entry][]>()
  for (const [name, entry] of entries) {
    const depth = name.split('/').length
    byDepth.set(depth, [...(byDepth.get(depth) ?? []), [name, entry]])
  }
  return [...byDepth].toSorted(([a], [b]) => a - b).map(([, level]) => level)
}

/** Does all at once, and ends only once all have ended, so that nothing goes on behind a failure. */
async function together<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(all.map(work))
  const failed = results.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
