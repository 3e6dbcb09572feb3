import { rolesOf } from '../../../lib/cluster/host-roles.ts'
import { packageNames, packagesOn } from '../../../lib/cluster/packages.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { packages } from '../../../lib/resources/index.ts'
import type { TuningContext } from '../context.ts'
import { knownSystem } from '../facts.ts'

/** Installs what the host needs for all that it is, in one transaction. */
export async function neededPackages(context: TuningContext): Promise<void> {
  const { host, vars, shared, group, task } = context
  if (vars.packages === 'keep') return
  const system = await knownSystem(context, 'packages')
  const further = { debian: vars.debs, redhat: vars.rpms }[system.family]
  const names = [...packageNames(packagesOn(rolesOf(host.name, group), shared), system), ...further]
  await task(tuningTasks.packages, { tags: ['packages'] }, packages({ names }))
}
