import type { Hash, Host, HostReader } from '../../host/host.ts'
import { defineResource, type Change, type Reading, type WantContext } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
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

export interface BlockArgs {
  readonly path: string
  /** Stands in the markers, so that one file can hold several blocks. */
  readonly name: string
  readonly content?: string
  readonly state?: 'absent'
  /** What begins a comment in this file. Default: `#`. */
  readonly marker?: string
  /** Where it comes to stand in a file that has no such block yet. Default: at the end. */
  readonly at?: 'start'
}

type Markers = { readonly begin: string; readonly end: string }

type Ref = { readonly path: string; readonly name: string; readonly marker: string }

const atStart: Position = { at: 0, before: null, after: null, ended: true }

export type BlockState =
  | { readonly is: 'present'; readonly hash: Hash; readonly hint?: Position }
  | { readonly is: 'absent'; readonly hint?: Ending }
  | { readonly is: 'no file' }

/** Lines between two markers in a file that belongs to somebody else; the rest of the file stays as it is. */
export const block = defineResource('block', {
  make(args: BlockArgs) {
    const { path, name, marker = '#' } = args
    if (/[\n\r]/.test(name + marker) || name === '')
      throw new TypeError(`A block in ${path} needs a name of one line.`)
    if ((args.content === undefined) !== (args.state === 'absent')) {
      throw new TypeError(`The block ${name} in ${path} needs either content or the state absent.`)
    }
    const ref: Ref = { path: checkPath(path), name, marker }
    const within = args.content === undefined ? [] : bodyOf(args.content)
    if (within.some((line) => Object.values(markers(ref)).includes(line))) {
      throw new TypeError(`The content of the block ${name} in ${path} holds its own marker.`)
    }
    return { key: `${path}#${name}`, ref, spec: args }
  },

  async read(host: HostReader, refs: readonly Ref[]) {
    const texts = await readTexts(
      host,
      refs.map(({ path }) => path),
    )
    return refs.map((ref, index) => stateIn(host, texts[index], ref))
  },

  want(actual: BlockState, { path, content, at }, context: WantContext): BlockState {
    if (content === undefined) return actual.is === 'present' ? { is: 'absent' } : actual
    if (actual.is === 'no file') throw new NotYet(`There is no file ${path}.`)
    const hash = context.keep(joined(bodyOf(content)))
    if (actual.is === 'present') return { ...actual, hash }
    return at === 'start' ? { is: 'present', hash, hint: atStart } : { is: 'present', hash }
  },

  apply: moveBlock,

  claim: ({ path, name }) => [`path:${path}#${name}`],

  digest: (state) => (state.is === 'present' ? state.hash : state.is),
})

async function moveBlock(host: Host, ref: Ref, { to }: Change<BlockState>): Promise<void> {
  if (to.is === 'no file') return
  const now = await bodyNow(host, ref)
  const hash = to.is === 'present' ? to.hash : undefined
  if (now !== undefined && host.keep(now) === hash) return
  if (now !== undefined) await host.preserve(host.keep(now), { bytes: Buffer.from(now) })
  const body = hash === undefined ? [] : bodyOf((await host.bytes(hash)).toString())
  await editFile(host, ref.path, (file) => {
    const { begin, end } = markers(ref)
    const found = find(file, ref)
    if (to.is === 'absent') {
      return found === undefined
        ? file
        : withoutLines(file, found.first, found.last - found.first + 1, to.hint)
    }
    if (found !== undefined) {
      return { ...file, lines: file.lines.toSpliced(found.first + 1, found.last - found.first - 1, ...body) }
    }
    const at =
      to.hint === undefined ? file.lines.length : placeFor(file.lines, to.hint, (line) => host.keep(line))
    return withLines(file, at, [begin, ...body, end], to.hint)
  })
}

async function bodyNow(host: Host, ref: Ref): Promise<string | undefined> {
  const [text] = await readTexts(host, [ref.path])
  return text === undefined || text instanceof Error ? undefined : find(text, ref)?.body
}

function stateIn(host: HostReader, text: Text, ref: Ref): Reading<BlockState> {
  if (text instanceof Error) return text
  if (text === undefined) return { is: 'no file' }
  const found = find(text, ref)
  if (found === undefined) return text.ended ? { is: 'absent' } : { is: 'absent', hint: { ended: false } }
  const hint = positionOf(text, found.first, found.last + 1, (line) => host.keep(line))
  return { is: 'present', hash: host.keep(found.body), hint }
}

function find(file: Lines, ref: Ref): { first: number; last: number; body: string } | undefined {
  const found = findLines(file, markers(ref))
  return found && { ...found, body: joined(file.lines.slice(found.first + 1, found.last)) }
}

/** The first begin that is followed by its end: one that lost it begins nothing. */
export function findLines(
  { lines }: Lines,
  { begin, end }: Markers,
): { readonly first: number; readonly last: number } | undefined {
  let first = -1
  for (const [index, line] of lines.entries()) {
    if (line === begin) first = index
    else if (line === end && first >= 0) return { first, last: index }
  }
  return undefined
}

function markers({ name, marker }: Ref): Markers {
  return { begin: `${marker} BEGIN ${name}`, end: `${marker} END ${name}` }
}

function bodyOf(content: string): readonly string[] {
  const text = content.endsWith('\n') ? content.slice(0, -1) : content
  return text === '' ? [] : text.split('\n')
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
