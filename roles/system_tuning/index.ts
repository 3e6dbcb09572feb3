import { configuration } from '../../lib/cluster/vars.ts'
import { defineRole } from '../../lib/play/role.ts'
import { clusterNames, etcHosts } from './tasks/etc-hosts.ts'
import { hostName } from './tasks/hostname.ts'
import { nameServers } from './tasks/name-servers.ts'
import { neededPackages } from './tasks/packages.ts'
import { timeSync } from './tasks/time-sync.ts'
import { vars } from './vars.ts'

/** Makes the hosts of a cluster alike, below anything of Kubernetes. */
export const systemTuning = defineRole({
  name: 'system_tuning',
  folder: import.meta.dirname,
  vars,
  shared: configuration,
  async tasks(context) {
    const names = await clusterNames(context)
    await hostName(context)
    await etcHosts(context, names)
    await nameServers(context)
    await neededPackages(context)
    await timeSync(context)
  },
})
