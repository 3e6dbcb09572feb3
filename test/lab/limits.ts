import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { stateRoot } from './places.ts'

const record = join(stateRoot, 'limits.json')

// A host takes seven inotify instances; beyond the limit its PID 1 ends with 255 and no message.
const least: Readonly<Record<string, number>> = {
  'fs/inotify/max_user_instances': 8192,
  'fs/inotify/max_user_watches': 524_288,
  'kernel/keys/maxkeys': 20_000,
  'kernel/keys/maxbytes': 2_000_000,
  'net/ipv4/neigh/default/gc_thresh3': 8192,
}

// kube-proxy ends where it finds another value, higher or lower, and may not write its own: no host here may.
const exact: Readonly<Record<string, number>> = {
  'net/netfilter/nf_conntrack_max': Math.max(131_072, 32_768 * cpus().length),
}

/** Sets the limits of this machine that hosts would meet, and notes what they were before the first lab. */
export function setLimits(): void {
  const noted = existsSync(record) ? readRecord() : {}
  const differing = ([name, value]: readonly [string, number]) => {
    const now = read(name)
    const fits = name in exact ? Number(now) === value : Number(now) >= value
    return now === undefined || fits ? [] : [{ name, now, value }]
  }
  const changes = Object.entries({ ...least, ...exact }).flatMap(differing)
  const before = Object.fromEntries(changes.map(({ name, now }) => [name, now]))
  mkdirSync(stateRoot, { recursive: true })
  // What is noted already stood there first.
  writeFileSync(record, `${JSON.stringify({ ...before, ...noted }, undefined, 2)}\n`)
  for (const { name, value } of changes) writeFileSync(join('/proc/sys', name), String(value))
}

/** Puts the limits back as they were; the last lab that goes does this. */
export function restoreLimits(): void {
  if (!existsSync(record)) return
  for (const [name, value] of Object.entries(readRecord())) writeFileSync(join('/proc/sys', name), value)
  rmSync(record)
}

const readRecord = () => JSON.parse(readFileSync(record, 'utf8')) as Readonly<Record<string, string>>

function read(name: string): string | undefined {
  try {
    return readFileSync(join('/proc/sys', name), 'utf8').trim()
  } catch {
    return undefined
  }
}
