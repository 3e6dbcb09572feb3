import { statSync } from 'node:fs'
import { isRunning } from '../../host/process-mark.ts'
import type { RunDirectory } from '../../state/run-directory.ts'

/** What became of a run; `not ended` is all that can be told of one on another machine. */
export type Outcome =
  | 'done'
  | 'refused'
  | 'failed'
  | 'unreachable'
  | 'interrupted'
  | 'reverted'
  | 'running'
  | 'killed'
  | 'not ended'

const byExitCode: Readonly<Record<number, Outcome>> = {
  0: 'done',
  1: 'refused',
  3: 'done',
  4: 'unreachable',
  130: 'interrupted',
}

export function outcomeOf({ record }: RunDirectory): Outcome {
  if (record.reverted === true) return 'reverted'
  if (record.ended !== undefined) return byExitCode[record.exitCode ?? 2] ?? 'failed'
  const running = record.process && isRunning(record.process)
  if (running === undefined) return record.process === undefined ? 'killed' : 'not ended'
  return running ? 'running' : 'killed'
}

/** Whether `--resume` has anything to go on with. */
export function isResumable(run: RunDirectory): boolean {
  const outcome = outcomeOf(run)
  return outcome !== 'done' && outcome !== 'reverted' && outcome !== 'running'
}

/** Whether `--revert` has anything to put back. */
export function isRevertable(run: RunDirectory): boolean {
  return !['reverted', 'running'].includes(outcomeOf(run)) && run.hasToUndo()
}

/** How long it took, or has taken until it was last heard of. */
export function durationOf(run: RunDirectory): number {
  const { started, ended } = run.record
  const last = ended === undefined ? lastSign(run) : Date.parse(ended)
  return Math.max(0, last - Date.parse(started))
}

function lastSign(run: RunDirectory): number {
  if (outcomeOf(run) === 'running') return Date.now()
  return statSync(run.eventsFile, { throwIfNoEntry: false })?.mtimeMs ?? Date.parse(run.record.started)
}

/** `9cb619b`, with a mark where something was not committed. */
export function commitWord({ record: { commit } }: RunDirectory): string {
  return commit === undefined ? '' : commit.id.slice(0, 7) + (commit.dirty ? ' and changes' : '')
}
