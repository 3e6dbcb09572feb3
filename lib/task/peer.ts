import { Unreachable } from '../transport/errors.ts'
import type { Engine, Spot } from './engine.ts'
import type { HostRun } from './host-run.ts'
import type { Resource } from './kind.ts'
import { Interrupted, TaskFailed } from './outcome.ts'

/** The host on which a resource is looked at and moved: this one, or the first healthy one of its peers. */
export async function targetOf(spot: Spot, { via }: Resource): Promise<HostRun> {
  return via === undefined ? spot.on : healthyPeer(spot, via)
}

async function healthyPeer(
  { engine, on }: Spot,
  { hosts, exclusive }: NonNullable<Resource['via']>,
): Promise<HostRun> {
  if (exclusive !== undefined && !on.planning) {
    await engine.exclusives.hold(exclusive, on)
    // What had to wait has not begun.
    if (engine.interrupted.aborted) throw new Interrupted()
  }
  const reasons: string[] = []
  for (const name of hosts) {
    const peer = await contact(engine, name)
    if (!(peer instanceof Error)) return peer
    reasons.push(`${name}: ${peer.message}`)
  }
  throw nobody(`None of ${hosts.join(', ')} can do this for ${on.name}.`, reasons)
}

/** Does something through one host after the other, until one can be reached. */
export async function throughOneOf<T>(
  engine: Engine,
  hosts: readonly string[],
  work: (peer: HostRun) => Promise<T>,
): Promise<T> {
  const reasons: string[] = []
  for (const name of hosts) {
    try {
      const peer = await engine.peer(name)
      return await peer.reach(() => work(peer))
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      reasons.push(`${name}: ${error.message}`)
    }
  }
  throw nobody(`None of ${hosts.join(', ')} can be reached.`, reasons)
}

async function contact(engine: Engine, name: string): Promise<HostRun | Error> {
  try {
    const peer = await engine.peer(name)
    return peer.fatal ?? peer
  } catch (error) {
    if (error instanceof Unreachable) return error
    throw error
  }
}

function nobody(message: string, reasons: readonly string[]): TaskFailed {
  return new TaskFailed([message, ...reasons].join('\n'), {
    advice: 'Mend one of them, then go on with --resume.',
  })
}
