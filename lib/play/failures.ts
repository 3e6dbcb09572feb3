import type { Stage } from './playbook.ts'

/** How many hosts of a stage may fail: so many, or a part of them. */
export type MaxFail = number | `${number}%`

/** The hosts of a stage at one moment. */
export interface Standing {
  /** Whom the stage began with, in order. */
  readonly hosts: readonly string[]
  /** Those of them that failed or were lost. */
  readonly gone: readonly string[]
}

/** A batch that has ended, with what became of its hosts. */
export interface Batch {
  /** It was the first, alone, to show what the others are in for. */
  readonly canary: boolean
  /** Those that failed or were lost. */
  readonly gone: readonly string[]
  /** One has failed, other than by being lost. */
  readonly failed: boolean
  readonly lostWhole: boolean
}

/** Why a stage goes no further; `message` where the failures themselves have not said it. */
export type End = 'goes on' | { readonly message?: string; readonly advice?: string }

const resume = 'Mend what failed, then go on with --resume.'

/** What the failures of a batch mean for the rest of its stage. */
export function afterBatch(stage: Stage, { hosts, gone }: Standing, batch: Batch): End {
  if (batch.canary && batch.gone.length > 0) {
    const who = batch.gone.join(', ')
    return {
      message: `The canary failed or was lost (${who}): the stage goes to no other host.`,
      advice: resume,
    }
  }
  if (stage.maxFail !== undefined) return withinBudget(stage.maxFail, { hosts, gone })
  return (batch.failed || batch.lostWhole) && stage.onFailure !== 'continue' ? {} : 'goes on'
}

/** Whether a stage may begin with those who are there; `nobody`: of its hosts, none is left. */
export function beforeStage(stage: Stage, standing: Standing, nobody: boolean): End {
  if (stage.maxFail !== undefined) return withinBudget(stage.maxFail, standing)
  return nobody && stage.onFailure !== 'continue' ? {} : 'goes on'
}

/** Strictly more than the budget ends the stage, as Ansible's `max_fail_percentage` does. */
function withinBudget(maxFail: MaxFail, { hosts, gone }: Standing): End {
  const spent = typeof maxFail === 'number' ? gone.length : (gone.length / hosts.length) * 100
  if (gone.length === 0 || spent <= Number.parseFloat(String(maxFail))) return 'goes on'
  const parts = `${gone.length} of ${hosts.length} hosts`
  return {
    message: `${parts} failed or were lost (${gone.join(', ')}); maxFail is ${maxFail}.`,
    advice: resume,
  }
}
