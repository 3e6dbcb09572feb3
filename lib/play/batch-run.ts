import PQueue from 'p-queue'
import type { Place } from '../report/events.ts'
import { evidenceOf } from '../task/evidence.ts'
import type { HostRun } from '../task/host-run.ts'
import type { Position } from '../task/journal.ts'
import { Interrupted, TaskFailed } from '../task/outcome.ts'
import { Revert } from '../task/revert.ts'
import { Unreachable } from '../transport/errors.ts'
import { broken } from './guard.ts'
import type { PlayRun } from './play-run.ts'
import type { Stage } from './playbook.ts'
import { putBackRoles } from './put-back.ts'
import { RoleRun } from './role-run.ts'

type At = Omit<Position, 'role' | 'task'>

/**
 * Runs the roles of a stage on one batch, guards before and after; false when the run must go no further. `goesOn` says
 * what has become of the batch means for it: whether one of its hosts failed, other than by being lost.
 */
export async function runBatch(
  play: PlayRun,
  stage: Stage,
  at: At,
  names: readonly string[],
  goesOn: (failed: boolean) => Promise<boolean>,
): Promise<boolean> {
  const { engine, fleet } = play
  if (engine.interrupted.aborted) return false
  await fleet.startBatch()
  if (!(await guardsHold(play, stage, names, 'Before'))) return false
  const hosts = await fleet.reachable(names)
  const failed = await runHosts(play, stage, at, hosts)
  if (engine.interrupted.aborted) return false
  if (failed && stage.onFailure === 'revert') {
    await Promise.all(hosts.map((on) => revertStage(play, on, at)))
    return false
  }
  if (!(await goesOn(failed))) return false
  return guardsHold(play, stage, names, 'After')
}

/** Hosts side by side, as many as `--forks` allows; true when one has failed, other than by being lost. */
async function runHosts(play: PlayRun, stage: Stage, at: At, hosts: readonly HostRun[]): Promise<boolean> {
  const queue = new PQueue({ concurrency: play.forks })
  const failures = await queue.addAll(hosts.map((on) => () => runRoles(play, stage, at, on)))
  return failures.includes(true)
}

async function runRoles(play: PlayRun, stage: Stage, at: At, on: HostRun): Promise<boolean> {
  const { putsBack } = stage
  if (putsBack !== undefined) {
    const place = { stage: stage.title, task: 'Put everything back', host: on.name }
    const failed = await ends(
      on,
      () => putBackRoles(play, putsBack, at, on),
      (error) => report(play, place, error),
    )
    return failed ?? false
  }
  for (const role of stage.roles) {
    const roleRun = new RoleRun(play, on, role, at, stage.tags ?? [])
    const place = { stage: stage.title, role: role.name, task: `The role ${role.name} itself`, host: on.name }
    const failed = await ends(
      on,
      () => roleRun.run(),
      (error) => roleRun.hasReported(error) || report(play, place, error),
    )
    if (failed !== undefined) return failed
  }
  return false
}

/**
 * Undefined where work on a host went well. Else the host does nothing more in this run, and it is true unless the host
 * is only lost.
 */
async function ends(
  on: HostRun,
  work: () => Promise<void>,
  tell: (error: unknown) => void,
): Promise<boolean | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    on.fatal ??= error instanceof Error ? error : new Error(String(error))
    if (on.fatal instanceof Unreachable || error instanceof Interrupted) return false
    tell(error)
    return true
  }
}

/** All that the run did to a host in this stage, also before it was taken up again. */
async function revertStage({ engine }: PlayRun, on: HostRun, { stage }: At): Promise<void> {
  if (on.journal === undefined || on.fatal instanceof Unreachable) return
  const revert = new Revert(engine, on)
  try {
    await revert.undo((intent) => intent.at.stage === stage)
    await revert.end()
  } catch (error) {
    // A host that is lost meanwhile has said so.
    if (!(error instanceof Unreachable)) throw error
  }
}

async function guardsHold(
  play: PlayRun,
  { title, guards = [] }: Stage,
  batch: readonly string[],
  when: 'Before' | 'After',
): Promise<boolean> {
  const problem = await broken(guards, batch, play)
  if (problem === undefined) return true
  play.engine.emit({
    type: 'error',
    stage: title,
    message: `${when} ${batch.join(', ')}: ${problem}`,
    advice: 'Nothing further was changed. Mend the cluster, then run again with --resume.',
  })
  play.guardFailed()
  return false
}

/** What no task has told of: a mistake in the role gets its place in the source, as nobody foresaw it. */
function report({ engine }: PlayRun, place: Place, error: unknown): void {
  const message = error instanceof Error && !(error instanceof TaskFailed) ? error.stack : undefined
  const advice = error instanceof TaskFailed ? error.advice : undefined
  const evidence = error instanceof Error ? evidenceOf(error, error) : undefined
  engine.emit({
    ...place,
    type: 'task',
    status: 'failed',
    durationMs: 0,
    message: message ?? (error instanceof Error ? error.message : String(error)),
    ...(advice === undefined ? {} : { advice }),
    ...(evidence === undefined ? {} : { evidence }),
  })
}
