import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateRoot } from './places.ts'

const record = join(stateRoot, 'limits.json')

// A host takes seven inotify instances; beyond the limit its PID 1 ends with 255 and no message.
const wanted: Readonly<Record<string, number>> = {
  'fs/inotify/max_user_instances': 8192,
  'fs/inotify/max_user_watches': 524_288,
  'kernel/keys/maxkeys': 20_000,
  'kernel/keys/maxbytes': 2_000_000,
  'net/netfilter/nf_conntrack_max': 131_072,
  'net/ipv4/neigh/default/gc_thresh3': 8192,
}

/** Raises the limits of this machine that many hosts would meet, and notes what they were. */
export function raiseLimits(): void {
  if (existsSync(record)) return
  const before = Object.fromEntries(
    Object.entries(wanted).flatMap(([name, atLeast]) => {
      const now = read(name)
      return now === undefined || Number(now) >= atLeast ? [] : [[name, now]]
    }),
  )
  mkdirSync(stateRoot, { recursive: true })
  writeFileSync(record, `${JSON.stringify(before, undefined, 2)}\n`)
  for (const name of Object.keys(before)) writeFileSync(join('/proc/sys', name), String(wanted[name]))
}

/** Puts the limits back as they were; the last lab that goes does this. */
export function restoreLimits(): void {
  if (!existsSync(record)) return
  const before = JSON.parse(readFileSync(record, 'utf8')) as Record<string, string>
  for (const [name, value] of Object.entries(before)) writeFileSync(join('/proc/sys', name), value)
  rmSync(record)
}

function read(name: string): string | undefined {
  try {
    return readFileSync(join('/proc/sys', name), 'utf8').trim()
  } catch {
    return undefined
  }
}
