import { configuration } from '../../lib/cluster/vars.ts'
import { defineRole } from '../../lib/play/role.ts'
import { vars } from './vars.ts'

/** Makes the hosts of a cluster alike, below anything of Kubernetes. */
export const systemTuning = defineRole({
  name: 'system_tuning',
  folder: import.meta.dirname,
  vars,
  shared: configuration,
  work: () => import('./tasks/index.ts'),
  async tasks(context, work) {
    const names = await work.clusterNames(context)
    await work.selinuxMode(context)
    await work.noSwap(context)
    await work.firewall(context)
    await work.hostName(context)
    await work.etcHosts(context, names)
    await work.nameServers(context)
    await work.neededPackages(context)
    await work.timeSync(context)
    await work.kernelModules(context)
    await work.kernelSettings(context)
    await work.timeZone(context)
    await work.logs(context)
    await work.limits(context)
  },
})
