import { adopted } from '../task/adopted.ts'
import type { HostRun } from '../task/host-run.ts'
import { changesToUndo, type Intent, type Position } from '../task/journal.ts'
import { isOneThing, type Origin } from '../task/origins.ts'
import { TaskFailed } from '../task/outcome.ts'
import { planBack } from '../task/plan-back.ts'
import { Revert } from '../task/revert.ts'
import type { PlayRun } from './play-run.ts'
import type { Role } from './role.ts'

const ours = 'the last run that did'

/**
 * Puts back on one host whatever these roles have ever changed there, in any run, from anywhere: what the host
 * remembers of that becomes the changes of this run, and is undone as in a revert. Throws where something is left.
 */
export async function putBackRoles(
  { engine, gaveBack }: PlayRun,
  roles: readonly Role[],
  at: Omit<Position, 'role' | 'task'>,
  on: HostRun,
): Promise<void> {
  const names = new Set(roles.map(({ name }) => name))
  const origins = on.memory.origins.all.filter(({ role }) => names.has(role))
  const place = { stage: at.stageTitle, host: on.name }
  const sayNothing = () =>
    engine.emit({ ...place, type: 'task', task: 'There is nothing to put back', status: 'ok', durationMs: 0 })
  const { journal } = on
  if (journal === undefined) {
    if (origins.length === 0) return sayNothing()
    return refuseRest(on, await planBack(engine, on, adopted(origins, at, 1), ours))
  }
  const here = ({ at: { stage } }: Intent) => stage === at.stage
  const begun = changesToUndo(journal.entries, here)
  const isNew = (origin: Origin) => !begun.some(({ last }) => isOneThing(last, origin))
  for (const entry of adopted(origins.filter(isNew), at, journal.next())) journal.append(entry)
  gaveBack.add(on.name)
  if (begun.length + origins.length === 0) return sayNothing()
  const revert = new Revert(engine, on, () => undefined, ours)
  await revert.undo(here)
  await revert.end()
  if (!engine.interrupted.aborted)
    refuseRest(
      on,
      revert.left().flatMap(({ intent }) => (here(intent) ? [intent.id] : [])),
    )
}

function refuseRest({ name }: HostRun, left: readonly string[]): void {
  if (left.length === 0) return
  throw new TaskFailed(`On ${name} this is left: ${left.join(', ')}.`, {
    advice: 'Mend what is said of it and run this again: it does only what is left.',
  })
}

/** Where nothing of ours stands any more nothing is remembered either, whichever runs had been there. */
export async function forgetWhereBack({ engine, fleet, gaveBack }: PlayRun): Promise<void> {
  const hosts = await fleet.reachable([...gaveBack])
  await Promise.all(
    hosts.map(async ({ name, memory, journal }) => {
      if (memory.origins.all.length === 0) await fleet.forget(name)
      else if (changesToUndo(journal?.entries ?? []).length === 0) await fleet.forget(name, engine.runId)
    }),
  )
}
