import { mayBeNode, rolesOf } from '../../../lib/cluster/host-roles.ts'
import { nodeSettings, type NodeSetting } from '../../../lib/cluster/kernel.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { sysctl, type SysctlArgs } from '../../../lib/resources/index.ts'
import { plainKey } from '../../../lib/resources/kernel/sysctl-files.ts'
import type { TuningContext } from '../context.ts'

const tags = ['kernel-settings'] as const
const file = '/etc/sysctl.d/99-troupe-node.conf'

/** Sets the kernel of a node, now and at boot; what the user sets wins. */
export async function kernelSettings({ host, vars, group, task }: TuningContext): Promise<void> {
  if (vars.kernelSettings === 'keep' || !mayBeNode(rolesOf(host.name, group))) return
  const given = new Map(Object.entries(vars.sysctls).map(([key, value]) => [plainKey(key), value]))
  const ours = nodeSettings.map((setting): SysctlArgs => {
    // A kernel without IPv6, say, has fewer of them; what a module brings is there once that is loaded.
    const ifKnown = setting.module === undefined || vars.kernelModules === 'keep'
    return { key: setting.key, file, ifKnown, ...valueOf(setting, given.get(setting.key)) }
  })
  const further = [...given].filter(([key]) => !nodeSettings.some((setting) => setting.key === key))
  const settings = [...ours, ...further.map(([key, value]) => ({ key, value, file }))]
  await task(tuningTasks.kernelSettings, { tags }, ...settings.map(sysctl))
}

function valueOf(setting: NodeSetting, given: string | undefined) {
  if (given !== undefined) return { value: given }
  return 'atLeast' in setting ? { atLeast: setting.atLeast } : { value: setting.value }
}
