import { quote } from './command.ts'
import type { Hash } from './host.ts'

const persistent = '/var/lib/troupe'
const passing = '/run/troupe'

/** Where a host keeps what is ours. */
export type OurPaths = ReturnType<typeof ourPathsUnder>

/** All of it, under two folders; what stands under the second goes with a boot, and that is its meaning. */
export function ourPathsUnder(persistent: string, passing: string) {
  return {
    persistent,
    key: `${persistent}/key`,
    runs: `${persistent}/runs`,
    before: `${persistent}/before`,
    /** What stood before our first change ever. */
    origins: `${persistent}/origins`,
    /** What archives brought, and what stood there before. */
    unpacked: `${persistent}/unpacked`,
    /** What commands have taken up, which outlives a boot as what they did does. */
    commands: `${persistent}/commands`,
    /** What came along with packages. */
    packages: `${persistent}/packages`,
    /** Which run booted the host, and what for. */
    reboots: `${persistent}/reboots`,
    /** Which run asked for a certificate. */
    certificates: `${persistent}/certificates`,
    passing,
    lock: `${passing}/lock`,
    jobs: `${passing}/jobs`,
    /** Digests before our first write since the host was booted. */
    changed: `${passing}/changed`,
    /** What units have taken up. */
    units: `${passing}/units`,
    /** Which run restarted a unit on request. */
    restarted: `${passing}/restarted`,
  } as const
}

/** Where it is for root, and by which names it is known everywhere: see `placeOf`. */
export const ourPaths = ourPathsUnder(persistent, passing)

/** Where a path stands for whom a host is worked on as: what is ours has one name, and a place a user. */
export function placeOf(path: string, paths: OurPaths): string {
  for (const [name, place] of [
    [persistent, paths.persistent],
    [passing, paths.passing],
  ] as const) {
    if (path === name || path.startsWith(`${name}/`)) return place + path.slice(name.length)
  }
  return path
}

/** Whether a path is the name of something of ours. */
export function isOurs(path: string): boolean {
  return path.startsWith(`${persistent}/`) || path.startsWith(`${passing}/`)
}

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
