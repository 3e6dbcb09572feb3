import { selinux } from '../../../lib/resources/index.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import type { TuningContext } from '../context.ts'

const tags = ['selinux'] as const

/** Lets SELinux only warn; where it does so already, is disabled or unknown, there is nothing to do. */
export async function selinuxMode({ vars, task }: TuningContext): Promise<void> {
  if (vars.selinux === 'keep') return
  await task(tuningTasks.selinux, { tags }, selinux({ atMost: vars.selinux }))
}
