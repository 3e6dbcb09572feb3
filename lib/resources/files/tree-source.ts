import { readdir, readlink, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { readSourceFile } from './source-file.ts'

/** One thing in a folder on the controller that is to stand on a host. */
export type Source =
  | { readonly type: 'file'; readonly content: Buffer; readonly executable: boolean }
  | { readonly type: 'directory' }
  | { readonly type: 'link'; readonly target: string }

const executableByOwner = 0o100

/** All that a folder of the role's `files/` holds, by name: `.` for itself, then `./bin/x`. */
export async function readSource(roleFolder: string, source: string): Promise<ReadonlyMap<string, Source>> {
  const root = resolve(roleFolder, 'files', source)
  const found = await stat(root).catch(() => undefined)
  if (found?.isDirectory() !== true) {
    throw new TypeError(
      `The source of a tree is to be a folder, and ${root} is ${found === undefined ? 'not there' : 'none'}.`,
    )
  }
  const listed = await readdir(root, { recursive: true, withFileTypes: true })
  const sources = await Promise.all(
    listed.map(async (entry): Promise<[string, Source]> => {
      const path = join(entry.parentPath, entry.name)
      const name = `./${relative(root, path).split(sep).join('/')}`
      if (name.includes('\n'))
        throw new TypeError(`The name of ${JSON.stringify(path)} is more than one line.`)
      if (entry.isDirectory()) return [name, { type: 'directory' }]
      if (entry.isSymbolicLink()) return [name, { type: 'link', target: await readlink(path) }]
      if (!entry.isFile()) throw new TypeError(`${path} is no file, folder or link, so it cannot be copied.`)
      const [content, { mode }] = await Promise.all([readSourceFile(path), stat(path)])
      return [name, { type: 'file', content, executable: (mode & executableByOwner) !== 0 }]
    }),
  )
  return new Map([['.', { type: 'directory' }], ...sources.toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
