import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { globMatches } from '../patterns.ts'
import { refusedSetting } from './refused.ts'
import { type Line, readLine } from './words.ts'

/** A line of ssh_config; for `Include`, with all that is included. */
export interface ConfigLine extends Line {
  /** `FILE:LINE`, for messages. */
  readonly place: string
  readonly included: readonly (readonly ConfigLine[])[]
}

export type ConfigFile = readonly ConfigLine[]

const read = new Map<string, Promise<ConfigFile>>()
const deepest = 16

/** The files that ssh would read, in its order; each is read once in the life of this process. */
export async function configFiles(named: string | undefined): Promise<readonly ConfigFile[]> {
  if (named?.toLowerCase() === 'none') return []
  if (named !== undefined) return [await once(named, userFolder(), true)]
  return await Promise.all([
    once(join(userFolder(), 'config'), userFolder(), false),
    once('/etc/ssh/ssh_config', '/etc/ssh', false),
  ])
}

function userFolder(): string {
  return join(homedir(), '.ssh')
}

function once(file: string, folder: string, needed: boolean): Promise<ConfigFile> {
  const known = read.get(file) ?? readConfig(file, folder, needed ? 'needed' : 'optional')
  read.set(file, known)
  return known
}

async function readConfig(
  file: string,
  folder: string,
  presence: 'needed' | 'optional',
  depth = 0,
): Promise<ConfigFile> {
  if (depth > deepest) throw refusedSetting(file, 'it is included more than 16 deep. Does it include itself?')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (presence === 'optional' && error.code === 'ENOENT') return ''
    throw refusedSetting(file, `it cannot be read: ${error.message}`, { cause: error })
  })
  const lines: ConfigLine[] = []
  for (const [index, written] of text.split('\n').entries()) {
    const line = readLine(written)
    if (line === undefined) continue
    const names = line.keyword === 'include' ? (line.words ?? []) : []
    const files = (await Promise.all(names.map((name) => named(name, folder)))).flat()
    const included = await Promise.all(files.map((one) => readConfig(one, folder, 'optional', depth + 1)))
    lines.push({ ...line, place: `${file}:${index + 1}`, included })
  }
  return lines
}

/** The files that an `Include` names, in the order of their names. */
async function named(written: string, folder: string): Promise<readonly string[]> {
  const path = written.replace(/^~(?=\/)/, homedir())
  const steps = (path.startsWith('/') ? path : join(folder, path)).split('/').slice(1)
  let found: readonly string[] = ['']
  for (const step of steps) {
    const next = found.map(async (base) => {
      if (!/[*?]/.test(step)) return [`${base}/${step}`]
      const names = await readdir(`${base}/`).catch(() => [])
      return names
        .filter((name) => globMatches(step, name) && (step.startsWith('.') || !name.startsWith('.')))
        .toSorted()
        .map((name) => `${base}/${name}`)
    })
    found = (await Promise.all(next)).flat()
  }
  return found
}
