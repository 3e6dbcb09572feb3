import type { HostReader } from '../host/host.ts'
import { inSetting } from '../host/setting.ts'
import type { Status } from '../report/events.ts'
import { milliseconds, type Duration } from '../vars/duration.ts'
import type { Spot } from './engine.ts'
import { Interrupted, TaskFailed } from './outcome.ts'

/** Whether something holds on a host, with what was found where it does not. */
export type Held = { readonly holds: true } | { readonly holds: false; readonly found: string }

/** A question that is asked again until it holds. It is never remembered. */
export interface Condition {
  readonly name: string
  ask(host: HostReader): Promise<Held>
}

export interface GateOptions {
  readonly deadline: Duration
  readonly every?: Duration
  /** Asks as this user. */
  readonly as?: string
}

/** Defines what a gate can wait for. */
export function defineCondition(name: string, ask: (host: HostReader) => Promise<Held>): Condition {
  return { name, ask }
}

const defaultEvery: Duration = '500ms'

/** Waits until the condition holds; after the deadline it fails with what was found last. */
export async function passGate(spot: Spot, condition: Condition, options: GateOptions): Promise<Status> {
  const { on } = spot
  const ask = () =>
    on.reach(() => condition.ask(inSetting(on.reader, options.as === undefined ? {} : { as: options.as })))
  if (on.planning) {
    // What is pending has yet to make it true; where nothing is, it can be asked now.
    if (on.pending) return 'unknown'
    return (await ask()).holds ? 'ok' : 'unknown'
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
