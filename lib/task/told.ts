import type { Fact } from '../host/fact.ts'
import { Unreachable } from '../transport/errors.ts'
import type { Spot } from './engine.ts'
import type { HostRun } from './host-run.ts'
import { NotYet, PlanEnds, TaskFailed } from './outcome.ts'

/**
 * What a host says: this one as of now, another one as of the batch's start. A plan ends where it rests on what is
 * pending there.
 */
export async function told<T>(spot: Spot, name: string, fact: Fact<T>): Promise<T> {
  if (name === spot.on.name) {
    return answerOf(spot, spot.on, fact, spot.on.pending, () => spot.on.facts.get(fact))
  }
  try {
    const peer = await spot.engine.asked(name)
    return await answerOf(spot, peer, fact, peer.pendingAtBatchStart, () => peer.facts.tell(fact))
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    if (fact.unlessLost) {
      spot.engine.spared.add(name)
      return undefined as T
    }
    // Another host is lost, not this one.
    throw new TaskFailed(`${spot.on.name} needs the ${fact.name} of ${name}: ${error.message}`, {
      cause: error,
      advice: error.advice,
    })
  }
}

async function answerOf<T>(
  spot: Spot,
  host: HostRun,
  fact: Fact<T>,
  pending: boolean,
  ask: () => Promise<T>,
): Promise<T> {
  const blind = spot.on.planning && pending
  if (blind && !fact.lasting) {
    throw new PlanEnds(`${fact.name} of ${host.name} rests on changes that are pending there.`)
  }
  try {
    const answer = await host.reach(ask)
    if (!blind || answer !== undefined || !fact.optional) return answer
    // What is pending may bring the answer along.
    throw new PlanEnds(`${fact.name} of ${host.name} has no answer yet, and changes are pending there.`)
  } catch (error) {
    if (blind && error instanceof NotYet) throw new PlanEnds(error.message)
    throw error
  }
}
