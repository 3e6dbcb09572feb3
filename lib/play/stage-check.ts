import { UserError } from '../errors.ts'
import { batches } from './batches.ts'
import type { Stage } from './playbook.ts'

/** Refuses a stage whose options cannot be; nobody may have compiled the playbook. */
export function checkStage(stage: Stage): void {
  const { title, maxFail, onFailure }: Pick<Stage, 'title'> & { maxFail?: unknown; onFailure?: unknown } =
    stage
  batches(['any'], stage)
  if (maxFail === undefined) return
  if (onFailure !== undefined) {
    throw new UserError(
      `The stage "${title}" has both maxFail and onFailure: ${JSON.stringify(onFailure)}.`,
      'Give maxFail alone to go on while no more hosts than that fail, or onFailure alone.',
    )
  }
  if (isCount(maxFail) || isPart(maxFail)) return
  throw new UserError(
    `The stage "${title}" has maxFail: ${JSON.stringify(maxFail)}.`,
    'Give a whole number of hosts from 0, or a part of them from "0%" to "100%".',
  )
}

function isCount(maxFail: unknown): boolean {
  return typeof maxFail === 'number' && Number.isInteger(maxFail) && maxFail >= 0
}

function isPart(maxFail: unknown): boolean {
  return typeof maxFail === 'string' && /^\d+(\.\d+)?%$/.test(maxFail) && Number.parseFloat(maxFail) <= 100
}
