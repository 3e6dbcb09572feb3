import { hostRoles } from '../../lib/cluster/host-roles.ts'
import { nodeModules } from '../../lib/cluster/kernel.ts'
import { packagesOn } from '../../lib/cluster/packages.ts'
import { requirementsOf } from '../../lib/cluster/requirements.ts'
import type { Tuning } from '../../lib/cluster/tuning.ts'
import type { ClusterConfiguration } from '../../lib/cluster/vars.ts'
import type { Sought } from './survey.ts'

/** What no package of ours brings: without these a host is none that we can work on. */
export const indispensable = ['systemctl', 'mount', 'sed', 'awk', 'modprobe', 'sysctl'] as const

/** Only looked for, to know whom to ask. */
const asking = ['getent', 'bash'] as const

/** What to look for on every host of a cluster, whatever part it has: so one question does for all who ask. */
export function soughtFor(configuration: ClusterConfiguration, tuning: Tuning): Sought {
  const needed = packagesOn(hostRoles, configuration).flatMap(({ command }) => command ?? [])
  const { disks } = requirementsOf(hostRoles, configuration)
  return {
    commands: [...new Set([...indispensable, ...asking, ...needed])],
    paths: disks.map(({ path }) => path),
    modules: modulesOf(configuration, tuning),
  }
}

/** The kernel modules of a node, with those that the user adds. */
export function modulesOf(configuration: ClusterConfiguration, { modules }: Tuning): readonly string[] {
  return [...new Set([...nodeModules(configuration).map(({ name }) => name), ...modules])]
}
