import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { killMembers, removeCgroup } from './cgroups.ts'
import { unmountBelow } from './layers.ts'
import { restoreLimits } from './limits.ts'
import { withLock } from './lock.ts'
import { removeBridge } from './network.ts'
import { keepPackages } from './package-proxy.ts'
import { labDir, labsDir, stateRoot } from './places.ts'
import { allRecords, type HostRecord, isAbandoned, type LabRecord, readRecord, rootOf } from './record.ts'

/** Held while labs come and go, so that the first and the last of them are known. */
export const withMachineLock = <T>(work: () => Promise<T>) => withLock(join(stateRoot, 'lock'), work)

/** Takes a lab away by its record alone, from any process, in whatever state it is. */
export async function takeDown(record: LabRecord): Promise<void> {
  const dir = labDir(record.name)
  keepPackages(dir)
  await killMembers(record.cgroup)
  await removeCgroup(record.cgroup)
  for (const host of record.hosts) forgetMachine(host)
  await unmountBelow([dir, record.layers])
  await removeBridge(record.subnet)
  rmSync(record.layers, { recursive: true, force: true })
  rmSync(dir, { recursive: true, force: true })
  if (allRecords().length === 0) restoreLimits()
}

// What nspawn itself leaves of a host; its locks are named after the root's folder, so that must still be mounted.
function forgetMachine(host: HostRecord): void {
  const root = statSync(rootOf(host), { throwIfNoEntry: false })
  const left = [`propagate/${host.machine}`, `unix-export/${host.machine}`]
  if (root !== undefined) left.push(`locks/inode-${root.dev}:${root.ino}`)
  for (const path of left) rmSync(join('/run/systemd/nspawn', path), { recursive: true, force: true })
}

/** Takes away every lab whose owner is gone, and returns their names. Needs the machine lock. */
export async function sweepAbandoned(): Promise<readonly string[]> {
  const swept: string[] = []
  for (const record of allRecords().filter(isAbandoned)) {
    try {
      await takeDown(record)
      swept.push(record.name)
    } catch (error) {
      // It may be in use by somebody's shell; that must not keep others from a lab of their own.
      console.error(`The abandoned lab ${record.name} could not be swept away:`, error)
    }
  }
  for (const name of existsSync(labsDir) ? readdirSync(labsDir) : [])
    if (readRecord(name) === undefined) rmSync(labDir(name), { recursive: true, force: true })
  if (allRecords().length === 0) restoreLimits()
  return swept
}
