import type { Hash, Host, HostReader } from '../../host/host.ts'
import type { Change, Reading } from '../../task/kind.ts'
import { TaskFailed } from '../../task/outcome.ts'
import { editKeys, hashOf, problemIn } from './edit.ts'
import { formatOf, printKey, type Format, type Key } from './format.ts'
import { ofNew, readPlaces, type NoFolder, type Owned } from '../files/place.ts'

export type KeysRef = {
  readonly path: string
  readonly format: Format
  readonly keys: readonly Key[]
  readonly mode: number | null
}

/** What helps to bring keys back to where they were. */
export type KeysHint =
  /** What the file is made with. */
  | { readonly make: Owned }
  /** The file as a whole, as it was. */
  | { readonly whole: Hash }
  | { readonly noFile: true; readonly noFolder?: string }

/**
 * Each key that is there is a field, `#a.b`, with a hash for its value: nobody can tell which of the values that stand
 * in a file are secret. `mode` is there where it is not the one that is wanted.
 */
export type KeysState = { readonly is: 'keys'; readonly mode?: number; readonly hint?: KeysHint } & {
  readonly [key: `#${string}`]: Hash
}

/** Of a new file without a secret. */
export const defaultMode = 0o644

/** Reads each file once, however many keys of it are asked for. */
export async function readKeys(
  host: HostReader,
  refs: readonly KeysRef[],
): Promise<readonly Reading<KeysState>[]> {
  const paths = [...new Set(refs.map(({ path }) => path))]
  const [places, contents] = await Promise.all([readPlaces(host, paths), host.readFiles(paths)])
  const read = async (ref: KeysRef): Promise<Reading<KeysState>> => {
    const { stat, hint } = places[paths.indexOf(ref.path)] ?? { stat: { type: 'absent' } }
    if (stat.type === 'absent')
      return { is: 'keys', hint: { noFile: true, ...(hint as NoFolder | undefined) } }
    if (stat.type !== 'file') return new TaskFailed(`${ref.path} is a ${stat.type}, where a file is wanted.`)
    const text = contents[paths.indexOf(ref.path)]?.toString() ?? ''
    try {
      const mode = ref.mode === null || ref.mode === stat.mode ? {} : { mode: stat.mode }
      return {
        is: 'keys',
        ...mode,
        ...(await fieldsIn(host, ref, text)),
        hint: { whole: stat.hash },
      } as KeysState
    } catch (error) {
      return problemIn(host, ref, error)
    }
  }
  return Promise.all(refs.map(read))
}

/** The hashes of the values that stand in a text. */
async function fieldsIn(
  host: HostReader,
  ref: KeysRef,
  text: string,
): Promise<Readonly<Record<string, Hash>>> {
  const at = (await formatOf(ref.format)).read(text)
  const found = ref.keys.flatMap((key) => {
    const value = at(key)
    return value === undefined ? [] : [[fieldOf(key), hashOf(host, ref.format, value)] as const]
  })
  return Object.fromEntries(found)
}

/** Brings the keys to where they are wanted, and the file with them where it comes or goes. */
export async function moveKeys(host: Host, ref: KeysRef, { to }: Change<KeysState>): Promise<void> {
  const { path } = ref
  const [[stat], [content]] = await Promise.all([host.stat([path]), host.readFiles([path])])
  const text = content?.toString()
  // Where nothing was changed yet, what the file was is what stands there.
  if (content !== undefined) host.keep(content)
  const { hint } = to
  const original = hint === undefined || 'make' in hint ? undefined : 'whole' in hint ? hint.whole : null
  const before =
    original === undefined || original === null ? original : (await host.bytes(original)).toString()
  const wanted = new Map(ref.keys.map((key) => [key, to[fieldOf(key)]] as const))
  const after = await editKeys(host, ref, { text, before, wanted })
  const was = stat?.type === 'file' ? { was: stat.hash } : {}
  if (after === undefined) return text === undefined ? undefined : host.remove(path, was)
  const there: Owned =
    stat?.type === 'file' ? stat : hint !== undefined && 'make' in hint ? hint.make : ofNew(defaultMode, host)
  const { owner, group } = there
  const mode = to.mode ?? ref.mode ?? there.mode
  if (after !== text) return host.writeFile(path, host.keep(after), { mode, owner, group, ...was })
  if (mode !== there.mode) await host.setAttributes(path, { mode })
}

/** The field of a state that stands for a key. */
export function fieldOf(key: Key): `#${string}` {
  return `#${printKey(key)}`
}
