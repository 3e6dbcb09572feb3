import { mayBeNode, rolesOf } from '../../../lib/cluster/host-roles.ts'
import { nodeModules } from '../../../lib/cluster/kernel.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { kernelModule } from '../../../lib/resources/index.ts'
import type { TuningContext } from '../context.ts'

const tags = ['kernel-modules'] as const

/** Loads what a node needs of its kernel, now and at boot. */
export async function kernelModules({ host, vars, shared, group, task }: TuningContext): Promise<void> {
  if (vars.kernelModules === 'keep' || !mayBeNode(rolesOf(host.name, group))) return
  const named = [...nodeModules(shared).map(({ name }) => name), ...vars.modules]
  const names = new Set(named.map((name) => name.replaceAll('-', '_')))
  const modules = [...names].map((name) => kernelModule({ name }))
  await task(tuningTasks.kernelModules, { tags }, ...modules)
}
