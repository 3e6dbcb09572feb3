import PQueue from 'p-queue'
import type { Emit } from '../../report/events.ts'
import { CannotBecome, CommandFailed } from '../../host/host.ts'
import { Interrupted } from '../../task/outcome.ts'
import { ContactLost, TimedOut, Unreachable } from '../../transport/errors.ts'
import { milliseconds } from '../../vars/duration.ts'
import type { Ground } from '../ground.ts'
import { openInventorySession } from '../sessions.ts'
import type { HostScript, Outcome, Visited } from './script.ts'

export interface Visiting<T> {
  readonly script: HostScript<T>
  readonly command: readonly string[]
  readonly hosts: readonly string[]
  readonly ground: Ground
  readonly forks: number
  readonly emit: Emit
  readonly interrupted: AbortSignal
}

/** Visits hosts side by side, and tells what became of each as soon as it is known; in the order in which they were named. */
export async function visitHosts<T>(visiting: Visiting<T>): Promise<readonly Visited<T>[]> {
  const { hosts, forks, emit, script, interrupted } = visiting
  const queue = new PQueue({ concurrency: forks })
  return Promise.all(
    hosts.map((host) =>
      queue.add(async () => {
        const started = performance.now()
        const outcome = await outcomeOf(host, visiting).catch(failure)
        const ms = Math.round(performance.now() - started)
        const why = outcome.is === 'ok' ? {} : { message: outcome.message, advice: outcome.advice }
        if (!interrupted.aborted || outcome.is === 'ok')
          emit({
            type: 'task',
            host,
            task: script.title,
            status: outcome.is,
            durationMs: ms,
            ...defined(why),
          })
        return { host, ms, outcome }
      }),
    ),
  )
}

async function outcomeOf<T>(host: string, visiting: Visiting<T>): Promise<Outcome<T>> {
  const { script, command, ground, emit, interrupted } = visiting
  if (interrupted.aborted) throw new Interrupted()
  const connection = ground.connection(host)
  const session = await openInventorySession(host, connection, {
    emit: (event) => {
      // That contact came back changes nothing for what it was lost by.
      if (event.type !== 'contact' || event.state === 'lost') emit(event)
    },
    patienceMs: milliseconds(ground.settings(host).patience),
    passphrase: async (key) => (await import('../passphrase.ts')).askPassphrase(key),
  })
  try {
    const as = connection.become ? connection.becomeUser : undefined
    return await script.visit({ host, session, connection, as, command, emit, interrupted })
  } finally {
    await session.close()
  }
}

/** What a host or the way there brings about is told of that host; anything else is wrong with the program. */
function failure(error: unknown): Outcome<never> {
  if (error instanceof Unreachable) return { is: 'unreachable', message: error.message, advice: error.advice }
  if (error instanceof ContactLost) return { is: 'unreachable', message: error.message }
  const known = [Interrupted, TimedOut, CannotBecome, CommandFailed]
  if (error instanceof Error && known.some((kind) => error instanceof kind))
    return { is: 'failed', message: error.message }
  throw error
}

function defined<T extends object>(values: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
