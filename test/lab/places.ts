import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Where root file systems, packages and the layers of running hosts stand; outside the repository. */
export const cacheDir = resolve(
  process.env.TROUPE_LAB_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'troupe/lab'),
)

/** Where the programs stand that the lab builds for its hosts. */
export const forgeDir = join(dirname(cacheDir), 'forge')

/** Where every lab of this machine is on record, whoever started it. */
export const stateRoot = '/run/troupe-lab'

export const labsDir = join(stateRoot, 'labs')
export const labDir = (name: string) => join(labsDir, name)
