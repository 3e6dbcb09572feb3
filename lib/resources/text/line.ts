import type { Hash, Host, HostReader } from '../../host/host.ts'
import { defineResource, type Change, type Reading, type WantContext } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import { same } from '../../task/state.ts'
import { checkPath } from '../files/place.ts'
import {
  editFile,
  placeFor,
  positionOf,
  readTexts,
  withLines,
  withoutLines,
  type Ending,
  type Lines,
  type Position,
  type Text,
} from './text-lines.ts'

export interface LineArgs {
  readonly path: string
  readonly line: string
  /** The source of a regular expression: the last line that it matches is the one that is replaced. */
  readonly match?: string
  /** Removes the line, or every line that matches. */
  readonly state?: 'absent'
}

export type LineRef = { readonly path: string; readonly line: string; readonly match?: string }

export type LineState =
  /** The line as it stands, or all lines that match, from top to bottom. */
  | { readonly is: 'present'; readonly lines: readonly Hash[]; readonly hint?: readonly Position[] }
  | { readonly is: 'absent'; readonly hint?: Ending }
  | { readonly is: 'no file' }

/** One line of a file that belongs to somebody else; the rest of the file stays as it is. */
export const line = defineResource('line', {
  make(args: LineArgs) {
    const { path, line: text, match, state } = args
    if (/[\n\r]/.test(text)) throw new TypeError(`The line for ${path} is more than one line.`)
    if (match !== undefined && state === undefined && !new RegExp(match).test(text)) {
      throw new TypeError(`The line for ${path} does not match ${match}, so it would be added in every run.`)
    }
    const ref: LineRef = { path: checkPath(path), line: text, ...(match === undefined ? {} : { match }) }
    return { key: `${path}#${match ?? text}`, ref, spec: args }
  },

  async read(host: HostReader, refs: readonly LineRef[]) {
    const texts = await readTexts(
      host,
      refs.map(({ path }) => path),
    )
    return refs.map((ref, index) => stateIn(host, texts[index], ref))
  },

  want(actual: LineState, { path, line: text, state }, context: WantContext): LineState {
    if (state === 'absent') return actual.is === 'present' ? { is: 'absent' } : actual
    if (actual.is === 'no file') throw new NotYet(`There is no file ${path}.`)
    const hash = context.keep(text)
    return actual.is === 'present'
      ? { ...actual, lines: [...actual.lines.slice(0, -1), hash] }
      : { is: 'present', lines: [hash] }
  },

  apply: moveLines,

  claim: ({ path, match, line: text }) => [`path:${path}#${match ?? text}`],

  digest: (state) => (state.is === 'present' ? state.lines.join(' ') : state.is),
})

/** Brings the lines that a ref names to those of a state; the rest of the file stays. */
export async function moveLines(host: Host, ref: LineRef, { to }: Change<LineState>): Promise<void> {
  if (to.is === 'no file') return
  const hashes = to.is === 'present' ? to.lines : []
  const now = await linesNow(host, ref)
  if (
    same(
      now.map((each) => host.keep(each)),
      hashes,
    )
  )
    return
  const going = [...new Set(now)].filter((each) => !hashes.includes(host.keep(each)))
  await Promise.all(going.map((each) => host.preserve(host.keep(each), { bytes: Buffer.from(each) })))
  const wanted = await Promise.all(hashes.map(async (hash) => (await host.bytes(hash)).toString()))
  await editFile(host, ref.path, (file) => {
    const found = indexesOf(file, ref)
    if (found.length === wanted.length) return { ...file, lines: replaced(file.lines, found, wanted) }
    const ending = to.is === 'absent' ? to.hint : undefined
    const without = found.toReversed().reduce((left, index) => withoutLines(left, index, 1, ending), file)
    const places = to.is === 'present' ? to.hint : undefined
    return wanted.reduce((grown, text, index) => {
      const hint = places?.[index]
      const at =
        hint === undefined ? grown.lines.length : placeFor(grown.lines, hint, (each) => host.keep(each))
      return withLines(grown, at, [text], hint)
    }, without)
  })
}

async function linesNow(host: Host, ref: LineRef): Promise<readonly string[]> {
  const [text] = await readTexts(host, [ref.path])
  if (text === undefined || text instanceof Error) return []
  return indexesOf(text, ref).map((index) => text.lines[index] ?? '')
}

/** What a text says of the lines that a ref names. */
export function stateIn(host: HostReader, text: Text, ref: LineRef): Reading<LineState> {
  if (text instanceof Error) return text
  if (text === undefined) return { is: 'no file' }
  const found = indexesOf(text, ref)
  if (found.length === 0) return text.ended ? { is: 'absent' } : { is: 'absent', hint: { ended: false } }
  const keep = (each: string) => host.keep(each)
  return {
    is: 'present',
    lines: found.map((index) => keep(text.lines[index] ?? '')),
    hint: found.map((index) => positionOf(text, index, index + 1, keep)),
  }
}

/** All lines that match; without a pattern, those that are the line itself. */
function indexesOf({ lines }: Lines, { line: text, match }: LineRef): readonly number[] {
  const pattern = match === undefined ? undefined : new RegExp(match)
  const all = [...lines.keys()]
  return all.filter((index) =>
    pattern === undefined ? lines[index] === text : pattern.test(lines[index] ?? ''),
  )
}

function replaced(lines: readonly string[], at: readonly number[], by: readonly string[]): readonly string[] {
  return lines.map((each, index) => (at.includes(index) ? (by[at.indexOf(index)] ?? each) : each))
}
