import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from './host.ts'
import { leaderOf } from './machine.ts'
import { isNoise } from './noise.ts'
import { changedPaths } from './tree.ts'

/**
 * Everything by which a host differs from a fresh one, a sorted line each: `path`, `removed`, `run`, `unit`, `state`,
 * `package`, `sysctl` and `mount`. What a boot and a login alone bring about is left out; see `noise.ts`.
 */
export type Fingerprint = readonly string[]

// One round trip, and quick: systemctl and dpkg answer in some 10 ms each.
const questions = `
if command -v systemctl >/dev/null; then
  # A manager that is busy may not answer at once, which is not to have no units.
  for try in 1 2 3 4 5; do
    units=$(systemctl list-unit-files --no-legend --no-pager --full) && break
    sleep 1
  done
  printf '%s\\n' "$units" | awk '{print "unit " $1, $2}'
  systemctl list-units --all --plain --no-legend --no-pager --full | awk '{print "state " $1, $2, $3, $4}'
fi
command -v dpkg-query >/dev/null && dpkg-query -W -f 'package \${Package} \${Version} \${db:Status-Abbrev}\\n'
grep -rs '' /proc/sys/net /proc/sys/vm /proc/sys/fs /proc/sys/kernel | sed 's|^/proc/sys/|sysctl |; s|:| = |'
awk '{print "mount " $2, $3, $4}' /proc/mounts
true`

export async function takeFingerprint(host: LabHost): Promise<Fingerprint> {
  const answers = (await host.must(questions)).split('\n').filter(Boolean)
  const lines = [...changedPaths(host.record), ...ownRuntimeFiles(host), ...answers.map(withoutPlace)]
  return [...new Set(lines)].filter((line) => !isNoise(line)).toSorted()
}

/** What one fingerprint has and the other has not: `- LINE` of the first, `+ LINE` of the second. */
export function diffFingerprints(before: Fingerprint, after: Fingerprint): readonly string[] {
  const [had, has] = [new Set(before), new Set(after)]
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ]
}

// The root's options name the folders it is made of; they say nothing about the host.
const withoutPlace = (line: string) => line.replace(/^(mount \/ overlay \w+).*/, '$1').trimEnd()

// /run is a memory file system of the host's own, which only its processes see.
function ownRuntimeFiles(host: LabHost): readonly string[] {
  const leader = leaderOf(host.record)
  if (leader === undefined) return []
  const dir = `/proc/${leader}/root/run/troupe`
  if (statSync(dir, { throwIfNoEntry: false }) === undefined) return []
  return [
    'run /run/troupe',
    ...readdirSync(dir, { recursive: true }).map((name) => `run ${join('/run/troupe', String(name))}`),
  ]
}
