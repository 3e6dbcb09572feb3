import { tuning } from '../../lib/cluster/tuning.ts'
import { configuration } from '../../lib/cluster/vars.ts'
import { defineRole } from '../../lib/play/role.ts'
import { vars } from './vars.ts'

/** Judges hosts before anything is changed: what stops the run, what will be mended, what to think about. */
export const preflight = defineRole({
  name: 'preflight',
  folder: import.meta.dirname,
  vars,
  shared: { ...configuration, system_tuning: tuning },
  work: () => import('./tasks/judge-host.ts'),
  async tasks(context, { judgeHost }) {
    await judgeHost(context)
  },
  unreachable: async (lost) => (await import('./tasks/judge-host.ts')).tellOfLost(lost),
})
