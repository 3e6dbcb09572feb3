import { installation } from '../../../lib/cluster/installation.ts'
import { tuningTasks } from '../../../lib/cluster/tuning.ts'
import { defineFact, type Fact } from '../../../lib/host/fact.ts'
import { liveName } from '../../../lib/host/facts/live-name.ts'
import { hostname } from '../../../lib/resources/index.ts'
import { TaskFailed } from '../../../lib/task/outcome.ts'
import { isDnsName } from '../../../lib/vars/network-schemas.ts'
import type { TuningContext } from '../context.ts'

const tags = ['hostname'] as const

/** Names the host as the inventory calls it, unless that is no name, or a cluster knows it by another. */
export async function hostName({ host, vars, task, inspect, ask }: TuningContext): Promise<void> {
  if (vars.hostname === 'keep') return
  if (!isDnsName(host.name)) {
    const message = `The inventory calls the host ${host.name}, which cannot be its name: it keeps the one that it has.`
    const finding = {
      check: 'hostname',
      class: 'warning',
      found: host.name,
      wanted: 'a name of lower case letters, digits, inner hyphens and dots',
      message,
      advice:
        'Give it such a name in the inventory and put its address into ansible_host; or say system_tuning.hostname: keep.',
    } as const
    return inspect(tuningTasks.hostname, async () => [finding], { tags })
  }
  const name = ask(host.name, nameToBear(host.name))
  // Where the block of the cluster is kept, that names the host instead of this line.
  await task(tuningTasks.hostname, { tags }, hostname({ name, hosts: vars.etcHosts === 'keep' }))
}

/** The name, where the host may bear it: a node is known to its cluster by the name that it joined under. */
function nameToBear(name: string): Fact<string> {
  return defineFact(
    `whether it may be called ${name}`,
    async (host) => {
      const [now, found] = await Promise.all([liveName.read(host), installation.read(host)])
      if (now === name || !found.joined) return name
      const where = [...found.units, ...found.paths].join(', ')
      throw new TaskFailed(`${name} is a node of a cluster already, by the name of ${now}: ${where}.`, {
        advice: `Call it ${now} in the inventory, or say system_tuning.hostname: keep; or take the node out of its cluster first.`,
      })
    },
    { lasting: true },
  )
}
