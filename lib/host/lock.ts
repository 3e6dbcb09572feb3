import { userInfo } from 'node:os'
import { dirname } from 'node:path/posix'
import { UserError } from '../errors.ts'
import type { Output } from '../transport/session.ts'
import { quote } from './command.ts'
import { isRecord, isString } from './our-memory.ts'
import { ourPaths, type OurPaths } from './paths.ts'
import { isRunning, thisProcess, type ProcessMark } from './process-mark.ts'

/** Who works on a host. */
export interface Holder extends ProcessMark {
  readonly run: string
  readonly user: string
}

/** A holder that is not heard of for so long is taken for dead. */
const expirySeconds = 90
export const renewEveryMs = 20_000

/** Runs a script as the user that the host is worked on as. */
export type RunScript = (script: string) => Promise<Output>

/** This process as a holder. */
export function thisHolder(run: string): Holder {
  const { controller, pid, started } = thisProcess()
  return { run, controller, user: userInfo().username, pid, started }
}

/** Takes the lock of a host, or a dead holder's; throws when somebody else works on it. */
export async function takeLock(host: string, run: RunScript, holder: Holder, paths: OurPaths): Promise<void> {
  const lock = quote(paths.lock)
  for (let attempt = 1; ; attempt++) {
    const { code, stdout, stderr } = await run(takeScript(holder, paths))
    if (code === 0) return
    if (code !== held) throw notTaken(host, stderr.toString().trim(), paths)
    const [line = '', expiry = '0', uptime = '0'] = stdout.toString().trim().split('\n')
    const other = parseHolder(line)
    const expired = Number.parseFloat(uptime) > Number.parseFloat(expiry)
    if (attempt > 3 || (other !== undefined && !expired && isAlive(other, holder)))
      throw heldBy(host, other, holder, paths)
    // Only one of two successors gets to rename it away.
    await run(`mv -- ${lock} ${lock}.${process.pid} 2>/dev/null && rm -f -- ${lock}.${process.pid}; :`)
  }
}

/** Says that the holder still lives. */
export async function renewLock(run: RunScript, holder: Holder, paths: OurPaths): Promise<void> {
  const { lock, passing } = asWords(paths)
  // A host that was booted meanwhile has forgotten it.
  const ours = `[ ! -e ${lock} ] || grep -qF ${quote(mark(holder))} ${lock}`
  await run(
    `umask 077; mkdir -p ${passing}; { ${ours}; } && { ${content(holder)}; } > ${lock}.new && mv -f ${lock}.new ${lock}`,
  )
}

export async function releaseLock(run: RunScript, holder: Holder, paths: OurPaths): Promise<void> {
  const { lock, passing } = asWords(paths)
  await run(
    `grep -qF ${quote(mark(holder))} ${lock} 2>/dev/null && rm -f -- ${lock} && rmdir -- ${passing} 2>/dev/null; ${removeEmpty(paths)}; :`,
  )
}

const held = 45

function takeScript(holder: Holder, paths: OurPaths): string {
  const { lock, passing } = asWords(paths)
  return [
    // What a user cannot write to may all the same be there.
    paths === ourPaths
      ? '[ -w /run ] || [ ! -e /run ] || { echo "/run cannot be written" >&2; exit 1; }'
      : clearEarlierBoots(paths),
    `umask 077; mkdir -p -- ${passing} || exit 1`,
    `if (set -C; { ${content(holder)}; } > ${lock}) 2>/dev/null; then exit 0; fi`,
    `[ -e ${lock} ] || { echo "${lock} cannot be written" >&2; exit 1; }`,
    `cat -- ${lock}; cut -d' ' -f1 /proc/uptime; exit ${held}`,
  ].join('\n')
}

/** What passes with a boot stands in a folder named after the boot where the system does not see to that. */
function clearEarlierBoots({ persistent, passing }: OurPaths): string {
  const all = `${quote(persistent)}/boot-*`
  return `for d in ${all}; do [ ! -d "$d" ] || [ "$d" = ${quote(passing)} ] || rm -rf -- "$d"; done`
}

/** The folders above, in a home, as far as nothing stands in them; those of a system have always been there. */
export function removeEmpty({ persistent }: OurPaths): string {
  if (!persistent.includes('/.local/state/troupe/')) return ':'
  const troupe = dirname(persistent)
  const folders = [persistent, troupe, dirname(troupe), dirname(dirname(troupe))]
  return `rmdir -- ${folders.map(quote).join(' ')} 2>/dev/null`
}

function asWords({ lock, passing }: OurPaths) {
  return { lock: quote(lock), passing: quote(passing) }
}

/** The holder, and the second since boot at which the lock expires: a host's clock may be set meanwhile. */
function content(holder: Holder): string {
  return `printf '%s\\n' ${quote(mark(holder))}; read -r up rest < /proc/uptime; echo $(( \${up%%.*} + ${expirySeconds} ))`
}

function mark(holder: Holder): string {
  return JSON.stringify(holder)
}

function parseHolder(line: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isHolder(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isHolder(value: unknown): value is Holder {
  if (!isRecord(value) || !Number.isSafeInteger(value['pid'])) return false
  return ['run', 'controller', 'user', 'started'].every((field) => isString(value[field]))
}

/** On this machine a process can be looked for; of another machine's only the expiry tells. */
function isAlive(other: Holder, self: Holder): boolean {
  if (other.controller !== self.controller) return true
  // This very process asks again after it failed to give the lock back.
  if (other.pid === self.pid && other.started === self.started && other.run === self.run) return false
  return isRunning(other) === true
}

function notTaken(host: string, said: string, { passing }: OurPaths): UserError {
  return new UserError(
    `The lock of ${host} cannot be taken: ${said}`,
    `Look whether ${passing} can be written there, and whether its disk is full.`,
  )
}

function heldBy(host: string, other: Holder | undefined, self: Holder, { lock }: OurPaths): UserError {
  if (other === undefined) {
    return new UserError(`The lock of ${host} changes hands all the time.`, `Look at ${lock} on ${host}.`)
  }
  const where = other.controller === self.controller ? 'this machine' : other.controller.split(' ')[0]
  return new UserError(
    `${host} is being worked on by the run ${other.run} of ${other.user} on ${where} (process ${other.pid}).`,
    `Wait until it ends. If it is dead, its lock expires ${expirySeconds} seconds after its last sign of life.`,
  )
}
