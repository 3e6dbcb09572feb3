import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Cgroup } from './cgroups.ts'
import { startInside } from './daemons.ts'
import { mirrors, upstreamProxy } from './mirrors.ts'
import { answers } from './network.ts'
import { cacheDir } from './places.ts'
import { waitFor } from './wait.ts'

// Not the port of its package, which may be at work here for others.
const port = 3143
const shared = join(cacheDir, 'packages')

export const proxyUrl = (address: string) => `http://${address}:${port}`

/**
 * Starts a caching proxy that hands out the packages of this machine's mirrors and nothing else. It has a cache of
 * its own, because two of them do not share a folder safely; packages go in and out of it as links.
 */
export async function startPackageProxy(dir: string, cgroup: Cgroup, address: string): Promise<void> {
  const cache = join(dir, 'packages')
  mkdirSync(cache, { recursive: true })
  mkdirSync(shared, { recursive: true })
  linkPackages(shared, cache)
  const conf = join(dir, 'package-proxy')
  mkdirSync(conf, { recursive: true })
  const upstream = await upstreamProxy()
  const remaps = (await mirrors()).map((mirror, i) => `Remap-m${i}: ${mirror.asked} ; ${mirror.upstream}`)
  const settings = [
    'ForeGround: 1',
    `BindAddress: ${address}`,
    `Port: ${port}`,
    `CacheDir: ${cache}`,
    `LogDir: ${conf}`,
    `PidFile: ${join(conf, 'pid')}`,
    'SupportDir: /usr/lib/apt-cacher-ng',
    'ForceManaged: 1',
    ...(upstream === undefined ? [] : [`Proxy: ${upstream}`]),
    ...remaps,
  ]
  writeFileSync(join(conf, 'acng.conf'), `${settings.join('\n')}\n`)
  await startInside(cgroup, join(conf, 'output.log'), '/usr/sbin/apt-cacher-ng', ['-c', conf])
  await waitFor(`package proxy on ${address}:${port}; see ${conf}`, 10_000, () => answers(address, port))
}

/** Hands the packages that a lab has fetched to the labs to come. */
export function keepPackages(dir: string): void {
  if (existsSync(join(dir, 'packages'))) linkPackages(join(dir, 'packages'), shared)
}

function linkPackages(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    const target = join(to, relative(from, file))
    if (!entry.name.endsWith('.deb') || existsSync(target) || !isWhole(file)) continue
    mkdirSync(dirname(target), { recursive: true })
    cpSync(`${file}.head`, `${target}.head`)
    linkSync(file, target)
  }
}

// A proxy that was stopped in the middle leaves a part, to which it would later append.
function isWhole(file: string): boolean {
  if (!existsSync(`${file}.head`)) return false
  const length = readFileSync(`${file}.head`, 'latin1').match(/^Content-Length:\s*(\d+)/im)?.[1]
  return length !== undefined && Number(length) === statSync(file).size
}
