import type { Hash, Host, HostReader } from '../../host/host.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { formatOf, isTable, plain, SyntaxProblem, type Format, type Key } from './format.ts'

/** What is wanted of each key: the hash of its value, undefined for none. */
type Wanted = ReadonlyMap<Key, Hash | undefined>

export interface KeysEdit {
  /** The file as it stands. */
  readonly text: string | undefined
  /** For a way back: the file as it was, null where there was none. */
  readonly before: string | null | undefined
  readonly wanted: Wanted
}

interface Where {
  readonly path: string
  readonly format: Format
}

/**
 * The file with its keys as wanted; undefined where none is left to be. On the way back it is as it was, to the byte,
 * where nothing but the keys has changed; else only the keys are put back, with the tables that were made for them.
 */
export async function editKeys(
  host: Host,
  where: Where,
  { text, before, wanted }: KeysEdit,
): Promise<string | undefined> {
  try {
    if (before === undefined) return await edited(host, where, text ?? '', wanted)
    if (text === undefined) return before ?? undefined
    const now = await hashes(host, where, text, [...wanted.keys()])
    const alone = (await edited(host, where, before ?? '', now, text)) === text
    if (!alone) return await putBack(host, where, { text, before, wanted })
    const back = await edited(host, where, before ?? '', wanted, text)
    return before === null && back === '' ? undefined : back
  } catch (error) {
    throw problemIn(host, where, error)
  }
}

async function putBack(
  host: Host,
  where: Where,
  { text = '', before, wanted }: KeysEdit,
): Promise<string | undefined> {
  const format = await formatOf(where.format)
  const old = before ?? ''
  let after = await edited(host, where, text, wanted, old)
  const stood = format.read(old)
  for (const [key] of [...wanted].filter(([, hash]) => hash === undefined)) {
    for (let length = key.length - 1; length > 0; length--) {
      const table = key.slice(0, length)
      const left = format.read(after)(table)
      if (stood(table) !== undefined || !isTable(left) || Object.keys(left).length > 0) break
      after = format.remove(after, table)
    }
  }
  return before === null && /^\s*(\{\s*\}\s*)?$/.test(after) ? undefined : after
}

/** A text with keys as wanted; the values are known to this process, or stand in another text. */
async function edited(
  host: Host,
  { format: name }: Where,
  text: string,
  wanted: Wanted,
  other = '',
): Promise<string> {
  const format = await formatOf(name)
  let after = text
  for (const [key, hash] of wanted) {
    const value = format.read(after)(key)
    if (value === undefined ? hash === undefined : hashOf(host, name, value) === hash) continue
    if (hash === undefined) {
      after = format.remove(after, key)
      continue
    }
    const there = format.read(other)(key)
    const known = there !== undefined && hashOf(host, name, there) === hash
    after = format.set(after, key, known ? there : JSON.parse((await host.bytes(hash)).toString()))
  }
  return after
}

async function hashes(
  host: HostReader,
  { format }: Where,
  text: string,
  keys: readonly Key[],
): Promise<Wanted> {
  const at = (await formatOf(format)).read(text)
  return new Map(
    keys.map((key) => {
      const value = at(key)
      return [key, value === undefined ? undefined : hashOf(host, format, value)]
    }),
  )
}

/** The hash that stands for a value in a state. */
export function hashOf(host: HostReader, format: Format, value: unknown): Hash {
  return host.keep(JSON.stringify(plain(format, value)))
}

/** Broken syntax as an error of its file; anything else as it is. */
export function problemIn(host: HostReader, { path, format }: Where, error: unknown): Error {
  if (!(error instanceof Error)) throw error
  if (error instanceof TypeError)
    return new TaskFailed(`${path} on ${host.name}: ${error.message}`, { cause: error })
  if (!(error instanceof SyntaxProblem)) return error
  return new TaskFailed(
    `${path} on ${host.name} is no sound ${format.toUpperCase()}, line ${error.line}: ${error.message}.`,
    {
      cause: error,
      advice: 'Put the file right, or remove it: it is not touched while it cannot be read.',
    },
  )
}
