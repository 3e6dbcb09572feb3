import { selectHosts } from '../inventory/select.ts'
import { runBatch } from './batch-run.ts'
import { batches } from './batches.ts'
import type { PlayRun } from './play-run.ts'
import type { Stage } from './playbook.ts'

/** The hosts of a stage that this run works on, in the inventory's order, without those that have left it. */
export function hostsOf(
  stage: Stage,
  { inventory, limit }: Pick<PlayRun, 'inventory' | 'limit'>,
  left: ReadonlySet<string> = limit,
): readonly string[] {
  const chosen =
    typeof stage.hosts === 'string'
      ? selectHosts(inventory, stage.hosts, { unknown: 'ignore' })
      : stage.hosts(inventory)
  const within = chosen.filter((name) => limit.has(name) && left.has(name))
  return stage.runOnce === true ? within.slice(0, 1) : within
}

/** Runs one stage; false when the run must go no further. */
export async function runStage(play: PlayRun, stage: Stage, index: number): Promise<boolean> {
  const { engine, fleet, limit } = play
  if (engine.interrupted.aborted) return false
  const left = new Set((await fleet.reachable([...limit])).map(({ name }) => name))
  const hosts = hostsOf(stage, play, left)
  const parts = batches(hosts, stage.serial)
  const started = performance.now()
  engine.emit({ type: 'stage-started', stage: stage.title, hosts, batches: parts.length })
  let goOn = stage.onFailure === 'continue' || hosts.length > 0 || hostsOf(stage, play).length === 0
  for (const [number, names] of parts.entries()) {
    if (parts.length > 1) {
      engine.emit({ type: 'batch-started', stage: stage.title, hosts: names, batch: number + 1 })
    }
    goOn = await runBatch(play, stage, { stage: index, batch: number, stageTitle: stage.title }, names)
    if (!goOn) break
  }
  const durationMs = Math.round(performance.now() - started)
  engine.emit({ type: 'stage-ended', stage: stage.title, durationMs, stopped: !goOn })
  return goOn
}
