import type { Emit, Mode, Place } from '../report/events.ts'
import type { Language } from '../report/language.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Engine, OnFailed } from '../task/engine.ts'
import { Exclusives } from '../task/exclusives.ts'
import type { Fleet } from './fleet.ts'
import { findIdle } from './idle.ts'
import type { PlayRun } from './play-run.ts'
import { loadRoles, type Playbook, type Stage } from './playbook.ts'
import { forgetWhereBack } from './put-back.ts'
import type { Member } from './role.ts'
import type { TaskSelection } from './selection.ts'
import { checkStage } from './stage-check.ts'
import { candidatesOf } from './stage-hosts.ts'
import { runStage } from './stage-run.ts'
import { Tally } from './tally.ts'
import { Unreachable } from '../transport/errors.ts'

export interface RunOptions {
  readonly runId: string
  readonly playbook: Playbook
  readonly inventory: Inventory
  readonly limit: ReadonlySet<string>
  readonly forks: number
  readonly language: Language
  readonly diff: boolean
  readonly mode: Exclude<Mode, 'revert'>
  readonly selection: TaskSelection
  readonly emit: Emit
  readonly interrupted: AbortSignal
  readonly fleet: (emit: Emit) => Fleet
  readonly varsOf: (host: string, role: string) => unknown
  readonly member: (host: string) => Member
  wanted(place: Place): Promise<boolean>
  /** Asked about each task that failed: `--debugger`. */
  readonly onFailed?: OnFailed | undefined
}

/** How a run came out; the exit code follows from it. */
export interface RunEnd {
  readonly failed: boolean
  readonly unreachable: boolean
  readonly changed: boolean
  readonly interrupted: boolean
}

/** Runs a playbook over its hosts, stage by stage. */
export async function runPlaybook(options: RunOptions): Promise<RunEnd> {
  const { playbook, mode, interrupted } = options
  await loadRoles(playbook)
  const limit = worksOn(options)
  const needed = worksOn(options, ({ anyOne }) => anyOne !== true)
  const tally = new Tally()
  const emit = tally.counting(options.emit)
  const fleet = options.fleet(emit)
  let guardFailed = false
  const engine: Engine = {
    runId: options.runId,
    diff: options.diff,
    emit,
    interrupted,
    exclusives: new Exclusives(),
    spared: new Set(),
    onFailed: options.onFailed,
    peer: (name) => fleet.host(name),
    asked: (name) => fleet.asked(name),
  }
  const play: PlayRun = {
    ...options,
    limit,
    engine,
    fleet,
    tally,
    idle: new Set(),
    gone: new Set(),
    gaveBack: new Set(),
    guardFailed: () => void (guardFailed = true),
  }
  if (typeof playbook.stages !== 'function') for (const stage of playbook.stages) checkStage(stage)
  try {
    emit({ type: 'run-started', mode, title: playbook.title, hosts: [...limit] })
    if (typeof playbook.stages !== 'function') await findIdle(play, playbook.stages)
    const busy = [...limit].filter((name) => !play.idle.has(name))
    await openAll(fleet, busy)
    await runStages(play, playbook)
    if (!interrupted.aborted) await forgetWhereBack(play)
    for (const host of limit) emit({ type: 'recap', host, counts: tally.counts(host) })
    return {
      failed: guardFailed || tally.any('failed'),
      unreachable: [...options.limit].some((host) => {
        const isNeeded = needed.has(host) && !play.idle.has(host)
        return tally.counts(host).unreachable > 0 && (isNeeded || !engine.spared.has(host))
      }),
      changed: tally.any('changed') || tally.any('unknown') || tally.any('reverted'),
      interrupted: interrupted.aborted,
    }
  } finally {
    await fleet.close()
  }
}

/** The hosts that its stages work on: others of the inventory may be off, and are opened only to be asked. */
function worksOn(
  { playbook, ...options }: RunOptions,
  which: (stage: Stage) => boolean = () => true,
): ReadonlySet<string> {
  const { stages } = playbook
  if (typeof stages === 'function') return options.limit
  const chosen = new Set(stages.filter(which).flatMap((stage) => candidatesOf(stage, options)))
  return new Set([...options.limit].filter((name) => chosen.has(name)))
}

/** Opens all of these hosts before the first is touched; one that somebody else works on ends the run here. */
export async function openAll(fleet: Fleet, hosts: Iterable<string>): Promise<void> {
  const results = await Promise.allSettled([...hosts].map((name) => fleet.host(name)))
  for (const result of results) {
    if (result.status === 'rejected' && !(result.reason instanceof Unreachable)) throw result.reason
  }
}

async function runStages(play: PlayRun, { stages }: Playbook): Promise<void> {
  if (typeof stages !== 'function') {
    for (const [index, stage] of stages.entries()) {
      if (!(await runStage(play, stage, index))) return
    }
    return
  }
  let index = 0
  const ended = new Error('The run goes no further.')
  const run = async (stage: Stage) => {
    if (!(await runStage(play, stage, index++))) throw ended
  }
  try {
    await stages({ inventory: play.inventory, run })
  } catch (error) {
    if (error !== ended) throw error
  }
}
