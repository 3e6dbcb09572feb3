import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { lowersOf, plainOf, upperOf } from './layers.ts'
import { type HostRecord, rootOf } from './record.ts'

/**
 * What differs between a host's tree and the layers it stands on, a line each: `path PATH TYPE MODE UID:GID CONTENT` for
 * what was added or changed, `removed PATH` for what is gone. The upper layer only says where to look: an overlay
 * copies up what nobody changed.
 */
export function changedPaths(host: HostRecord): readonly string[] {
  const root = rootOf(host)
  const lowers = lowersOf(host)
  const lines: string[] = []

  const visit = (path: string, dirIsNew: boolean) => {
    const below = dirIsNew ? new Set<string>() : namesIn(lowers.map((lower) => join(lower, path)))
    const merged = namesIn([join(root, path)])
    for (const name of below) if (!merged.has(name)) lines.push(`removed ${join(path, name)}`)
    for (const name of namesIn([join(upperOf(host), path)])) {
      if (!merged.has(name)) continue
      const child = join(path, name)
      const at = join(root, child)
      const now = lstatSync(at)
      const origin = below.has(name) ? firstOf(lowers, child) : undefined
      const line = describe(at, now)
      if (origin === undefined || line !== describe(origin.at, origin.stats))
        lines.push(`path ${child} ${line}`)
      if (now.isDirectory()) visit(child, origin?.stats.isDirectory() !== true)
    }
  }
  visit('/', false)
  for (const dir of host.plainDirs ?? []) lines.push(...everythingIn(plainOf(host, dir), dir))
  return lines
}

function everythingIn(dir: string, asPath: string): readonly string[] {
  return [...namesIn([dir])].flatMap((name) => {
    const [at, path] = [join(dir, name), join(asPath, name)]
    const stats = lstatSync(at)
    return [`path ${path} ${describe(at, stats)}`, ...(stats.isDirectory() ? everythingIn(at, path) : [])]
  })
}

interface Origin {
  readonly at: string
  readonly stats: Stats
}

function firstOf(lowers: readonly string[], path: string): Origin | undefined {
  for (const lower of lowers) {
    const at = join(lower, path)
    const stats = lstatSync(at, { throwIfNoEntry: false })
    if (stats !== undefined) return { at, stats }
  }
  return undefined
}

function describe(at: string, stats: Stats): string {
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0')
  return `${kindOf(stats)} ${mode} ${stats.uid}:${stats.gid} ${contentOf(at, stats)}`.trimEnd()
}

function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'dir'
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isFIFO()) return 'fifo'
  return stats.isSocket() ? 'socket' : 'device'
}

function contentOf(at: string, stats: Stats): string {
  if (stats.isSymbolicLink()) return readlinkSync(at)
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return String(stats.rdev)
  return stats.isFile() ? createHash('sha256').update(readFileSync(at)).digest('hex').slice(0, 16) : ''
}

function namesIn(dirs: readonly string[]): Set<string> {
  return new Set(
    dirs.flatMap((dir) => {
      try {
        return readdirSync(dir)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'ENOENT' || code === 'ENOTDIR') return []
        throw error
      }
    }),
  )
}
