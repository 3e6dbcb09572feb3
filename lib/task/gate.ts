import type { HostReader } from '../host/host.ts'
import { inSetting } from '../host/setting.ts'
import type { Status } from '../report/events.ts'
import { milliseconds, type Duration } from '../vars/duration.ts'
import { answered } from './ask.ts'
import type { Spot } from './engine.ts'
import { Interrupted, PlanEnds, TaskFailed } from './outcome.ts'
import { told } from './told.ts'

/** Whether something holds on a host, with what was found where it does not. */
export type Held = { readonly holds: true } | { readonly holds: false; readonly found: string }

/** A question that is asked again until it holds. It is never remembered. */
export interface Condition {
  readonly name: string
  /** What it compares with; answers of other hosts in it are there when it is asked. */
  readonly given?: unknown
  ask(host: HostReader, given?: unknown): Promise<Held>
}

export interface GateOptions {
  readonly deadline: Duration
  readonly every?: Duration
  /** Asks as this user. */
  readonly as?: string
}

/** Defines what a gate can wait for; `given` may hold what `ask` of a role's context stands for. */
export function defineCondition(name: string, ask: (host: HostReader) => Promise<Held>): Condition
export function defineCondition<Given>(
  name: string,
  ask: (host: HostReader, given: Given) => Promise<Held>,
  given: Given,
): Condition
export function defineCondition<Given>(
  name: string,
  ask: (host: HostReader, given: Given) => Promise<Held>,
  given?: Given,
): Condition {
  return { name, given, ask: (host, known) => ask(host, known as Given) }
}

const defaultEvery: Duration = '500ms'

/** Waits until the condition holds; after the deadline it fails with what was found last. */
export async function passGate(spot: Spot, condition: Condition, options: GateOptions): Promise<Status> {
  const { on } = spot
  const ask = async () => {
    const given = await answered(condition.given, ({ host, fact }) => told(spot, host, fact))
    const reader = inSetting(on.reader, options.as === undefined ? {} : { as: options.as })
    return on.reach(() => condition.ask(reader, given))
  }
  if (on.planning) {
    // What is pending has yet to make it true; where nothing is, it can be asked now.
    if (on.pending) return 'unknown'
    return (await ask().catch(foreseen)).holds ? 'ok' : 'unknown'
  }
  const until = performance.now() + milliseconds(options.deadline)
  for (;;) {
    const held = await ask()
    if (held.holds) return 'ok'
    if (spot.engine.interrupted.aborted) throw new Interrupted()
    if (performance.now() >= until) {
      throw new TaskFailed(
        `${condition.name} did not hold on ${on.name} within ${options.deadline}: ${held.found}`,
      )
    }
    await pause(milliseconds(options.every ?? defaultEvery))
  }
}

/** What rests on another host's pending changes may hold by then. */
function foreseen(error: unknown): Held {
  if (error instanceof PlanEnds) return { holds: false, found: error.message }
  throw error
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
