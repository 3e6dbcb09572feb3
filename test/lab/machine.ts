import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { childCgroup, makeCgroup, membersOf, type Cgroup } from './cgroups.ts'
import { startInside } from './daemons.ts'
import { plainOf } from './layers.ts'
import { identify, isAlive, namespacePids, type ProcessIdentity, signal } from './processes.ts'
import { type HostRecord, rootOf } from './record.ts'
import { waitFor } from './wait.ts'

const keeperOf = (host: HostRecord) => join(host.dir, 'keeper.json')
const offOf = (host: HostRecord) => join(host.dir, 'off')
export const consoleOf = (host: HostRecord) => join(host.dir, 'console.log')

/** Starts a host in a cgroup of its own, with a keeper that starts it again after a reboot. */
export async function start(host: HostRecord, labCgroup: Cgroup): Promise<void> {
  makeCgroup(host.cgroup)
  rmSync(offOf(host), { force: true })
  const keeper = [join(import.meta.dirname, 'keeper.sh'), host.dir, host.cgroup.join(' '), ...nspawn(host)]
  const pid = await startInside(labCgroup, consoleOf(host), 'sh', keeper)
  writeFileSync(keeperOf(host), JSON.stringify(identify(pid) ?? null))
}

/** Cuts the power: the host's PID 1 is killed, and all that ran there with it. Returns when it is down. */
export async function kill(host: HostRecord): Promise<void> {
  writeFileSync(offOf(host), '')
  await waitFor(`end of ${host.name}`, 20_000, () => {
    const leader = leaderOf(host)
    if (leader !== undefined) signal(leader, 'SIGKILL')
    return isRunning(host) ? undefined : true
  })
}

export function isRunning(host: HostRecord): boolean {
  if (!existsSync(keeperOf(host))) return false
  const keeper = JSON.parse(readFileSync(keeperOf(host), 'utf8')) as ProcessIdentity | null
  return keeper !== null && isAlive(keeper)
}

/** The host's PID 1, as this machine numbers it. */
export function leaderOf(host: HostRecord): number | undefined {
  return membersOf(host.cgroup).find((pid) => {
    const pids = namespacePids(pid)
    return pids.length === ownDepth + 1 && pids.at(-1) === 1
  })
}

/** Everything that runs in the host; its supervisor outside is not among it. */
export function processesOf(host: HostRecord): readonly number[] {
  return membersOf(host.cgroup).filter((pid) => namespacePids(pid).length > ownDepth)
}

/** The cgroup of a host of a lab. */
export const hostCgroup = (lab: Cgroup, name: string) => childCgroup(lab, name)

function nspawn(host: HostRecord): readonly string[] {
  return [
    'env',
    // Or a memory file system would hide what is left in /tmp.
    'SYSTEMD_NSPAWN_TMPFS_TMP=0',
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--directory=${rootOf(host)}`,
    `--machine=${host.machine}`,
    `--hostname=${host.name}`,
    `--network-bridge=${host.bridge}`,
    '--register=no',
    '--keep-unit',
    '--console=pipe',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    // Container runtimes ask for keys of their own.
    '--system-call-filter=keyctl',
    ...(host.plainDirs ?? []).map((dir) => `--bind=${plainOf(host, dir)}:${dir}`),
  ]
}

const ownDepth = namespacePids(process.pid).length
