import { defineFact } from '../host/fact.ts'
import type { HostReader, Stat } from '../host/host.ts'
import { isRecord, isString, parseMemory } from '../host/our-memory.ts'
import { ourPaths } from '../host/paths.ts'
import { hostsFile } from './hosts-file.ts'

/** What of Kubernetes stands on a host. */
export interface Installation {
  /** `kubelet` is one that nobody known has brought; `half` is data without a unit that it belongs to. */
  readonly is: 'none' | 'half' | Product
  /** One of its units was brought by us. */
  readonly ours: boolean
  /** It is a node of a cluster, or was one: under its name. */
  readonly joined: boolean
  readonly units: readonly string[]
  /** Where its data stand. */
  readonly paths: readonly string[]
  /** What tools that we replace have left behind, whatever stands there now. */
  readonly leftovers: readonly Leftover[]
}

export interface Leftover {
  readonly of: Tool
  /** A path, or what a line in a file begins with. */
  readonly at: string
}

type Product = 'k3s' | 'rke2' | 'kubeadm' | 'kubelet'
type Tool = keyof typeof tools

const units: Readonly<Record<string, 'k3s' | 'rke2' | 'kubelet'>> = {
  'k3s.service': 'k3s',
  'k3s-agent.service': 'k3s',
  'rke2-server.service': 'rke2',
  'rke2-agent.service': 'rke2',
  'kubelet.service': 'kubelet',
}
const unitFolders = ['/etc/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system']

/** A kubelet that kubeadm looks after takes its flags from there. */
const flagsOfKubeadm = '/var/lib/kubelet/kubeadm-flags.env'
/** What a node gets when it joins, and nobody else has. */
const identities = [
  '/etc/rancher/node/password',
  '/var/lib/rancher/k3s/agent/client-kubelet.crt',
  '/var/lib/rancher/rke2/agent/client-kubelet.crt',
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/pki',
] as const
const data = [
  '/etc/rancher/k3s',
  '/var/lib/rancher/k3s',
  '/etc/rancher/rke2',
  '/var/lib/rancher/rke2',
  '/etc/kubernetes',
  '/var/lib/kubelet',
  '/var/lib/etcd/member',
  flagsOfKubeadm,
  ...identities,
] as const

const tools = {
  KubeXM: {
    paths: ['/etc/kubexm', '/etc/sysctl.d/99-kubexm-cri.conf', '/etc/modules-load.d/kubexm.conf'],
    mark: `# BEGIN ${hostsFile.block}`,
  },
  KubeKey: { paths: ['/usr/local/bin/kube-scripts'], mark: '# kubekey hosts BEGIN' },
  kubespray: {
    paths: ['/etc/modules-load.d/kubespray-br_netfilter.conf', '/usr/local/bin/etcd-scripts'],
    mark: '# Ansible inventory hosts BEGIN',
  },
} as const

const paths = [
  ...Object.keys(units).flatMap((unit) => unitFolders.map((folder) => `${folder}/${unit}`)),
  ...data,
  ...Object.values(tools).flatMap((tool) => tool.paths),
]

/** Which installation of Kubernetes stands on the host, whole or half, and who brought it; asked in one round trip. */
export const installation = defineFact('the installation', async (host): Promise<Installation> => {
  const [stats, [hosts], origins] = await Promise.all([
    host.stat(paths),
    host.readFiles([hostsFile.path]),
    ourOrigins(host),
  ])
  const standing = paths.filter((_, index) => stands(stats[index]))
  return judged(new Set(standing), hosts?.toString() ?? '', origins)
})

/** What stands on a host comes to this. */
export function judged(
  standing: ReadonlySet<string>,
  hosts: string,
  origins: ReadonlySet<string>,
): Installation {
  const found = Object.keys(units).filter((unit) => {
    return unitFolders.some((folder) => standing.has(`${folder}/${unit}`))
  })
  // A folder that we made for settings to come is no installation.
  const there = data.filter((path) => standing.has(path) && !origins.has(`directory:${path}`))
  const first = units[found[0] ?? '']
  const product = first === 'kubelet' && standing.has(flagsOfKubeadm) ? 'kubeadm' : first
  return {
    is: product ?? (there.length > 0 ? 'half' : 'none'),
    ours: found.some((unit) => origins.has(`unit:${unit}`)),
    joined: identities.some((path) => standing.has(path)),
    units: found,
    paths: there,
    leftovers: leftoversOf(standing, hosts.split('\n'), origins),
  }
}

function leftoversOf(
  standing: ReadonlySet<string>,
  lines: readonly string[],
  origins: ReadonlySet<string>,
): readonly Leftover[] {
  const isOurs = origins.has(`block:${hostsFile.path}#${hostsFile.block}`)
  return Object.entries(tools).flatMap(([name, { paths: left, mark }]) => {
    const marked = lines.includes(mark) && !(isOurs && mark.endsWith(hostsFile.block)) ? [mark] : []
    const all = [...left.filter((path) => standing.has(path)), ...marked]
    return all.map((at) => ({ of: name as Tool, at }))
  })
}

/** A unit that is masked stands there as a link to nothing. */
function stands(stat: Stat | undefined): boolean {
  if (stat?.type === 'link') return stat.target !== '/dev/null'
  return stat !== undefined && stat.type !== 'absent'
}

/** What we have changed there, by the names under which the host remembers it. */
async function ourOrigins(host: HostReader): Promise<ReadonlySet<string>> {
  const [content] = await host.readFiles([ourPaths.origins])
  if (content === undefined) return new Set()
  return new Set(parseMemory(host.name, ourPaths.origins, content, isNamedList).map(({ id }) => id))
}

function isNamedList(value: unknown): value is readonly { readonly id: string }[] {
  return Array.isArray(value) && value.every((each) => isRecord(each) && isString(each['id']))
}
