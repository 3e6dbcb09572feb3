import { unlessLost } from '../../../lib/host/fact.ts'
import { drained, leftNode } from '../../../lib/kube/drained.ts'
import { noInstallation } from '../../../lib/kube/no-installation.ts'
import { kubeNodes } from '../../../lib/kube/nodes.ts'
import type { Member } from '../../../lib/play/role.ts'
import type { Finding } from '../../../lib/report/events.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { milliseconds } from '../../../lib/vars/duration.ts'
import { nodeNameOf, type Seen } from '../cluster.ts'
import type { K3sContext } from '../context.ts'
import { areGone, leavingOf } from '../leaving.ts'
import { removalOf, type Step } from '../removal.ts'
import { standing } from '../standing.ts'
import type { K3sVars } from '../vars.ts'
import { serviceOf } from '../installation.ts'

/** Takes nodes out of the cluster, one after the other, through servers that stay. */
export async function leave(context: K3sContext, seen: Seen): Promise<void> {
  const { inspect } = context
  const leaving = new Map(leavingOf(context).map((host) => [nodeOf(host), host.name]))
  const through = seen.serving.filter((name) => ![...leaving.values()].includes(name))
  let steps: readonly Step[] = []
  await inspect('Judge whether the cluster bears it', async () => {
    const findings = [...(await hostFindings(context, seen, [...leaving.values()]))]
    if (through.length === 0) return [...findings, noServer]
    const nodes = await context.fact(through[0] ?? '', kubeNodes(seen.kubectl.admin))
    const removal = removalOf(nodes, [...leaving.keys()])
    if (removal.is === 'refused') return [...findings, refusal(removal)]
    steps = removal.steps
    return findings
  })
  for (const step of steps) await removeNode(context, seen, through, leaving.get(step.node) ?? '', step)
  await inspect('Say what is left to do', async () => [...leaving.values()].map(leftToDo))
}

async function removeNode(
  context: K3sContext,
  { kubectl: { admin: kubectl }, product }: Seen,
  through: readonly string[],
  host: string,
  { node, ready, whileItServes }: Step,
): Promise<void> {
  const { task, on, during, vars } = context
  const viaServer = (resource: Resource) => on(through, resource)
  const isGone = areGone(context)
  const known = {
    name: node,
    kubectl,
    password: `${node}.node-password.${product.name}`,
    deadlineMs: milliseconds(vars.deadlines.drain),
    blocked: vars.drain.blocked,
    // The host is known, unless nobody can reach it: then one that is ready may be another.
    ...(isGone ? {} : { evenIfReady: true as const }),
  }
  const gone = viaServer(leftNode(known))
  const work = async () => {
    if (whileItServes) await task(`Let ${node} leave etcd while it still votes`, gone)
    if (!isGone) await task(`Stop the service on ${host}`, on([host], noInstallation(serviceOf(product))))
    await task(`Give up the node ${node}`, gone)
  }
  // Pods leave only where somebody hears that they are to.
  if (!ready || isGone) return work()
  await during(drained(known, viaServer), work)
}

/** What speaks against a host as it is found: that it cannot be reached, or is of another cluster. */
async function hostFindings(
  context: K3sContext,
  { product, dataDir, serving }: Seen,
  hosts: readonly string[],
): Promise<readonly Finding[]> {
  const { fact } = context
  if (areGone(context)) return []
  const ask = unlessLost(standing(product, dataDir))
  const cluster = serving[0] === undefined ? undefined : await fact(serving[0], ask)
  const findings = await Promise.all(
    hosts.map(async (host): Promise<readonly Finding[]> => {
      const found = await fact(host, ask)
      if (found === undefined) return [unreachable(host)]
      const held = found.ca ?? found.nodeCa
      return held === undefined || held === cluster?.ca || cluster === undefined ? [] : [foreign(host, held)]
    }),
  )
  return findings.flat()
}

function nodeOf({ name, vars }: Member): string {
  return nodeNameOf(name, (vars['k3s'] as K3sVars).nodeName)
}

const noServer: Finding = {
  check: 'cluster',
  class: 'fatal',
  found: 'no server that serves',
  wanted: 'one of those that stay',
  message: 'No server that stays serves the cluster, so that no node can be taken out of it.',
  advice: 'Start one of them first: systemctl start k3s.',
}

function unreachable(host: string): Finding {
  return {
    check: 'connectivity',
    class: 'fatal',
    found: `${host} cannot be reached`,
    wanted: 'a host that can be cleaned when it leaves',
    message: `${host} cannot be reached, so that nothing would be taken off it.`,
    advice: `Switch it on. Is it gone for good? Give -e node_is_gone=true, and it is only taken out of the cluster.`,
  }
}

function foreign(host: string, held: string): Finding {
  return {
    check: 'cluster',
    class: 'fatal',
    found: `data of the cluster ${held.slice(0, 12)}…`,
    wanted: 'a node of this cluster',
    message: `${host} holds data of another cluster, which a removal from this one would take away.`,
    advice: `Give its own inventory; or, if the data are of no use, playbooks/reset.ts --limit ${host} first.`,
  }
}

function refusal({
  found,
  wanted,
  advice,
}: {
  readonly found: string
  readonly wanted: string
  readonly advice: string
}): Finding {
  const message = `The cluster would not bear it: ${found}.`
  return { check: 'quorum', class: 'fatal', found, wanted, message, advice }
}

function leftToDo(host: string): Finding {
  return {
    check: 'inventory',
    class: 'warning',
    found: `${host} in the inventory`,
    wanted: 'none but nodes of the cluster',
    message: `${host} is out of the cluster, and the inventory still has it.`,
    advice: `Take ${host} out of the inventory: the next install would join it again.`,
  }
}
