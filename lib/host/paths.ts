import { quote } from './command.ts'
import type { Hash } from './host.ts'

/** Where a host keeps what is ours. What stands under /run goes with a boot, and that is its meaning. */
export const ourPaths = {
  persistent: '/var/lib/troupe',
  key: '/var/lib/troupe/key',
  runs: '/var/lib/troupe/runs',
  before: '/var/lib/troupe/before',
  /** What stood before our first change ever. */
  origins: '/var/lib/troupe/origins',
  /** What archives brought, and what stood there before. */
  unpacked: '/var/lib/troupe/unpacked',
  passing: '/run/troupe',
  lock: '/run/troupe/lock',
  jobs: '/run/troupe/jobs',
  /** Digests before our first write since the host was booted. */
  changed: '/run/troupe/changed',
} as const

/** The file that keeps content which was overwritten. */
export function beforeImage(hash: Hash): string {
  return `${ourPaths.before}/${hash.slice('h:'.length)}`
}

/** The name under which new content is written before it takes its place; the same each time, so none piles up. */
export function temporaryBeside(path: string): string {
  const slash = path.lastIndexOf('/')
  return `${path.slice(0, slash)}/.${path.slice(slash + 1)}.troupe`
}

/** A path as a shell word; one that a command's output could not be told apart by is refused. */
export function quotedPath(path: string): string {
  if (!path.startsWith('/') || path.includes('\n'))
    throw new TypeError(`${JSON.stringify(path)} is no absolute path.`)
  return quote(path)
}
