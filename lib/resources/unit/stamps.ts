import type { Host, HostReader, Left } from '../../host/host.ts'
import { isRecordOf, isString, parseMemory } from '../../host/our-memory.ts'
import { privateFile } from '../../host/root-owned.ts'
import type { Input, Inputs } from '../../task/kind.ts'

/** Per id of a resource that is reacted to: what was taken up last, as a token. */
export type Digests = { readonly [id: string]: string }

/** Stands for a digest while nobody can tell whether it was taken up. */
export const unknown = 'unknown'

/** How something takes up its inputs: what its stamps hold of one, and when that is no longer enough. */
export interface Reaction {
  token(input: Input): string
  isStale(input: Input, taken: string): boolean
}

/** For what is taken up for good: the digest tells, whoever brought it about. */
export const byDigest: Reaction = {
  token: ({ digest }) => digest,
  isStale: ({ digest }, taken) => digest !== taken,
}

/**
 * For what runs. If somebody else restarted it, it may have taken up what somebody else had written, so that each of
 * our repairs since then counts as news.
 */
export function sinceRepair(restartedByOthers: boolean): Reaction {
  return {
    token: ({ digest, repairs }) => (repairs === undefined ? digest : `${digest} ${repairs}`),
    isStale({ digest, repairs }, taken) {
      const [takenDigest, takenRepairs] = taken.split(' ')
      return takenDigest !== digest || (restartedByOthers && Number(takenRepairs ?? 0) !== (repairs ?? 0))
    },
  }
}

/** Those of the given inputs that are stale; without a stamp, what stood at boot counts as taken. */
export function staleOf(ids: readonly string[], inputs: Inputs, taken: Digests, reaction: Reaction): Digests {
  return pick(ids, inputs, reaction, (id, input) => {
    const token = taken[id]
    if (token !== undefined) return reaction.isStale(input, token)
    return input.atBoot !== undefined && input.atBoot !== input.digest
  })
}

/** The tokens of the given inputs; one without a digest only orders. */
export function tokensOf(ids: readonly string[], inputs: Inputs, reaction: Reaction): Digests {
  return pick(ids, inputs, reaction, () => true)
}

/** What has to stand in the stamps after a revert, so that nothing is stale: as before, on the inputs of now. */
export function settled(
  before: Digests,
  ids: readonly string[],
  inputs: Inputs,
  reaction: Reaction,
): Digests {
  const taken = Object.entries(before).map(([id, was]) => {
    const input = inputs[id]
    return [id, input === undefined ? was : reaction.token(input)]
  })
  const others = ids.filter((id) => !(id in before))
  return { ...(Object.fromEntries(taken) as Digests), ...staleOf(others, inputs, {}, reaction) }
}

/** Marks those that are about to be taken up. */
export function unsure(from: Digests, to: Digests): Digests {
  const changing = Object.keys(to).filter((id) => to[id] !== from[id])
  return { ...from, ...Object.fromEntries(changing.map((id) => [id, unknown])) }
}

type Stamps = Readonly<Record<string, Digests>>

/** Reads the stamps at each path; a field that is not there is empty. */
export async function readStamps<Field extends string>(
  host: HostReader,
  paths: readonly string[],
  fields: readonly Field[],
): Promise<readonly Record<Field, Digests>[]> {
  const contents = await host.readFiles(paths)
  return contents.map((content, index) => {
    const stored = content === undefined ? {} : parseMemory(host.name, paths[index] ?? '', content, isStamps)
    return Object.fromEntries(fields.map((field) => [field, stored[field] ?? {}])) as Record<Field, Digests>
  })
}

/** Writes stamps; when there are none, no file is left. */
export async function writeStamps(host: Host, path: string, stamps: Stamps): Promise<void> {
  const { content } = stampsLeft(host, path, stamps)
  if (content === undefined) return host.remove(path)
  await host.writeFile(path, content, privateFile)
}

/** Stamps for a job to write. */
export function stampsLeft(host: Host, path: string, stamps: Stamps): Left {
  const empty = Object.values(stamps).every((digests) => Object.keys(digests).length === 0)
  return { path, content: empty ? undefined : host.keep(JSON.stringify(stamps)) }
}

const isStamps = isRecordOf<Digests>(isRecordOf(isString))

function pick(
  ids: readonly string[],
  inputs: Inputs,
  reaction: Reaction,
  wanted: (id: string, input: Input) => boolean,
): Digests {
  const picked: Record<string, string> = {}
  for (const id of ids) {
    const input = inputs[id]
    if (input !== undefined && wanted(id, input)) picked[id] = reaction.token(input)
  }
  return picked
}
