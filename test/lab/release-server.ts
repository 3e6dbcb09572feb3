import { join } from 'node:path'
import type { Cgroup } from './cgroups.ts'
import { startInside } from './daemons.ts'
import { etcdReleaseDir, makeEtcdReleases } from './etcd/releases.ts'
import { broughtDir, isForged, releaseDir } from './forge/stock.ts'
import { answers } from './network.ts'
import { waitFor } from './wait.ts'

/** Whose releases a lab serves: what the forge built, those of the stand-in for k3s and RKE2, or etcd as Debian has it. */
export const releases = ['forge', 'stand-in', 'etcd'] as const

export type Releases = (typeof releases)[number]

const programs: Readonly<Record<Releases, { readonly file: string; readonly folders: readonly string[] }>> = {
  forge: { file: 'forge/serve.ts', folders: [releaseDir, broughtDir] },
  'stand-in': { file: 'stand-in/serve.ts', folders: [] },
  etcd: { file: 'forge/serve.ts', folders: [etcdReleaseDir] },
}

const port = 3180
const places = ['dl.k8s.io', 'github.com', 'get.k3s.io', 'update.k3s.io']

export const releaseUrl = (address: string) => `http://${address}:${port}`

/** What sends a run to the lab for what it would fetch from official places, and nowhere else. */
export const mirrorsOf = (address: string) =>
  places.map((place) => ({ from: `https://${place}/`, to: `${releaseUrl(address)}/${place}/`, only: true }))

/** Hands out release files and images as their official places would. */
export async function startReleaseServer(
  releases: Releases,
  dir: string,
  cgroup: Cgroup,
  address: string,
): Promise<void> {
  if (releases === 'forge' && !isForged())
    throw new Error(
      'The releases that this lab is to serve are not built: `test/lab/main.ts forge` builds them.',
    )
  if (releases === 'etcd') await makeEtcdReleases()
  const { file, folders } = programs[releases]
  // The lab's processes start in /, where no package is found by its name.
  const args = [
    '--import',
    import.meta.resolve('tsx'),
    join(import.meta.dirname, file),
    address,
    String(port),
    ...folders,
  ]
  const log = join(dir, 'release-server', 'output.log')
  await startInside(cgroup, log, process.execPath, args)
  await waitFor(`release server on ${address}:${port}; see ${log}`, 10_000, () => answers(address, port))
}
