import { join } from 'node:path'
import { childCgroup, makeCgroup, ownCgroup, removeCgroup } from './cgroups.ts'
import { command } from './command.ts'
import { withLock } from './lock.ts'
import { aptSources, type Release } from './mirrors.ts'
import { keepPackages, proxyUrl, startPackageProxy } from './package-proxy.ts'
import { cacheDir } from './places.ts'

export interface TreeRecipe {
  readonly release: Release
  readonly variant: 'minbase' | 'extract'
  readonly packages: string
}

/** Unpacks packages of Debian, with what they need, into a folder that is still to come. */
export async function debianTree(recipe: TreeRecipe, work: string, root: string): Promise<void> {
  // Two package proxies on one address would be one too many.
  await withLock(join(cacheDir, 'debian-tree.lock'), () => unpack(recipe, work, root))
}

async function unpack(recipe: TreeRecipe, work: string, root: string): Promise<void> {
  const cgroup = childCgroup(ownCgroup(), 'troupe-lab-build')
  await removeCgroup(cgroup)
  makeCgroup(cgroup)
  try {
    await startPackageProxy(work, cgroup, '127.0.0.1')
    await command('mmdebstrap', [
      `--variant=${recipe.variant}`,
      `--include=${recipe.packages}`,
      `--aptopt=Acquire::http::Proxy "${proxyUrl('127.0.0.1')}"`,
      '--skip=cleanup/apt/lists',
      recipe.release,
      root,
      ...(await aptSources(recipe.release)),
    ])
    keepPackages(work)
  } finally {
    await removeCgroup(cgroup)
  }
}
