import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { command } from '../command.ts'
import { debianTree } from '../debian-tree.ts'
import { sha256 } from '../forge/releases.ts'
import { withLock } from '../lock.ts'
import { cacheDir } from '../places.ts'
import type { Release } from '../mirrors.ts'

/** Release archives of etcd under their official addresses, made of the programs that Debian packages. */
export const etcdReleaseDir = join(dirname(cacheDir), 'etcd')

/** Which version a release of Debian has: what one upgrades from, and to. */
export const etcdVersions = { bookworm: '3.4.23', trixie: '3.5.16' } as const satisfies Record<
  Release,
  string
>

const programs = ['etcd', 'etcdctl', 'etcdutl']

/** Makes those that are not there yet. */
export async function makeEtcdReleases(): Promise<void> {
  mkdirSync(etcdReleaseDir, { recursive: true })
  await withLock(join(etcdReleaseDir, 'lock'), async () => {
    for (const release of ['bookworm', 'trixie'] as const) await make(release, etcdVersions[release])
  })
}

async function make(release: Release, version: string): Promise<void> {
  const folder = `etcd-v${version}-linux-amd64`
  const archive = join(
    etcdReleaseDir,
    `github.com/etcd-io/etcd/releases/download/v${version}/${folder}.tar.gz`,
  )
  const sums = join(dirname(archive), 'SHA256SUMS')
  if (existsSync(sums)) return
  const work = mkdtempSync(join(etcdReleaseDir, 'work-'))
  try {
    const tree = join(work, 'debian')
    await debianTree({ release, variant: 'extract', packages: 'etcd-server,etcd-client' }, work, tree)
    const there = programs.filter((name) => existsSync(join(tree, 'usr/bin', name)))
    const said = await command(join(tree, 'usr/bin/etcd'), ['--version'])
    if (!said.includes(`etcd Version: ${version}\n`))
      throw new Error(`Debian's ${release} was to have etcd ${version}, and has this: ${said}`)
    mkdirSync(join(work, folder))
    for (const name of there) renameSync(join(tree, 'usr/bin', name), join(work, folder, name))
    mkdirSync(dirname(archive), { recursive: true })
    await command('tar', ['--sort=name', '--owner=0', '--group=0', '-C', work, '-czf', archive, folder])
    writeFileSync(sums, `${await sha256(archive)}  ${basename(archive)}\n`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
