import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { command } from '../command.ts'
import { forgeDir } from '../places.ts'
import { programFile } from './build.ts'
import { cniNames, containerdNames, kubernetesServers, kubernetesTools } from './programs.ts'
import { releaseDir } from './stock.ts'
import { bare, kubernetes, sources } from './versions.ts'

/** A file as its project publishes it. */
export interface Release {
  /** Its address, without the scheme. */
  readonly place: string
  /** Of an archive, each member with its program; of a single program, its name. */
  readonly holds: string | Readonly<Record<string, string>>
  /** Where its SHA-256 stands, and in which of the two usual forms. */
  readonly sum: { readonly place: string; readonly form: 'hash' | 'hash and name' }
}

const under = (folder: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [join(folder, name), name]))

const beside = (place: string, form: Release['sum']['form'], ending = 'sha256') => ({
  place,
  sum: { place: `${place}.${ending}`, form },
})

const github = (source: { readonly version: string }, project: string, file: string) =>
  `github.com/${project}/releases/download/${source.version}/${file}`

const { cni, containerd, crictl, etcd, runc } = sources
const etcdName = `etcd-${etcd.version}-linux-amd64`
const etcdPlace = (file: string) => github(etcd, 'etcd-io/etcd', file)
const runcPlace = (file: string) => github(runc, 'opencontainers/runc', file)

export const releases: readonly Release[] = [
  ...[...kubernetesTools, ...kubernetesServers].map((name) => ({
    ...beside(`dl.k8s.io/release/${kubernetes}/bin/linux/amd64/${name}`, 'hash'),
    holds: name,
  })),
  {
    place: etcdPlace(`${etcdName}.tar.gz`),
    holds: under(etcdName, ['etcd', 'etcdctl', 'etcdutl']),
    sum: { place: etcdPlace('SHA256SUMS'), form: 'hash and name' },
  },
  {
    ...beside(
      github(cni, 'containernetworking/plugins', `cni-plugins-linux-amd64-${cni.version}.tgz`),
      'hash and name',
    ),
    holds: under('.', cniNames),
  },
  {
    ...beside(
      github(crictl, 'kubernetes-sigs/cri-tools', `crictl-${crictl.version}-linux-amd64.tar.gz`),
      'hash',
    ),
    holds: under('.', ['crictl']),
  },
  {
    ...beside(
      github(
        containerd,
        'containerd/containerd',
        `containerd-${bare(containerd.version)}-linux-amd64.tar.gz`,
      ),
      'hash and name',
      'sha256sum',
    ),
    holds: under('bin', containerdNames),
  },
  {
    place: runcPlace('runc.amd64'),
    holds: 'runc',
    sum: { place: runcPlace('runc.sha256sum'), form: 'hash and name' },
  },
]

/** Where a file stands that is served under an address. */
export const releaseFile = (place: string) => join(releaseDir, place)

/** Puts a file in its place, with its checksum, unless it stands there, newer than its programs are. */
export async function publish(release: Release, rebuilt: ReadonlySet<string>): Promise<boolean> {
  const file = releaseFile(release.place)
  const sum = releaseFile(release.sum.place)
  const names = typeof release.holds === 'string' ? [release.holds] : Object.values(release.holds)
  if (existsSync(file) && existsSync(sum) && !names.some((name) => rebuilt.has(name))) return false
  rmSync(sum, { force: true })
  mkdirSync(dirname(file), { recursive: true })
  const work = mkdtempSync(join(forgeDir, 'work-'))
  try {
    const made = join(work, 'made')
    if (typeof release.holds === 'string') copyFileSync(programFile(release.holds), made)
    else await pack(release.holds, join(work, 'tree'), made)
    renameSync(made, file)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const hash = await sha256(file)
  writeFileSync(sum, release.sum.form === 'hash' ? hash : `${hash}  ${basename(file)}\n`)
  return true
}

async function pack(holds: Readonly<Record<string, string>>, tree: string, archive: string): Promise<void> {
  for (const [member, program] of Object.entries(holds)) {
    mkdirSync(dirname(join(tree, member)), { recursive: true })
    copyFileSync(programFile(program), join(tree, member))
  }
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  await command('tar', [...same, '-I', 'gzip -1', '-C', tree, '-cf', archive, '.'])
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
