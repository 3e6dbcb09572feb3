import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Variables } from '../inventory/located.ts'
import type { Sources } from './sources.ts'
import { parseVariables } from './yaml-file.ts'

const endings = ['', '.yml', '.yaml', '.json']

/** Reads `group_vars` and `host_vars`, each file once however many hosts ask for it. */
export class VarsFiles {
  readonly #sources: Sources
  readonly #found = new Map<string, Promise<readonly Variables[]>>()
  readonly #names = new Map<string, Promise<ReadonlySet<string>>>()

  constructor(sources: Sources) {
    this.#sources = sources
  }

  /** The variables of groups or hosts beside some sources, in the order in which they take effect. */
  async each(
    places: readonly string[],
    kind: 'group_vars' | 'host_vars',
    names: readonly string[],
  ): Promise<readonly Variables[]> {
    const read: Variables[] = []
    for (const place of places) {
      const folder = join(place, kind)
      // Thousands of hosts have no file of their own: each folder is looked at once for all of them.
      const there = await this.#namesIn(folder)
      for (const name of names)
        if (there.has(nameInFolder(name))) read.push(...(await this.#of(join(folder, name), name)))
    }
    return read
  }

  #of(path: string, name: string): Promise<readonly Variables[]> {
    const known = this.#found.get(path) ?? readAll(path, name, this.#sources)
    this.#found.set(path, known)
    return known
  }

  #namesIn(folder: string): Promise<ReadonlySet<string>> {
    const known = this.#names.get(folder) ?? namesIn(folder)
    this.#names.set(folder, known)
    return known
  }
}

/** What stands in a folder, with and without its ending; nothing where there is no such folder. */
async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  const names = await readdir(folder).catch(() => [])
  return new Set(names.flatMap((name) => [name, name.replace(/\.(?:yml|yaml|json)$/, '')]))
}

/** A host may be called like a path in the folder. */
function nameInFolder(name: string): string {
  return name.split('/')[0] ?? name
}

/** A file of variables as it was read, or why it cannot be. */
export async function readVariables(file: string, sources: Sources): Promise<Variables> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const found = code === 'ENOENT' ? 'there is none' : `it cannot be read (${code})`
    throw new UserError(
      `${file}: expected a file of variables, but ${found}`,
      'Correct the path or its mode.',
      {
        cause,
      },
    )
  }
  return parseVariables(text, file, sources)
}

async function readAll(path: string, name: string, sources: Sources): Promise<readonly Variables[]> {
  // A host may be called like a path; Ansible passes over those, too.
  if (name.startsWith('/')) return []
  return Promise.all((await filesOf(path)).map((file) => readVariables(file, sources)))
}

/** The first of `name`, `name.yml`, `name.yaml`, `name.json` that there is; all of it when it is a folder. */
async function filesOf(path: string): Promise<readonly string[]> {
  for (const ending of endings) {
    const found = await stat(path + ending).catch(() => undefined)
    if (found?.isDirectory() === true) return inFolder(path + ending)
    if (found !== undefined) return [path + ending]
  }
  return []
}

async function inFolder(folder: string): Promise<readonly string[]> {
  const files: string[] = []
  for (const name of (await readdir(folder)).toSorted()) {
    if (name.startsWith('.') || name.endsWith('~')) continue
    const path = join(folder, name)
    const found = await stat(path)
    if (found.isDirectory() && extname(name) === '') files.push(...(await inFolder(path)))
    else if (found.isFile() && endings.includes(extname(name))) files.push(path)
  }
  return files
}
