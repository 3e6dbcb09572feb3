import { setTimeout as pause } from 'node:timers/promises'
import { TimedOut } from './errors.ts'
import type { Victim } from './killing.ts'
import { limits } from './limits.ts'

export interface DeadlineOptions {
  readonly title: string
  /** Kills the work on the host and says what that was; nothing if it had ended before. */
  readonly kill: () => Promise<readonly Victim[]>
  /** Lets go of what cannot be killed. */
  readonly giveUp: () => void
}

/** The result of the work, which is killed on the host when its time is over; then this throws `TimedOut`. */
export async function endedBy<T>(work: Promise<T>, timeoutMs: number, options: DeadlineOptions): Promise<T> {
  const over = new AbortController()
  const { signal } = over
  let killing: Promise<readonly Victim[]> | undefined
  const late = pause(timeoutMs, undefined, { signal }).then(async () => {
    killing = options.kill()
    const trouble = await killing.then(
      () => 'it did not end',
      (error: Error) => error.message,
    )
    await pause(limits.killMs, undefined, { signal })
    options.giveUp()
    throw unkillable(options.title, timeoutMs, trouble)
  })
  try {
    const result = await Promise.race([work, late])
    const killed = (await killing?.catch(() => [])) ?? []
    if (killed.length > 0) throw timedOut(options.title, timeoutMs, killed)
    return result
  } finally {
    over.abort()
  }
}

function timedOut(title: string, timeoutMs: number, killed: readonly Victim[]): TimedOut {
  const names = killed.map(({ name, pid }) => `${name} (${pid})`).join(', ')
  return new TimedOut(
    `${title}: a command did not end within ${timeoutMs / 1000} s and was killed there: ${names}.`,
  )
}

function unkillable(title: string, timeoutMs: number, why: string): TimedOut {
  return new TimedOut(
    `${title}: a command did not end within ${timeoutMs / 1000} s and could not be killed there: ${why}. ` +
      'It may still run.',
  )
}
