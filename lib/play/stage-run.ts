import { runBatch } from './batch-run.ts'
import { batches } from './batches.ts'
import { afterBatch, beforeStage, type End } from './failures.ts'
import { tellPassedOver, wakeFor } from './idle.ts'
import { runOf, type PlayRun } from './play-run.ts'
import type { Stage } from './playbook.ts'
import { checkStage } from './stage-check.ts'
import { hostsOf } from './stage-hosts.ts'

/** Runs one stage; false when the run must go no further. */
export async function runStage(play: PlayRun, stage: Stage, index: number): Promise<boolean> {
  const { engine } = play
  if (engine.interrupted.aborted) return false
  checkStage(stage)
  const goOn = await runBatches(play, stage, index)
  for (const name of await gone(play, [...play.limit])) play.gone.add(name)
  return goOn
}

async function runBatches(play: PlayRun, stage: Stage, index: number): Promise<boolean> {
  const { engine, limit, idle } = play
  const passed = await wakeFor(play, stage)
  const left = new Set(await present(play, [...limit]))
  const hosts = hostsOf(stage, play, left)
  const found = stage.anyOne === true && hosts.length > 0
  if (found) spareOthers(play, stage, left)
  const all = found ? hosts : withLost(stage, play)
  const standing = async () => ({ hosts: all, gone: await gone(play, all) })
  const busy = hosts.filter((name) => !idle.has(name))
  const parts = batches(busy, stage)
  const started = performance.now()
  engine.emit({ type: 'stage-started', stage: stage.title, hosts, batches: parts.length })
  await tellLost(
    play,
    stage,
    all.filter((name) => !left.has(name)),
  )
  const nobody = hosts.length === 0 && hostsOf(stage, play).length > 0
  let goOn = isGoingOn(play, stage, beforeStage(stage, await standing(), nobody))
  if (goOn) tellPassedOver(play, stage, hosts, passed)
  for (const [number, names] of parts.entries()) {
    if (!goOn) break
    const canary = number === 0 && stage.canary !== undefined
    if (parts.length > 1) {
      const which = { hosts: names, batch: number + 1, ...(canary ? { canary } : {}) }
      engine.emit({ type: 'batch-started', stage: stage.title, ...which })
    }
    const at = { stage: index, batch: number, stageTitle: stage.title }
    goOn = await runBatch(play, stage, at, names, async (failed) => {
      const lost = await gone(play, names)
      const batch = { canary, gone: lost, failed, lostWhole: lost.length === names.length }
      return isGoingOn(play, stage, afterBatch(stage, await standing(), batch))
    })
  }
  const durationMs = Math.round(performance.now() - started)
  engine.emit({ type: 'stage-ended', stage: stage.title, durationMs, stopped: !goOn })
  return goOn
}

/** The hosts of a stage with those that were lost since the one before it. */
function withLost(stage: Stage, play: PlayRun): readonly string[] {
  return hostsOf(stage, play, new Set([...play.limit].filter((name) => !play.gone.has(name))))
}

/** One was to be found, and was: that the others are off is no failure. */
function spareOthers(play: PlayRun, stage: Stage, left: ReadonlySet<string>): void {
  const chosen = hostsOf({ ...stage, anyOne: false }, play)
  for (const name of chosen) if (!left.has(name)) play.engine.spared.add(name)
}

/** What the roles of the stage have to say of hosts that they cannot run on. */
async function tellLost(play: PlayRun, stage: Stage, lost: readonly string[]): Promise<void> {
  const { engine, fleet } = play
  for (const host of lost) {
    const why = await fleet.lossOf(host)
    if (why === undefined) continue
    for (const { name: role, unreachable } of stage.roles) {
      const vars = play.varsOf(host, role)
      const findings = await unreachable({ host, why, vars, run: runOf(play) })
      for (const finding of findings)
        engine.emit({ type: 'finding', stage: stage.title, role, host, ...finding })
    }
  }
}

function isGoingOn({ engine }: PlayRun, { title }: Stage, end: End): boolean {
  if (end === 'goes on') return true
  const { message, advice } = end
  if (message !== undefined) {
    engine.emit({ type: 'error', stage: title, message, ...(advice === undefined ? {} : { advice }) })
  }
  return false
}

/** Those that can still be worked with; who is idle has not been asked. */
async function present({ fleet, idle }: PlayRun, names: readonly string[]): Promise<readonly string[]> {
  const reached = await fleet.reachable(names.filter((name) => !idle.has(name)))
  const there = new Set(reached.map(({ name }) => name))
  return names.filter((name) => idle.has(name) || there.has(name))
}

async function gone(play: PlayRun, names: readonly string[]): Promise<readonly string[]> {
  const there = new Set(await present(play, names))
  return names.filter((name) => !there.has(name))
}
