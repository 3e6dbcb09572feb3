import type { Host, HostReader } from '../host/host.ts'
import { ourPaths } from '../host/paths.ts'
import type { HostMemory, HostRun, Origin } from './host-run.ts'
import type { Identity } from './journal.ts'
import { kindOf } from './kind.ts'
import type { State } from './state.ts'

const privateFile = { mode: 0o600, owner: 'root', group: 'root' } as const

/** A thing that is about to be changed, and what it is now. */
export interface Before {
  readonly thing: Identity
  readonly from: State
}

/** What the host remembers; a bare host remembers nothing. */
export async function readMemory(reader: HostReader): Promise<HostMemory> {
  const [changed, origins] = await reader.readFiles([ourPaths.changed, ourPaths.origins])
  return { changed: new Map(entriesOf<string>(changed)), origins: new Map(entriesOf<Origin>(origins)) }
}

/** Before the first change of things since boot: what they were, for what reacts to them. */
export async function rememberDigests({ host, memory }: HostRun, changes: readonly Before[]): Promise<void> {
  const added = changes.filter(({ thing }) => {
    return kindOf(thing.kind).digest !== undefined && !memory.changed.has(thing.id)
  })
  if (host === undefined || added.length === 0) return
  for (const { thing, from } of added) {
    memory.changed.set(thing.id, kindOf(thing.kind).digest?.(from) ?? '')
  }
  await save(host, ourPaths.changed, memory.changed)
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
export async function forgetOrigins({ host, memory }: HostRun, ids: readonly string[]): Promise<void> {
  const gone = ids.filter((id) => memory.origins.delete(id))
  if (host !== undefined && gone.length > 0) await save(host, ourPaths.origins, memory.origins)
}

function save(host: Host, path: string, memory: ReadonlyMap<string, unknown>): Promise<void> {
  return host.writeFile(path, host.keep(JSON.stringify([...memory])), privateFile)
}

function entriesOf<T>(content: Buffer | undefined): [string, T][] {
  return content === undefined ? [] : (JSON.parse(content.toString()) as [string, T][])
}
