import type { ClusterConfiguration } from './vars.ts'

export interface NodeModule {
  readonly name: string
  /** What it is for. */
  readonly why: string
}

export type NodeSetting = {
  readonly key: string
  readonly why: string
  /** The module that brings it. */
  readonly module?: string
} & (
  | { readonly value: string }
  /** What is higher already will do. */
  | { readonly atLeast: number }
)

type Configuration = Pick<ClusterConfiguration, 'kubernetes' | 'network'>

/** The modules that the kernel of a node has to have, loaded or built in. */
export function nodeModules({ kubernetes, network }: Configuration): readonly NodeModule[] {
  const overlay = network.plugin === 'none' ? undefined : overlayModules[network.backend]
  return [
    { name: 'overlay', why: 'images' },
    { name: 'br_netfilter', why: 'bridges' },
    { name: 'nf_conntrack', why: 'services' },
    ...(kubernetes.proxyMode === 'ipvs' ? ipvsModules.map((name) => ({ name, why: 'services' })) : []),
    ...(overlay === undefined ? [] : [{ name: overlay, why: 'overlay' }]),
  ]
}

const ipvsModules = ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh']

const overlayModules: Readonly<Partial<Record<ClusterConfiguration['network']['backend'], string>>> = {
  vxlan: 'vxlan',
  wireguard: 'wireguard',
}

/** How the kernel of a node has to be set, as far as it knows these settings; what resets others comes first. */
export const nodeSettings: readonly NodeSetting[] = [
  { key: 'net.ipv4.ip_forward', value: '1', why: 'routing' },
  { key: 'net.ipv6.conf.all.forwarding', value: '1', why: 'routing' },
  { key: 'net.bridge.bridge-nf-call-iptables', value: '1', why: 'services', module: 'br_netfilter' },
  { key: 'net.bridge.bridge-nf-call-ip6tables', value: '1', why: 'services', module: 'br_netfilter' },
  // These six are what kubelet insists on where it is told to protect them.
  { key: 'vm.overcommit_memory', value: '1', why: 'kubelet' },
  { key: 'vm.panic_on_oom', value: '0', why: 'kubelet' },
  { key: 'kernel.panic', value: '10', why: 'kubelet' },
  { key: 'kernel.panic_on_oops', value: '1', why: 'kubelet' },
  { key: 'kernel.keys.root_maxkeys', value: '1000000', why: 'kubelet' },
  { key: 'kernel.keys.root_maxbytes', value: '25000000', why: 'kubelet' },
  { key: 'fs.inotify.max_user_instances', atLeast: 8192, why: 'kubelet' },
  { key: 'fs.inotify.max_user_watches', atLeast: 524_288, why: 'kubelet' },
  { key: 'fs.file-max', atLeast: 1_048_576, why: 'etcd' },
  { key: 'vm.max_map_count', atLeast: 262_144, why: 'databases' },
  { key: 'net.core.somaxconn', atLeast: 4096, why: 'apiserver' },
  { key: 'net.ipv4.neigh.default.gc_thresh1', atLeast: 1024, why: 'neighbours' },
  { key: 'net.ipv4.neigh.default.gc_thresh2', atLeast: 4096, why: 'neighbours' },
  { key: 'net.ipv4.neigh.default.gc_thresh3', atLeast: 8192, why: 'neighbours' },
]
