import { quote } from '../../../lib/host/command.ts'
import { defineFact, type Fact } from '../../../lib/host/fact.ts'
import { noInstallation } from '../../../lib/kube/no-installation.ts'
import type { Finding } from '../../../lib/report/events.ts'
import type { K3sContext } from '../context.ts'
import { installationOf } from '../installation.ts'
import { stayingOf } from '../leaving.ts'
import { productOf, type Product } from '../product.ts'
import { serversOf } from '../roster.ts'
import { standingAsFound } from '../standing.ts'

/** Takes away what runs, is mounted and stands on the host because it is a node. */
export async function takeAway({ vars, shared, task }: K3sContext): Promise<void> {
  const product = productOf(shared.kubernetes)
  const installation = installationOf(product, vars.dataDir ?? product.dataDir)
  await task(`Take away what ${product.name} has made`, noInstallation(installation))
}

/** A cluster of which a part stays still knows the host: that is for who removes nodes. */
export async function warnWhereOthersStay(context: K3sContext): Promise<void> {
  const { host, vars, shared, run, fact, inspect } = context
  const product = productOf(shared.kubernetes)
  const others = serversOf(context).filter(({ name }) => !run.hosts.includes(name))
  await inspect('See whether the cluster stays', async () => {
    const found = standingAsFound(product, vars.dataDir ?? product.dataDir)
    const all = await Promise.all(
      others.map(async ({ name }) => ((await fact(name, found))?.serves ? [name] : [])),
    )
    const serving = all.flat()
    return serving.length === 0 ? [] : [staysKnown(host.name, serving)]
  })
}

/** The host is cleaned only where somebody has taken its node out of the cluster in the same run. */
export async function refuseWithoutCluster(context: K3sContext): Promise<void> {
  const { run, inspect } = context
  const staying = stayingOf(context).map(({ name }) => name)
  await inspect('See that its node is out of the cluster', async () =>
    staying.some((name) => run.hosts.includes(name)) ? [] : [nobodyTookItOut(staying)],
  )
}

/** What stands there and is not ours to take away. */
export async function nameWhatStays({ host, vars, shared, fact, inspect }: K3sContext): Promise<void> {
  const product = productOf(shared.kubernetes)
  const left = await fact(leftovers(product, vars.dataDir ?? product.dataDir))
  await inspect('Name what stays', async () => left.map((path) => staysThere(host.name, path)))
}

function leftovers(
  { program, configFolder, name, units }: Product,
  dataDir: string,
): Fact<readonly string[]> {
  const unitFiles = Object.values(units).map((unit) => `/etc/systemd/system/${unit}`)
  const paths = [program, ...unitFiles, configFolder, dataDir, '/etc/cni/net.d']
  return defineFact(`what stays of ${name} in ${dataDir}`, async (host) => {
    const { stdout } = await host.query({
      text: `for each in ${paths.map(quote).join(' ')}; do if [ -e "$each" ]; then echo "$each"; fi; done`,
    })
    return stdout.split('\n').filter((line) => line !== '')
  })
}

function staysThere(host: string, path: string): Finding {
  return {
    check: 'leftovers',
    class: 'warning',
    found: path,
    wanted: 'nothing of a cluster',
    message: `${path} stays on ${host}: somebody else put there what is in it, or mounted it.`,
    advice: 'Look at it, and remove it by hand if it is of no use.',
  }
}

function staysKnown(host: string, serving: readonly string[]): Finding {
  return {
    check: 'cluster',
    class: 'warning',
    found: `${serving.join(', ')} still ${serving.length === 1 ? 'serves' : 'serve'} the cluster`,
    wanted: 'no cluster that knows the host',
    message: `The cluster stays, and knows ${host} as a node for as long as nobody takes it out.`,
    advice: `Take it out: playbooks/remove_node.ts -e node=${host} -e node_is_gone=true.`,
  }
}

function nobodyTookItOut(staying: readonly string[]): Finding {
  return {
    check: 'cluster',
    class: 'fatal',
    found: 'no server that stays in --limit',
    wanted: `one of ${staying.join(', ')}`,
    message: 'Nobody has taken the node out of the cluster, so the host is left as it is.',
    advice: 'Leave --limit out: only what node names is removed.',
  }
}
