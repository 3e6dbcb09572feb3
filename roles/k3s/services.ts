import { distributions, type Distribution } from '../../lib/cluster/distributions.ts'
import { clusterPorts, type ClusterPort } from '../../lib/cluster/ports.ts'
import { configuration, type ClusterConfiguration } from '../../lib/cluster/vars.ts'
import { locate } from '../../lib/inventory/located.ts'
import { cell, withTable } from '../../lib/scaffold/variable-table.ts'
import { readVars, type Vars } from '../../lib/vars/schema.ts'
import { kubectlOf, products, type Product } from './product.ts'

export const servicesPage = 'docs/services.md'

/** The page with its tables as the code has it. */
export function withServiceTables(page: string): string {
  return withTable(withTable(page, 'names', namesTable()), 'ports', portsTable())
}

const names: Readonly<Record<string, (product: Product) => string>> = {
  'service of a server': ({ units }) => units.server,
  'service of an agent': ({ units }) => units.agent,
  program: ({ program }) => program,
  kubectl: (product) => kubectlOf(product, product.dataDir),
  'kubeconfig of the administrator': ({ kubeconfig }) => kubeconfig,
  configuration: ({ configFolder }) => `${configFolder}/config.yaml`,
  'registries and mirrors': ({ configFolder }) => `${configFolder}/registries.yaml`,
  'environment of the service': ({ units }) => `/etc/default/${units.server.replace('.service', '')}`,
  data: ({ dataDir }) => dataDir,
  token: ({ dataDir }) => `${dataDir}/server/token`,
  'where joiners ask a server': ({ joinPort }) => `port ${joinPort ?? 6443}`,
}

function namesTable(): string {
  const all = Object.values(products)
  const rows = Object.entries(names).map(([what, of]) => [what, ...all.map((each) => `\`${of(each)}\``)])
  return table(['', ...all.map(({ name }) => name)], rows)
}

type Setting = readonly [words: string, settings: Partial<Record<keyof ClusterConfiguration, object>>]

/** What brings ports of its own along, in the words of who sets it. */
const settings: readonly Setting[] = [
  ['', {}],
  ['etcd.type: hosts', { etcd: { type: 'hosts' } }],
  ['network.backend: wireguard', { network: { backend: 'wireguard' } }],
  ['network.plugin: calico', { network: { plugin: 'calico' } }],
  ['calico, wireguard', { network: { plugin: 'calico', backend: 'wireguard' } }],
  ['calico, bgp', { network: { plugin: 'calico', backend: 'bgp' } }],
  ['network.plugin: cilium', { network: { plugin: 'cilium' } }],
  ['cilium, wireguard', { network: { plugin: 'cilium', backend: 'wireguard' } }],
  ['loadBalancer.type: haproxy, nginx', { loadBalancer: { type: 'haproxy' } }],
  ['registry.type: registry, harbor', { registry: { type: 'registry' } }],
  ['registry.type: harbor', { registry: { type: 'harbor' } }],
]

/** A port belongs to the first setting that brings it. */
function portsTable(): string {
  const rows = new Map<string, { readonly row: readonly string[]; readonly in: Set<Distribution> }>()
  for (const [words, own] of settings) {
    for (const distribution of distributions) {
      for (const port of clusterPorts(configured({ ...own, kubernetes: { distribution } }))) {
        const key = JSON.stringify(port)
        const known = rows.get(key) ?? { row: rowOf(port, words), in: new Set() }
        rows.set(key, known)
        known.in.add(distribution)
      }
    }
  }
  const lines = [...rows.values()].map(({ row, in: among }) => [
    ...row,
    among.size === distributions.length ? 'all' : [...among].join(', '),
  ])
  return table(['who listens', 'port', 'on', 'who comes', 'with', 'in'], lines)
}

function rowOf({ what, port, protocol, on, from }: ClusterPort, words: string): readonly string[] {
  const who = from === 'anybody' ? from : from.length === 0 ? 'the host itself' : from.join(', ')
  return [what, `${port}/${protocol}`, on.join(', '), who, words === '' ? '' : `\`${words}\``]
}

/** The configuration of a cluster with these settings, and else what holds where nothing is set. */
function configured(own: Readonly<Record<string, unknown>>): ClusterConfiguration {
  const entries = Object.entries(configuration as Readonly<Record<string, Vars>>).map(([name, vars]) => {
    const found = locate(name, own[name] ?? {}, { file: servicesPage })
    const read = readVars(vars, found, ({ path, expected }) => {
      throw new TypeError(`${name}.${path.join('.')} wants ${expected}.`)
    })
    return [name, read]
  })
  return Object.fromEntries(entries) as unknown as ClusterConfiguration
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |\n`
  return `\n${line(head)}|${head.map(() => '---|').join('')}\n${rows.map(line).join('')}\n`
}
