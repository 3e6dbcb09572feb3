import type { Emit } from '../report/events.ts'
import { changesToUndo, type Entry } from '../task/journal.ts'
import type { Guard } from './guard.ts'
import type { Playbook } from './playbook.ts'

/** A batch of a run, with the hosts that have something to be put back there. */
export interface Step {
  readonly stage: number
  readonly batch: number
  readonly stageTitle: string
  readonly hosts: readonly string[]
}

/** The batches that have something left to undo, last first. */
export function stepsBack(
  hosts: readonly string[],
  entriesOf: (host: string) => readonly Entry[],
): readonly Step[] {
  const steps = new Map<string, Step>()
  for (const host of hosts) {
    for (const { at } of changesToUndo(entriesOf(host)).flatMap(({ intents }) => intents)) {
      const key = `${at.stage} ${at.batch}`
      const { stage, batch, stageTitle } = at
      const others = (steps.get(key)?.hosts ?? []).filter((name) => name !== host)
      steps.set(key, { stage, batch, stageTitle, hosts: [...others, host] })
    }
  }
  return [...steps.values()].toSorted((a, b) => b.stage - a.stage || b.batch - a.batch)
}

/** The guards of a stage as the playbook is now; where they cannot be known any more, the user hears of it once. */
export function guardsBack({ stages }: Playbook, emit: Emit): (step: Step) => readonly Guard[] {
  const told = new Set<string>()
  const tell = (message: string) => {
    if (!told.has(message)) emit({ type: 'warning', message })
    told.add(message)
  }
  return ({ stageTitle }) => {
    if (typeof stages === 'function') {
      tell('This playbook makes its stages while it runs, so their guards cannot be asked in a revert.')
      return []
    }
    const stage = stages.find(({ title }) => title === stageTitle)
    if (stage !== undefined) return stage.guards ?? []
    tell(`The playbook has no stage "${stageTitle}" any more, so no guards of it are asked.`)
    return []
  }
}
