import type { Attributes, Hash, Host, HostReader } from '../../host/host.ts'
import { systemFile } from '../../host/root-owned.ts'
import { TaskFailed } from '../../task/outcome.ts'

/** A file that holds one word, and the bytes and attributes it has, so that it can be put back to the letter. */
export interface WordFile {
  /** Null where there is no such file, or none with a word in it. */
  readonly word: string | null
  readonly is: AsItIs
}

/** Part of a hint; null where there is no file. */
export type AsItIs = ({ readonly hash: Hash } & Pick<Attributes, keyof Attributes>) | null

/** Reads the word of a file such as /etc/hostname; comments do not count. */
export async function readWord(host: HostReader, path: string): Promise<WordFile> {
  const [[stat], [content]] = await Promise.all([host.stat([path]), host.readFiles([path])])
  if (stat === undefined || stat.type === 'absent') return { word: null, is: null }
  if (stat.type !== 'file') throw new TaskFailed(`${path} is a ${stat.type}, where a file is wanted.`)
  const lines = (content?.toString() ?? '').split('\n').map((line) => line.trim())
  const word = lines.find((line) => line !== '' && !line.startsWith('#')) ?? null
  const { hash, mode, owner, group } = stat
  return { word, is: { hash, mode, owner, group } }
}

/** Puts a word there, or no file; `as` are the bytes that stood there when the word was this one. */
export async function writeWord(
  host: Host,
  path: string,
  word: string | null,
  as: AsItIs | undefined,
): Promise<void> {
  const { is: now } = await readWord(host, path)
  const was = now === null ? {} : { was: now.hash }
  if (as === null || (as === undefined && word === null)) {
    return now === null ? undefined : host.remove(path, was)
  }
  const { hash, ...attributes } = as ?? { ...(now ?? systemFile), hash: host.keep(`${word}\n`) }
  if (now?.hash !== hash) return host.writeFile(path, hash, { ...attributes, ...was })
}
