import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { command } from './command.ts'
import { debianTree, type TreeRecipe } from './debian-tree.ts'
import { withLock } from './lock.ts'
import { aptSettings, aptSources, type Release } from './mirrors.ts'
import { installTools } from './packages.ts'
import { cacheDir } from './places.ts'
import { allRecords } from './record.ts'

/** What a host can be made of. */
export const systems = ['bookworm', 'trixie', 'busybox', 'bookworm-bare'] as const
export type System = (typeof systems)[number]

/** Passwords of the accounts that have one, in every Debian host. */
export const passwords = { admin: 'admin-of-the-lab', guest: 'guest-of-the-lab' } as const

const basesDir = join(cacheDir, 'base')
const building = 'building-'
const lockFile = join(cacheDir, 'base.lock')

const debianPackages =
  'systemd,systemd-sysv,dbus,openssh-server,sudo,iproute2,procps,kmod,ca-certificates,curl,iputils-ping'

interface Recipe extends TreeRecipe {
  readonly files: 'debian' | 'busybox'
}

const recipes: Readonly<Record<System, Recipe>> = {
  bookworm: debian('bookworm', `${debianPackages},python3`),
  trixie: debian('trixie', `${debianPackages},python3`),
  'bookworm-bare': debian('bookworm', debianPackages),
  busybox: {
    release: 'bookworm',
    variant: 'extract',
    packages: 'busybox-static,dropbear-bin',
    files: 'busybox',
  },
}

function debian(release: Release, packages: string): Recipe {
  return { release, variant: 'minbase', packages, files: 'debian' }
}

/** The root file system that hosts of this system stand on, built when it is not there yet. Nobody writes to it. */
export async function base(system: System): Promise<string> {
  const dir = await baseDir(system)
  if (existsSync(dir)) return dir
  return withLock(lockFile, async () => {
    if (!existsSync(dir)) await build(recipes[system], dir)
    return dir
  })
}

/** Lets every base be built anew, with the packages of today. */
export async function forgetBases(): Promise<void> {
  const used = allRecords().map(({ name }) => name)
  if (used.length > 0)
    throw new Error(`Hosts stand on the bases; take these labs down first: ${used.join(', ')}.`)
  await withLock(lockFile, async () => rmSync(basesDir, { recursive: true, force: true }))
}

// A base carries the mark of all that went into it: a changed recipe is another base.
async function baseDir(system: System): Promise<string> {
  const recipe = recipes[system]
  const hash = createHash('sha256').update(JSON.stringify([recipe, await aptSources(recipe.release)]))
  const rootfs = join(import.meta.dirname, 'rootfs')
  for (const entry of readdirSync(rootfs, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && path.startsWith(join(rootfs, recipe.files)))
      hash.update(path.slice(rootfs.length)).update(readFileSync(path))
  }
  return join(basesDir, `${system}-${hash.digest('hex').slice(0, 12)}`)
}

async function build(recipe: Recipe, dir: string): Promise<void> {
  await installTools()
  mkdirSync(basesDir, { recursive: true })
  removeOutdated(dir)
  const work = mkdtempSync(join(basesDir, building))
  const root = join(work, 'root')
  try {
    await debianTree(recipe, work, root)
    await finish(recipe, root)
    renameSync(root, dir)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

// What an earlier recipe made and no host stands on, and what a build that was killed left.
function removeOutdated(dir: string): void {
  const system = basename(dir).replace(/-[^-]+$/, '')
  const used = allRecords().flatMap(({ hosts }) => hosts.map(({ base: inUse }) => inUse))
  for (const name of readdirSync(basesDir)) {
    const outdated = name.replace(/-[^-]+$/, '') === system && !used.includes(join(basesDir, name))
    if (outdated || name.startsWith(building)) rmSync(join(basesDir, name), { recursive: true, force: true })
  }
}

async function finish(recipe: Recipe, root: string): Promise<void> {
  const here = join(import.meta.dirname, 'rootfs')
  const pack = 'tar -C "$1" --mode=u=rwX,go=rX --owner=0 --group=0 -c . | tar -C "$2" --no-overwrite-dir -x'
  await command('sh', ['-c', pack, 'pack', join(here, recipe.files), root])
  const shell = recipe.files === 'busybox' ? ['/bin/busybox', 'sh'] : ['/bin/sh']
  await command('chroot', [root, ...shell], readFileSync(join(here, `${recipe.files}.sh`), 'utf8'))
  if (recipe.files === 'busybox') return
  rmSync(join(root, 'etc/apt/apt.conf.d/99mmdebstrap'), { force: true })
  writeFileSync(join(root, 'etc/apt/apt.conf.d/10lab-mirror'), await aptSettings())
  const lines = Object.entries(passwords).map(([account, password]) => `${account}:${password}\n`)
  await command('chroot', [root, '/usr/sbin/chpasswd'], lines.join(''))
}
