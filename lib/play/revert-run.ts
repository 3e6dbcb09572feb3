import type { Emit } from '../report/events.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { RunDirectory } from '../state/run-directory.ts'
import type { RunStore } from '../state/run-store.ts'
import type { Engine } from '../task/engine.ts'
import { Exclusives } from '../task/exclusives.ts'
import type { HostRun } from '../task/host-run.ts'
import { toRemember, type Entry, type Intent } from '../task/journal.ts'
import { Revert } from '../task/revert.ts'
import { Unreachable } from '../transport/errors.ts'
import type { Fleet } from './fleet.ts'
import { broken } from './guard.ts'
import { loadRoles, type Playbook } from './playbook.ts'
import { restOf, tellRests, type Rest } from './revert-left.ts'
import { guardsBack, stepsBack } from './revert-steps.ts'
import { openAll, type RunEnd } from './run-playbook.ts'
import { Tally } from './tally.ts'

export interface RevertOptions {
  readonly directory: RunDirectory
  readonly store: RunStore
  readonly playbook: Playbook
  readonly inventory: Inventory
  readonly limit: ReadonlySet<string>
  readonly diff: boolean
  readonly emit: Emit
  readonly interrupted: AbortSignal
  readonly fleet: (emit: Emit) => Fleet
}

/** Walks a run backwards: its stages, their batches, the tasks of each host; the hosts of a batch side by side. */
export async function revertRun(options: RevertOptions): Promise<RunEnd> {
  const { directory, limit, inventory, interrupted } = options
  await loadRoles(options.playbook)
  const runId = directory.record.id
  const tally = new Tally()
  const emit = tally.counting(options.emit)
  const fleet = options.fleet(emit)
  const engine: Engine = {
    runId,
    diff: options.diff,
    emit,
    interrupted,
    exclusives: new Exclusives(),
    spared: new Set(),
    peer: (name) => fleet.host(name),
    asked: (name) => fleet.asked(name),
  }
  const names = directory.journaledHosts().filter((name) => limit.has(name))
  try {
    emit({ type: 'run-started', mode: 'revert', title: `Revert ${runId}`, hosts: names })
    await openAll(fleet, names)
    const laterRun = (host: string, id: string) => options.store.laterRun(runId, host, id)
    const hosts = await fleet.reachable(names)
    const reverts = hosts.map((on) => new Revert(engine, on, laterRun))
    const stopped = !(await walkBack(options, fleet, emit, reverts))
    if (!stopped) await Promise.all(reverts.map((revert) => revert.end().catch(passOverLost)))

    const rests = restsOf(options, names, reverts, await fleet.reachable(names))
    tellRests(rests, options.emit)
    if (!stopped && !interrupted.aborted) await forgetWhereUndone(directory, fleet, names)
    const whole = !stopped && !interrupted.aborted && rests.every(({ left }) => left.length === 0)
    if (whole && directory.journaledHosts().every((name) => limit.has(name))) {
      directory.update({ reverted: true })
    }
    await giveBackLocks(options, names)
    const failures = new Map(reverts.map((revert) => [revert.host, revert.failures]))
    for (const host of names) {
      emit({ type: 'recap', host, counts: { ...tally.counts(host), failed: failures.get(host) ?? 0 } })
    }
    const limited = inventory.hosts.some(({ name }) => !limit.has(name))
    const missing = rests.some(({ host, left }) => left.length > 0 && !names.includes(host))
    return {
      failed: stopped || [...failures.values()].some((count) => count > 0) || (missing && !limited),
      unreachable: tally.any('unreachable'),
      changed: tally.any('reverted'),
      interrupted: interrupted.aborted,
    }
  } finally {
    await fleet.close()
  }
}

/** What is left on each host: on those that were worked on, that were lost, and that the inventory has no more. */
function restsOf(
  { directory, inventory }: RevertOptions,
  names: readonly string[],
  reverts: readonly Revert[],
  reached: readonly HostRun[],
): readonly Rest[] {
  const known = new Set(inventory.hosts.map(({ name }) => name))
  const there = new Set(reached.map(({ name }) => name))
  const entriesOf = (host: string) => directory.journal(host).entries
  return directory.journaledHosts().flatMap((host): readonly Rest[] => {
    const revert = reverts.find((each) => each.host === host)
    if (!known.has(host)) return [restOf(host, entriesOf(host), notInInventory(host))]
    if (!names.includes(host)) return []
    if (revert === undefined || !there.has(host))
      return [restOf(host, entriesOf(host), 'it cannot be reached.')]
    return [{ host, left: revert.left() }]
  })
}

function notInInventory(host: string): string {
  return `${host} is not in the inventory any more, so its changes stay. Give an inventory that has it.`
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
  const guards = guardsBack(playbook, emit)
  const all = reverts.map(({ host }) => host)
  for (const step of stepsBack(all, (host) => directory.journal(host).entries)) {
    if (interrupted.aborted) return true
    const { stageTitle: stage, hosts } = step
    const started = performance.now()
    emit({ type: 'stage-started', stage, hosts, batches: 1 })
    const within = ({ at }: Intent) => at.stage === step.stage && at.batch === step.batch
    const here = reverts.filter(({ host }) => hosts.includes(host))
    await Promise.all(here.map((revert) => revert.undo(within).catch(passOverLost)))
    const problem = await broken(guards(step), hosts, { fleet, inventory })
    if (problem !== undefined) {
      const advice = 'Nothing further was put back. Mend the cluster, then run --revert again.'
      emit({ type: 'error', stage, message: `After this was put back: ${problem}`, advice })
    }
    const durationMs = Math.round(performance.now() - started)
    emit({ type: 'stage-ended', stage, durationMs, stopped: problem !== undefined })
    if (problem !== undefined) return false
  }
  return true
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
