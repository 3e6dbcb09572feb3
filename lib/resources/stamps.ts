import type { Hash, Host, HostReader } from '../host/host.ts'
import type { Input, Inputs } from '../task/kind.ts'

/** Per id of a resource that is reacted to: the digest that was taken up last. */
export type Digests = { readonly [id: string]: string }

/** Stands for a digest while nobody can tell whether it was taken up. */
export const unknown = 'unknown'

/** Whether an input is no longer what was taken up; without a stamp, what stood at boot counts as taken. */
export function stale({ digest, atBoot }: Input, taken: string | undefined): boolean {
  return taken === undefined ? atBoot !== undefined && atBoot !== digest : taken !== digest
}

/** Those of the given inputs that are stale, with the digests that they have now. */
export function staleOf(ids: readonly string[], inputs: Inputs, taken: Digests): Digests {
  return pick(ids, inputs, (id, input) => stale(input, taken[id]))
}

/** The digests of the given inputs; one without a digest only orders. */
export function digestsOf(ids: readonly string[], inputs: Inputs): Digests {
  return pick(ids, inputs, () => true)
}

/** What has to stand in the stamps after a revert, so that nothing is stale: as before, on the inputs of now. */
export function settled(before: Digests, ids: readonly string[], inputs: Inputs): Digests {
  const taken = Object.entries(before).map(([id, digest]) => [id, inputs[id]?.digest ?? digest])
  const others = ids.filter((id) => !(id in before))
  return { ...(Object.fromEntries(taken) as Digests), ...staleOf(others, inputs, {}) }
}

/** Marks those that are about to be taken up. */
export function unsure(from: Digests, to: Digests): Digests {
  const changing = Object.keys(to).filter((id) => to[id] !== from[id])
  return { ...from, ...Object.fromEntries(changing.map((id) => [id, unknown])) }
}

const privately = { mode: 0o600, owner: 'root', group: 'root' } as const

/** Reads the stamps at each path; a field that is not there is empty. */
export async function readStamps<Field extends string>(
  host: HostReader,
  paths: readonly string[],
  fields: readonly Field[],
): Promise<readonly Record<Field, Digests>[]> {
  const contents = await host.readFiles(paths)
  return contents.map((content) => {
    const stored = content === undefined ? {} : (JSON.parse(content.toString()) as Record<string, Digests>)
    return Object.fromEntries(fields.map((field) => [field, stored[field] ?? {}])) as Record<Field, Digests>
  })
}

/** Writes stamps; when there are none, no file is left. */
export async function writeStamps(
  host: Host,
  path: string,
  stamps: Readonly<Record<string, Digests>>,
): Promise<void> {
  const empty = Object.values(stamps).every((digests) => Object.keys(digests).length === 0)
  if (empty) return host.remove(path)
  const content: Hash = host.keep(JSON.stringify(stamps))
  await host.writeFile(path, content, privately)
}

function pick(
  ids: readonly string[],
  inputs: Inputs,
  wanted: (id: string, input: Input) => boolean,
): Digests {
  const picked: Record<string, string> = {}
  for (const id of ids) {
    const input = inputs[id]
    if (input !== undefined && wanted(id, input)) picked[id] = input.digest
  }
  return picked
}
