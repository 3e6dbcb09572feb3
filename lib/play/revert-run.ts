import type { Emit } from '../report/events.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { RunDirectory, RunStore } from '../state/run-directory.ts'
import type { Engine } from '../task/engine.ts'
import { Exclusives } from '../task/exclusives.ts'
import { toRemember, type Entry } from '../task/journal.ts'
import { Revert } from '../task/revert.ts'
import { Unreachable } from '../transport/errors.ts'
import type { Fleet } from './fleet.ts'
import { broken, type Guard } from './guard.ts'
import type { Playbook } from './playbook.ts'
import { openAll, type RunEnd } from './run-playbook.ts'
import { Tally } from './tally.ts'

export interface RevertOptions {
  readonly directory: RunDirectory
  readonly store: RunStore
  readonly playbook: Playbook
  readonly inventory: Inventory
  readonly limit: ReadonlySet<string>
  readonly emit: Emit
  readonly interrupted: AbortSignal
  readonly fleet: (emit: Emit) => Fleet
}

interface Step {
  readonly stage: number
  readonly batch: number
  readonly stageTitle: string
}

/** Walks a run backwards: its stages, their batches, the tasks of each host; the hosts of a batch side by side. */
export async function revertRun(options: RevertOptions): Promise<RunEnd> {
  const { directory, limit, interrupted } = options
  const runId = directory.record.id
  const tally = new Tally()
  const emit = tally.counting(options.emit)
  const fleet = options.fleet(emit)
  const engine: Engine = {
    runId,
    diff: false,
    emit,
    interrupted,
    exclusives: new Exclusives(),
    peer: (name) => fleet.host(name),
  }
  const names = directory.journaledHosts().filter((name) => limit.has(name))
  try {
    emit({ type: 'run-started', mode: 'revert', title: `Revert ${runId}`, hosts: names })
    await openAll(fleet, names)
    const laterRun = (host: string, id: string) => options.store.laterRun(runId, host, id)
    const hosts = await fleet.reachable(names)
    const reverts = new Map(hosts.map((on) => [on.name, new Revert(engine, on, laterRun)]))
    const stopped = !(await walkBack(options, fleet, emit, [...reverts.values()]))
    for (const revert of reverts.values()) if (!stopped) revert.end()

    const failed = [...reverts.values()].some(({ failures }) => failures > 0)
    const reached = await fleet.reachable(names)
    if (!stopped && !interrupted.aborted) await forgetWhereUndone(directory, fleet, names)
    const whole = !stopped && !interrupted.aborted && !failed && reached.length === names.length
    if (whole && directory.journaledHosts().every((name) => limit.has(name))) {
      directory.update({ reverted: true })
    }
    await giveBackLocks(options, names)
    for (const name of names) emit({ type: 'recap', host: name, counts: tally.counts(name) })
    return {
      failed: stopped || failed,
      unreachable: tally.any('unreachable'),
      changed: tally.any('reverted'),
      interrupted: interrupted.aborted,
    }
  } finally {
    await fleet.close()
  }
}

/** Where a killed run changed nothing it has left a lock all the same: that is taken over, and given back. */
async function giveBackLocks(options: RevertOptions, reverted: readonly string[]): Promise<void> {
  const { ended, hosts = [] } = options.directory.record
  if (ended !== undefined) return
  const fleet = options.fleet(() => {})
  const others = hosts.filter((name) => options.limit.has(name) && !reverted.includes(name))
  // A host that is off has lost its lock, and one that another run holds has lost ours.
  await Promise.allSettled(others.map((name) => fleet.host(name)))
  await fleet.close()
}

/** Step by step, until a guard does not hold any more; false then. */
async function walkBack(
  { directory, playbook, inventory, interrupted }: RevertOptions,
  fleet: Fleet,
  emit: Emit,
  reverts: readonly Revert[],
): Promise<boolean> {
  for (const step of stepsBack(reverts.flatMap(({ host }) => directory.journal(host).entries))) {
    if (interrupted.aborted) return true
    const started = performance.now()
    const hosts = reverts.map(({ host }) => host)
    emit({ type: 'stage-started', stage: step.stageTitle, hosts, batches: 1 })
    const within = ({ at }: { readonly at: Step }) => at.stage === step.stage && at.batch === step.batch
    await Promise.all(reverts.map((revert) => revert.undo(within).catch(passOverLost)))
    const problem = await broken(guardsOf(playbook, step), [], { fleet, inventory })
    if (problem !== undefined) {
      emit({
        type: 'error',
        stage: step.stageTitle,
        message: `After this was put back: ${problem}`,
        advice: 'Nothing further was put back. Mend the cluster, then run --revert again.',
      })
    }
    const durationMs = Math.round(performance.now() - started)
    emit({ type: 'stage-ended', stage: step.stageTitle, durationMs, stopped: problem !== undefined })
    if (problem !== undefined) return false
  }
  return true
}

/** The batches of a run that have something to undo, last first. */
function stepsBack(entries: readonly Entry[]): readonly Step[] {
  const steps = new Map<string, Step>()
  for (const entry of entries) {
    if (entry.type === 'intent') steps.set(`${entry.at.stage} ${entry.at.batch}`, entry.at)
  }
  return [...steps.values()].toSorted((a, b) => b.stage - a.stage || b.batch - a.batch)
}

/** A host that is lost has said so; it keeps what is still to be put back. */
function passOverLost(error: unknown): void {
  if (!(error instanceof Unreachable)) throw error
}

/** Where nothing of the run is left that could be undone, for the host itself or for others, it leaves no trace. */
async function forgetWhereUndone(
  directory: RunDirectory,
  fleet: Fleet,
  names: readonly string[],
): Promise<void> {
  const worked = new Set(names.flatMap((name) => [name, ...through(name, directory.journal(name).entries)]))
  for (const name of directory.journaledHosts()) {
    for (const host of through(name, toRemember(directory.journal(name).entries))) worked.delete(host)
  }
  const reached = await fleet.reachable([...worked])
  await Promise.all(reached.map(({ name }) => fleet.forget(name, directory.record.id)))
}

function through(host: string, entries: readonly Entry[]): readonly string[] {
  return entries.flatMap((entry) => (entry.type === 'intent' ? (entry.via ?? [host]) : []))
}

function guardsOf({ stages }: Playbook, { stageTitle }: Step): readonly Guard[] {
  if (typeof stages === 'function') return []
  return stages.find(({ title }) => title === stageTitle)?.guards ?? []
}
