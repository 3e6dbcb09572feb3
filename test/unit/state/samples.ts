import { RunStore } from '../../../lib/state/run-store.ts'
import type { Intent } from '../../../lib/task/journal.ts'
import { scratchFolder } from '../../support/scratch.ts'

/** Of a run, as it is begun. */
export const record = { playbook: 'p', arguments: [], inventory: [], user: 'u' }

/** A file that comes, as a journal tells it. */
export const intent = (n: number, id: string): Intent => ({
  type: 'intent',
  n,
  at: { stage: 0, batch: 0, stageTitle: 's', role: 'r', task: 't' },
  kind: 'file',
  id,
  ref: {},
  from: { is: 'absent' },
  to: { is: 'file' },
})

/** A store without runs. */
export const storeOf = () => new RunStore('c', scratchFolder())
