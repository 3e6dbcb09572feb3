import { join } from 'node:path'
import type { Cgroup } from './cgroups.ts'
import { startInside } from './daemons.ts'
import { isForged } from './forge/stock.ts'
import { answers } from './network.ts'
import { waitFor } from './wait.ts'

/** Whose releases a lab serves: what the forge built, or those of the stand-in for k3s and RKE2. */
export type Releases = 'forge' | 'stand-in'

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
  const program = join(import.meta.dirname, releases, 'serve.ts')
  // The lab's processes start in /, where no package is found by its name.
  const args = ['--import', import.meta.resolve('tsx'), program, address, String(port)]
  const log = join(dir, 'release-server', 'output.log')
  await startInside(cgroup, log, process.execPath, args)
  await waitFor(`release server on ${address}:${port}; see ${log}`, 10_000, () => answers(address, port))
}
