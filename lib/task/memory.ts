import type { Host, HostReader } from '../host/host.ts'
import { isRecord, parseMemory } from '../host/our-memory.ts'
import { ourPaths } from '../host/paths.ts'
import { privateFile } from '../host/root-owned.ts'
import type { HostMemory, HostRun, Origin, Written } from './host-run.ts'
import type { Identity } from './journal.ts'
import { kindOf, type Change } from './kind.ts'
import { same, type State } from './state.ts'

/** A thing that is about to be changed: what it is now, and what it will be. */
export interface Before extends Change<State> {
  readonly thing: Identity
}

/** What the host remembers; a bare host remembers nothing. */
export async function readMemory(reader: HostReader): Promise<HostMemory> {
  const [changed, origins] = await reader.readFiles([ourPaths.changed, ourPaths.origins])
  return {
    changed: mapOf(reader, ourPaths.changed, changed, isWritten),
    origins: mapOf(reader, ourPaths.origins, origins, isOrigin),
  }
}

/** The host was booted: what it remembered since the boot before is gone. */
export async function forgetBoot(on: HostRun): Promise<void> {
  const { changed } = await readMemory(on.reader)
  on.memory.changed.clear()
  for (const [id, written] of changed) on.memory.changed.set(id, written)
}

/** Before things are changed: what they were at boot, and whether somebody else had a hand in them. */
export async function rememberWrites({ host, memory }: HostRun, changes: readonly Before[]): Promise<void> {
  if (host === undefined) return
  let news = false
  for (const { thing, from, to } of changes) {
    const { digest } = kindOf(thing.kind)
    if (digest === undefined) continue
    const known = memory.changed.get(thing.id)
    const written = writtenAfter(known, digest(from), digest(to))
    if (same(known, written)) continue
    memory.changed.set(thing.id, written)
    news = true
  }
  if (news) await save(host, ourPaths.changed, memory.changed)
}

/** What is remembered of a thing once we have moved it. */
export function writtenAfter(known: Written | undefined, from: string, to: string): Written {
  if (known === undefined) return { atBoot: from, left: to, repairs: 1 }
  return { ...known, left: to, repairs: known.repairs + (known.left === from ? 0 : 1) }
}

/** Before our first change ever of things: what they were. */
export async function rememberOrigins({ host, memory }: HostRun, changes: readonly Before[]): Promise<void> {
  const added = changes.filter(({ thing }) => !memory.origins.has(thing.id))
  if (host === undefined || added.length === 0) return
  for (const { thing, from } of added) {
    memory.origins.set(thing.id, { kind: thing.kind, ref: thing.ref, from })
  }
  await save(host, ourPaths.origins, memory.origins)
}

/** A thing is as it was at first: there is nothing left to remember. */
async function forgetOrigins({ host, memory }: HostRun, ids: readonly string[]): Promise<void> {
  const gone = ids.filter((id) => memory.origins.delete(id))
  if (host !== undefined && gone.length > 0) await save(host, ourPaths.origins, memory.origins)
}

/** Once a thing is as it was at first. */
export async function forgetOriginIfBack(on: HostRun, id: string, state: State): Promise<void> {
  const origin = on.memory.origins.get(id)
  if (origin !== undefined && same(origin.from, state)) await forgetOrigins(on, [id])
}

function save(host: Host, path: string, memory: ReadonlyMap<string, unknown>): Promise<void> {
  return host.writeFile(path, host.keep(JSON.stringify([...memory])), privateFile)
}

function mapOf<T>(
  { name }: HostReader,
  path: string,
  content: Buffer | undefined,
  isRight: (value: unknown) => value is T,
): Map<string, T> {
  if (content === undefined) return new Map()
  const isWhole = (value: unknown): value is [string, T][] => {
    return Array.isArray(value) && value.every((pair) => isPair(pair) && isRight(pair[1]))
  }
  return new Map(parseMemory(name, path, content, isWhole))
}

function isPair(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'
}

function isWritten(value: unknown): value is Written {
  if (!isRecord(value)) return false
  const { atBoot, left, repairs } = value
  return typeof atBoot === 'string' && typeof left === 'string' && Number.isInteger(repairs)
}

function isOrigin(value: unknown): value is Origin {
  if (!isRecord(value) || value['ref'] === undefined || !isRecord(value['from'])) return false
  return typeof value['kind'] === 'string' && typeof value['from']['is'] === 'string'
}
