import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process of some machine; told from a later one with its number by when it started. */
export interface ProcessMark {
  /** Name and id of the machine. */
  readonly controller: string
  readonly pid: number
  readonly started: string
}

/** This process. */
export function thisProcess(): ProcessMark {
  return {
    controller: `${hostname()} ${machineId()}`,
    pid: process.pid,
    started: startOf(process.pid) ?? '',
  }
}

/** Whether it runs still; undefined when it is another machine's, which cannot be told from here. */
export function isRunning(mark: ProcessMark): boolean | undefined {
  if (mark.controller !== `${hostname()} ${machineId()}`) return undefined
  return startOf(mark.pid) === mark.started
}

/** When a process started, in ticks since boot; undefined when there is none with that number. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Who has ended and was not yet asked for its exit code works no more.
    return state === 'Z' ? undefined : fields[18]
  } catch {
    return undefined
  }
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    return ''
  }
}
