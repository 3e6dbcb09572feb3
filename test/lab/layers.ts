import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './command.ts'
import { type HostRecord, rootOf } from './record.ts'

/** Puts a host's root together: the base, what the lab gave it, and on top what it writes. */
export async function mountLayers(host: HostRecord): Promise<void> {
  const disk = join(host.layers, 'disk')
  mkdirSync(disk, { recursive: true })
  if (host.diskMb !== undefined) {
    const image = join(host.layers, 'disk.ext4')
    writeFileSync(image, '')
    truncateSync(image, host.diskMb * 1024 * 1024)
    await command('mkfs.ext4', ['-q', '-m', '0', image])
    await command('mount', ['-o', 'loop', image, disk])
  }
  for (const dir of host.plainDirs ?? []) {
    mkdirSync(plainOf(host, dir), { recursive: true })
    mkdirSync(join(host.layers, 'seed', dir), { recursive: true })
  }
  for (const dir of [upperOf(host), join(disk, 'work'), rootOf(host)]) mkdirSync(dir, { recursive: true })
  const options = [
    `lowerdir=${lowersOf(host).join(':')}`,
    `upperdir=${upperOf(host)}`,
    `workdir=${join(disk, 'work')}`,
    // What stands in the upper layer is whole, so that it can be read from outside.
    'index=off,metacopy=off,redirect_dir=off',
    // A host that is thrown away need not wait for the disk; what it wrote outlives its power cut all the same.
    'volatile',
  ]
  await command('mount', ['-t', 'overlay', 'overlay', '-o', options.join(','), rootOf(host)])
}

export const upperOf = (host: HostRecord) => join(host.layers, 'disk/upper')

/** Where a folder outside the overlay stands: a container runtime cannot put an overlay of its own on an overlay. */
export const plainOf = (host: HostRecord, dir: string) =>
  join(host.layers, 'disk/plain', dir.replaceAll('/', '-'))

/** Where a host's untouched files come from, the nearest first. */
export const lowersOf = (host: HostRecord) => [join(host.layers, 'seed'), host.base] as const

/** Takes away every mount below the folders, whoever made it. */
export async function unmountBelow(dirs: readonly string[]): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .trim()
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((at) => dirs.some((dir) => at.startsWith(`${dir}/`)))
  for (const at of mounts.toReversed()) if (existsSync(at)) await command('umount', [at])
}

// The kernel writes blanks in paths as \040.
const unescape = (path: string) =>
  path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
