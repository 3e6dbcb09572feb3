import type { Attributes, Hash, Host, HostReader } from '../../host/host.ts'
import { systemFile } from '../../host/root-owned.ts'
import { TaskFailed } from '../../task/outcome.ts'

/** The lines of a text, and whether the last one is ended by a newline. */
export interface Lines {
  readonly lines: readonly string[]
  readonly ended: boolean
}

/** Whether a file ended with a newline; one that does not gets one when something is put at its end. */
export type Ending = { readonly ended: boolean }

/** Where lines stood, by their number and by hashes of their neighbours: what stands around may move. */
export type Position = Ending & {
  readonly at: number
  readonly before: Hash | null
  readonly after: Hash | null
}

/** What a file that is edited in part looks like; undefined where there is none. */
export type Text = Lines | Error | undefined

export function linesOf(text: string): Lines {
  if (text === '') return { lines: [], ended: true }
  const ended = text.endsWith('\n')
  return { lines: (ended ? text.slice(0, -1) : text).split('\n'), ended }
}

export function textOf({ lines, ended }: Lines): string {
  return lines.length === 0 ? '' : lines.join('\n') + (ended ? '\n' : '')
}

/** Reads the lines of files, each file once, in one round trip. */
export async function readTexts(host: HostReader, paths: readonly string[]): Promise<readonly Text[]> {
  const different = [...new Set(paths)]
  const [stats, contents] = await Promise.all([host.stat(different), host.readFiles(different)])
  const texts = new Map<string, Text>(
    different.map((path, index) => {
      const type = stats[index]?.type ?? 'absent'
      if (type === 'absent') return [path, undefined]
      if (type !== 'file') return [path, new TaskFailed(`${path} is a ${type}, where a file is wanted.`)]
      return [path, linesOf(contents[index]?.toString() ?? '')]
    }),
  )
  return paths.map((path) => texts.get(path))
}

/** Edits a file in place of the whole: attributes stay, and nothing is written when nothing changes. */
export async function editFile(
  host: Host,
  path: string,
  edit: (lines: Lines) => Lines | Promise<Lines>,
): Promise<void> {
  const [[stat], [content]] = await Promise.all([host.stat([path]), host.readFiles([path])])
  if (stat?.type !== 'file' || content === undefined) {
    throw new TaskFailed(`There is no file ${path} on ${host.name} to edit.`)
  }
  const before = content.toString()
  const after = textOf(await edit(linesOf(before)))
  if (after === before) return
  const { mode, owner, group }: Attributes = stat
  await host.writeFile(path, host.keep(after), { mode, owner, group })
}

/**
 * Edits a file of the system that may not stand there: it comes with its first line, and goes with its last one unless
 * it is kept. Attributes stay. True when something was changed.
 */
export async function editSystemFile(
  host: Host,
  path: string,
  edit: (lines: Lines) => Lines,
  { keepEmpty }: { readonly keepEmpty: boolean },
): Promise<boolean> {
  const [[text], [stat]] = await Promise.all([readTexts(host, [path]), host.stat([path])])
  if (text instanceof Error) throw text
  const before = text ?? linesOf('')
  const after = edit(before)
  if (textOf(after) === textOf(before)) return false
  const { mode, owner, group } = stat?.type === 'file' ? stat : systemFile
  if (after.lines.length === 0 && !keepEmpty) await host.remove(path)
  else await host.writeFile(path, host.keep(textOf(after)), { mode, owner, group })
  return true
}

/** Remembers where the lines from `first` to before `end` stand. */
export function positionOf(
  { lines, ended }: Lines,
  first: number,
  end: number,
  keep: (line: string) => Hash,
): Position {
  const [before, after] = [lines[first - 1], lines[end]]
  const hash = (line: string | undefined) => (line === undefined ? null : keep(line))
  return { at: first, before: hash(before), after: hash(after), ended }
}

/** Where lines go back to: between their old neighbours, else after or before one of them, else where they stood. */
export function placeFor(
  lines: readonly string[],
  { at, before, after }: Omit<Position, 'ended'>,
  keep: (line: string) => Hash,
): number {
  const hashes = lines.map(keep)
  const fits = (index: number) => (hashes[index - 1] ?? null) === before && (hashes[index] ?? null) === after
  if (fits(at)) return at
  const between = hashes.findIndex((_, index) => fits(index))
  if (between >= 0) return between
  const behind = before === null ? -1 : hashes.indexOf(before)
  if (behind >= 0) return behind + 1
  const ahead = after === null ? -1 : hashes.indexOf(after)
  return ahead >= 0 ? ahead : Math.min(at, lines.length)
}

/** Puts lines in; at the end of a file they are ended by a newline, unless the file is to end as before. */
export function withLines(
  { lines, ended }: Lines,
  at: number,
  more: readonly string[],
  hint?: Ending,
): Lines {
  return { lines: lines.toSpliced(at, 0, ...more), ended: at < lines.length ? ended : (hint?.ended ?? true) }
}

/** Takes lines out; when they were the last ones, the file ends as it is to end. */
export function withoutLines({ lines, ended }: Lines, at: number, count: number, hint?: Ending): Lines {
  const left = lines.toSpliced(at, count)
  return { lines: left, ended: at < left.length ? ended : (hint?.ended ?? ended) }
}
