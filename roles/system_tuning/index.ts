import { configuration } from '../../lib/cluster/vars.ts'
import { defineRole } from '../../lib/play/role.ts'
import { clusterNames, etcHosts } from './tasks/etc-hosts.ts'
import { firewall } from './tasks/firewall.ts'
import { hostName } from './tasks/hostname.ts'
import { kernelModules } from './tasks/kernel-modules.ts'
import { kernelSettings } from './tasks/kernel-settings.ts'
import { limits } from './tasks/limits.ts'
import { logs } from './tasks/logs.ts'
import { nameServers } from './tasks/name-servers.ts'
import { neededPackages } from './tasks/packages.ts'
import { selinuxMode } from './tasks/selinux.ts'
import { noSwap } from './tasks/swap.ts'
import { timeSync } from './tasks/time-sync.ts'
import { timeZone } from './tasks/timezone.ts'
import { vars } from './vars.ts'

/** Makes the hosts of a cluster alike, below anything of Kubernetes. */
export const systemTuning = defineRole({
  name: 'system_tuning',
  folder: import.meta.dirname,
  vars,
  shared: configuration,
  async tasks(context) {
    const names = await clusterNames(context)
    await selinuxMode(context)
    await noSwap(context)
    await firewall(context)
    await hostName(context)
    await etcHosts(context, names)
    await nameServers(context)
    await neededPackages(context)
    await timeSync(context)
    await kernelModules(context)
    await kernelSettings(context)
    await timeZone(context)
    await logs(context)
    await limits(context)
  },
})
