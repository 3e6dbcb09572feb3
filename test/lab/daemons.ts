import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Cgroup } from './cgroups.ts'

const enter = 'for group in $1; do echo 0 >"$group/cgroup.procs" || exit 99; done; shift; exec "$@"'

/** Starts a program that outlives this process, inside a cgroup by which it is found and ended. */
export function startInside(
  cgroup: Cgroup,
  logFile: string,
  program: string,
  args: readonly string[],
): Promise<number> {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'a')
  const child = spawn('sh', ['-c', enter, 'enter', cgroup.join(' '), program, ...args], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('spawn', () => resolve(child.pid ?? 0))
  })
}
