import { readFileSync } from 'node:fs'

/** A process told apart from any later one that gets the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** In clock ticks since the machine booted. */
  readonly startedAt: string
  readonly bootId: string
}

const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

export function identify(pid: number): ProcessIdentity | undefined {
  const stat = statFields(pid)
  return stat?.[0] === 'Z' || stat?.[19] === undefined ? undefined : { pid, startedAt: stat[19], bootId }
}

export function isAlive(process: ProcessIdentity): boolean {
  const now = identify(process.pid)
  return now?.startedAt === process.startedAt && now.bootId === process.bootId
}

export function commandLine(pid: number): string | undefined {
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim()
}

/** The numbers of a process, in its own PID namespace last. */
export function namespacePids(pid: number): readonly number[] {
  const line = read(`/proc/${pid}/status`)?.match(/^NSpid:\s+(.*)$/m)?.[1]
  return line === undefined ? [] : line.split(/\s+/).map(Number)
}

export function isStopped(pid: number): boolean {
  const state = statFields(pid)?.[0]
  return state === undefined || 'TtZX'.includes(state)
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

// The name of the program comes second, in parentheses, and may hold anything: what counts starts after the last one.
function statFields(pid: number): readonly string[] | undefined {
  const stat = read(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
