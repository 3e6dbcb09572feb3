import { tuning } from '../../lib/cluster/tuning.ts'
import { configuration } from '../../lib/cluster/vars.ts'
import { defineRole } from '../../lib/play/role.ts'
import { judgeHost, tellOfLost } from './tasks/judge-host.ts'
import { vars } from './vars.ts'

/** Judges hosts before anything is changed: what stops the run, what will be mended, what to think about. */
export const preflight = defineRole({
  name: 'preflight',
  folder: import.meta.dirname,
  vars,
  shared: { ...configuration, system_tuning: tuning },
  async tasks(context) {
    await judgeHost(context)
  },
  unreachable: tellOfLost,
})
