import { dirname } from 'node:path/posix'
import type { Attributes, HostReader, Stat } from '../../host/host.ts'
import type { WantContext } from '../../task/kind.ts'
import { NotYet } from '../../task/outcome.ts'
import type { Json, State } from '../../task/state.ts'

/** What stands at a path, and whether there is a folder for it to stand in. */
export interface Place {
  readonly stat: Stat
  readonly hint?: NoFolder
}

/** Kept with an absent thing, so that wanting it can say what is missing. */
export type NoFolder = { readonly noFolder: string }

/** Attributes as a part of a state. */
export type Owned = Pick<Attributes, keyof Attributes>

/** What a new thing is, where nothing is said of it. */
export function ofNew(mode: number, { worker }: Pick<WantContext, 'worker'>): Attributes {
  return { mode, owner: worker?.owner ?? 'root', group: worker?.group ?? 'root' }
}

/** Looks at paths and the folders above them in one command. */
export async function readPlaces(host: HostReader, paths: readonly string[]): Promise<readonly Place[]> {
  const folders = [...new Set(paths.map((path) => dirname(path)))]
  const stats = await host.stat([...paths, ...folders])
  const missing = new Set(folders.filter((_, index) => stats[paths.length + index]?.type === 'absent'))
  return paths.map((path, index) => {
    const stat = stats[index] ?? { type: 'absent' }
    const folder = dirname(path)
    return missing.has(folder) ? { stat, hint: { noFolder: folder } } : { stat }
  })
}

/** A thing cannot come to stand where no folder is; an earlier resource may bring it. */
export function inFolder<S extends State>(
  actual: { readonly is: string; readonly hint?: Json },
  wanted: S,
): S {
  const { is, hint } = actual
  const missing = is === 'absent' && typeof hint === 'object' && hint !== null && 'noFolder' in hint
  if (!missing || typeof hint.noFolder !== 'string') return wanted
  throw new NotYet(`There is no directory ${hint.noFolder}.`, wanted)
}

/** @throws when a path cannot name one thing: relative, with a slash at its end, or with `..` in it */
export function checkPath(path: string): string {
  if (!path.startsWith('/') || path === '/' || /\/$|\/\/|\/\.{1,2}(?:\/|$)|[\0\n]/.test(path)) {
    throw new TypeError(`${JSON.stringify(path)} is no plain absolute path.`)
  }
  return path
}
