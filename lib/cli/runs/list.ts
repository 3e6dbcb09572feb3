import { duration } from '../../report/duration.ts'
import type { RunDirectory } from '../../state/run-directory.ts'
import { commitWord, durationOf, isResumable, isRevertable, outcomeOf } from './outcome.ts'

/** A line a run, the newest first. */
export function listOfRuns(runs: readonly RunDirectory[]): readonly object[] {
  return runs.toReversed().map((run) => {
    const { id, playbook, started, user, job, hosts = [] } = run.record
    return {
      run: id,
      cluster: run.cluster,
      playbook,
      started: `${started.slice(0, 19)}Z`,
      took: duration(durationOf(run)),
      by: job?.user ?? user,
      hosts: hosts.length,
      outcome: outcomeOf(run),
      next: [...(isResumable(run) ? ['resume'] : []), ...(isRevertable(run) ? ['revert'] : [])].join(', '),
      commit: commitWord(run),
    }
  })
}
