import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { System } from './base.ts'
import type { Cgroup } from './cgroups.ts'
import type { Subnet } from './network.ts'
import { labDir, labsDir } from './places.ts'
import { isAlive, type ProcessIdentity } from './processes.ts'
import type { Releases } from './release-server.ts'

/** What is known of a host from outside; enough to use it or to take it away from another process. */
export interface HostRecord {
  readonly name: string
  readonly address: string
  readonly system: System
  /** The root file system it stands on, shared and never written. */
  readonly base: string
  /** Its name among all hosts of this machine. */
  readonly machine: string
  readonly cgroup: Cgroup
  /** Holds its merged root, its console and what its keeper notes. */
  readonly dir: string
  /** Holds what it was given (`seed`) and what it wrote (`upper`). */
  readonly layers: string
  readonly bridge: string
  readonly keyFile: string
  readonly hostKey: string
  /** The size of the disk it writes to; without, the machine's own. */
  readonly diskMb?: number
  /** Folders of the host that lie outside its overlay. */
  readonly plainDirs?: readonly string[]
}

/** A lab as it stands on record before its first process, mount or link is made. */
export interface LabRecord {
  readonly name: string
  readonly owner: ProcessIdentity
  /** A kept lab outlives its owner. */
  readonly kept: boolean
  /** Whose releases it serves, if any. */
  readonly releases?: Releases
  readonly subnet: Subnet
  readonly cgroup: Cgroup
  readonly layers: string
  readonly hosts: readonly HostRecord[]
}

export const rootOf = (host: HostRecord) => join(host.dir, 'root')

export function writeRecord(record: LabRecord): void {
  const dir = labDir(record.name)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(join(dir, 'lab.json.new'), `${JSON.stringify(record, undefined, 2)}\n`)
  renameSync(join(dir, 'lab.json.new'), join(dir, 'lab.json'))
}

export function readRecord(name: string): LabRecord | undefined {
  const file = join(labDir(name), 'lab.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LabRecord) : undefined
}

/** Every lab of this machine, those that somebody left behind among them. */
export function allRecords(): readonly LabRecord[] {
  if (!existsSync(labsDir)) return []
  return readdirSync(labsDir).flatMap((name) => readRecord(name) ?? [])
}

/** True when nobody is there any more to take the lab down. */
export const isAbandoned = (record: LabRecord) => !record.kept && !isAlive(record.owner)
