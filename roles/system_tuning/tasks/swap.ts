import { swap } from '../../../lib/resources/index.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import type { TuningContext } from '../context.ts'

const tags = ['swap'] as const

/** Turns all swap off, compressed memory too, now and after a boot. */
export async function noSwap({ vars, task }: TuningContext): Promise<void> {
  if (vars.swap === 'keep') return
  await task(tuningTasks.swap, { tags }, swap({ state: vars.swap }))
}
