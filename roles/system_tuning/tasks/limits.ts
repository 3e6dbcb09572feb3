import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { directory, sysctl, template, unitDefaults } from '../../../lib/resources/index.ts'
import type { TuningContext } from '../context.ts'
import { highestLimits } from '../highest-limits.ts'

const tags = ['limits'] as const
const manager = '/etc/systemd/system.conf.d'

/** Raises what sessions and services may have open and run, as far as the host may give it. */
export async function limits({ vars, task, fact }: TuningContext): Promise<void> {
  if (vars.limits === 'keep') return
  const highest = await fact(highestLimits)
  const openFiles = Math.min(vars.openFiles, highest.openFiles)
  const processes = Math.min(vars.processes, highest.processes)
  await task(
    tuningTasks.limits,
    { tags },
    // A session that is to get more than the kernel gives to anybody is refused: nobody could log in.
    sysctl({ key: 'fs.nr_open', atLeast: openFiles, file: '/etc/sysctl.d/99-troupe-limits.conf' }),
    template({
      path: '/etc/security/limits.d/90-troupe.conf',
      from: 'limits.conf.ejs',
      values: { openFiles, processes },
      mode: 0o644,
      owner: 'root',
      group: 'root',
    }),
    directory({ path: manager }),
    unitDefaults({
      path: `${manager}/90-troupe.conf`,
      set: { DefaultLimitNOFILE: openFiles, DefaultLimitNPROC: processes, DefaultTasksMax: processes },
    }),
  )
}
