import type { HostReader } from '../host/host.ts'
import { isRecord, parseMemory } from '../host/our-memory.ts'
import { ourPaths } from '../host/paths.ts'
import type { HostMemory, HostRun, Written } from './host-run.ts'
import type { Identity } from './journal.ts'
import { kindOf } from './kind.ts'
import { isOrigin, Origins, type Move, type Origin } from './origins.ts'
import { same, type State } from './state.ts'

/** What the host remembers; a bare host remembers nothing. */
export async function readMemory(reader: HostReader): Promise<HostMemory> {
  const [changed, origins] = await reader.readFiles([ourPaths.changed, ourPaths.origins])
  return {
    changed: new Map(parsed(reader, ourPaths.changed, changed, isListOf(isWrittenOf))),
    origins: new Origins(parsed(reader, ourPaths.origins, origins, isListOf(isOrigin))),
  }
}

/** The host was booted: what it remembered since the boot before is gone. */
export async function forgetBoot(on: HostRun): Promise<void> {
  const { changed } = await readMemory(on.reader)
  on.memory.changed.clear()
  for (const [id, written] of changed) on.memory.changed.set(id, written)
}

/** Before things are changed: what they were at boot, and whether somebody else had a hand in them. */
export async function rememberWrites({ host, memory }: HostRun, changes: readonly Move[]): Promise<void> {
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
  if (news) await host.note(ourPaths.changed, JSON.stringify([...memory.changed]))
}

/** What is remembered of a thing once we have moved it. */
export function writtenAfter(known: Written | undefined, from: string, to: string): Written {
  if (known === undefined) return { atBoot: from, left: to, repairs: 1 }
  return { ...known, left: to, repairs: known.repairs + (known.left === from ? 0 : 1) }
}

/** Before things are changed: what they were before our first change ever, and where they are being moved to. */
export async function rememberOrigins(
  on: HostRun,
  moves: readonly Move[],
  by: Pick<Origin, 'role' | 'task'>,
): Promise<void> {
  const news = moves.filter((move) => on.memory.origins.foresee(move, by))
  if (news.length > 0) await saveOrigins(on)
}

/** Once a thing is as it was before the change from `state`, or can never be so again. */
export async function forgetOriginIfBack(on: HostRun, thing: Identity, state: State): Promise<void> {
  on.memory.origins.back(thing, state)
  await saveOrigins(on)
}

/** Writes what is known of origins and not written yet. */
export async function saveOrigins({ host, memory: { origins } }: HostRun): Promise<void> {
  const text = host === undefined ? undefined : origins.unsaved()
  if (host === undefined || text === undefined) return
  try {
    await host.note(ourPaths.origins, text)
  } catch (error) {
    origins.notSaved()
    throw error
  }
}

function parsed<T>(
  { name }: HostReader,
  path: string,
  content: Buffer | undefined,
  isWhole: (value: unknown) => value is readonly T[],
): readonly T[] {
  return content === undefined ? [] : parseMemory(name, path, content, isWhole)
}

function isListOf<T>(isRight: (value: unknown) => value is T): (value: unknown) => value is readonly T[] {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isRight)
}

function isWrittenOf(value: unknown): value is [string, Written] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isWritten(value[1])
}

function isWritten(value: unknown): value is Written {
  if (!isRecord(value)) return false
  const { atBoot, left, repairs } = value
  return typeof atBoot === 'string' && typeof left === 'string' && Number.isInteger(repairs)
}
