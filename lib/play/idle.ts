import { setImmediate as turn } from 'node:timers/promises'
import { atHand, calledBy } from './at-hand.ts'
import { runOf, type PlayRun } from './play-run.ts'
import type { Stage } from './playbook.ts'
import type { RunContext } from './role.ts'
import { isSelected } from './selection.ts'
import { candidatesOf } from './stage-hosts.ts'

/** A task that is not selected. */
interface PassedOver {
  readonly role: string
  readonly task: string
}

/** By host, for those on which the roles of a stage come to their end without it. */
type Idle = ReadonlyMap<string, readonly PassedOver[]>

/** Finds the hosts on which no stage would do anything: they need not be opened. */
export async function findIdle(play: PlayRun, stages: readonly Stage[]): Promise<void> {
  // What stands in a journal may have to be undone, should its stage be.
  for (const name of play.limit) if (!play.fleet.hasBegun(name)) play.idle.add(name)
  for (const stage of stages) await wakeFor(play, stage)
}

/** Those that have something to do in the stage after all, as an earlier one may bring about, are idle no more. */
export async function wakeFor(play: PlayRun, stage: Stage): Promise<Idle> {
  if (play.idle.size === 0) return new Map()
  const candidates = candidatesOf(stage, play)
  const choosing = stage.runOnce === true || stage.anyOne === true
  const hosts = choosing ? candidates : candidates.filter((name) => play.idle.has(name))
  const idle = stage.putsBack === undefined ? await idleIn(play, stage, hosts) : new Map()
  const busy = hosts.filter((name) => !idle.has(name))
  // Who is chosen depends on who can be reached, so all of them have to be asked.
  for (const name of choosing && busy.length > 0 ? hosts : busy) play.idle.delete(name)
  return idle
}

/** Tells of the tasks that idle hosts pass over. */
export function tellPassedOver(
  { engine, idle }: PlayRun,
  { title: stage }: Stage,
  hosts: readonly string[],
  passed: Idle,
): void {
  for (const host of hosts) {
    if (!idle.has(host)) continue
    for (const place of passed.get(host) ?? [])
      engine.emit({ stage, ...place, host, type: 'task', status: 'skipped', durationMs: 0 })
  }
}

async function idleIn(play: PlayRun, stage: Stage, hosts: readonly string[]): Promise<Idle> {
  const idle = new Map<string, readonly PassedOver[]>()
  const run = runOf(play)
  for (const host of hosts) {
    passedOver(play, stage, host, run).then(
      (passed) => passed && idle.set(host, passed),
      // The run itself will tell of the error.
      () => {},
    )
  }
  // Who has not come to the end by then waits for a host, or for something that only the run itself should wait for.
  await turn()
  return new Map(idle)
}

/** Goes through the roles of a stage; where they need the host, it does not return, so that no role can catch that. */
async function passedOver(
  play: PlayRun,
  stage: Stage,
  host: string,
  run: RunContext,
): Promise<readonly PassedOver[] | undefined> {
  const passed: PassedOver[] = []
  let isNeeded = false
  const need = () => {
    isNeeded = true
    return new Promise<never>(() => {})
  }
  for (const role of stage.roles) {
    const inherited = [...(stage.tags ?? []), ...role.tags]
    const called = calledBy(async (task, tags) => {
      if (isSelected(play.selection, tags, inherited)) return need()
      passed.push({ role: role.name, task })
    })
    await role.tasks({ ...atHand(role, host, run, play), ...called, fact: need, during: need })
  }
  return isNeeded ? undefined : passed
}
