import { join } from 'node:path'
import { bare, kubernetes, type Source, sources } from './versions.ts'

/** One program, and what its own release would stamp it with. */
export interface Program {
  readonly name: string
  readonly source: Source | { readonly folder: string }
  /** The folder of its main package below the module. */
  readonly main: string
  readonly stamp?: Readonly<Record<string, string>>
  readonly tags?: readonly string[]
  /** It has parts in C. */
  readonly cgo?: boolean
}

const [major = '', minor = ''] = bare(kubernetes).split('.')
const kubernetesStamp = Object.fromEntries(
  ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((place) => [
    [`${place}.gitVersion`, kubernetes],
    [`${place}.gitMajor`, major],
    [`${place}.gitMinor`, minor],
  ]),
)

/** The programs that make a control plane, and what runs beside them on every node. */
export const kubernetesServers = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
] as const
export const kubernetesTools = ['kubelet', 'kubeadm', 'kubectl'] as const

const cniPlugins = [
  'ipam/dhcp',
  'ipam/host-local',
  'ipam/static',
  'main/bridge',
  'main/host-device',
  'main/ipvlan',
  'main/loopback',
  'main/macvlan',
  'main/ptp',
  'main/vlan',
  'meta/bandwidth',
  'meta/firewall',
  'meta/portmap',
  'meta/sbr',
  'meta/tuning',
  'meta/vrf',
]
const containerdPrograms = ['containerd', 'containerd-shim-runc-v2', 'ctr']

export const cniNames = cniPlugins.map((plugin) => plugin.split('/')[1] ?? plugin)
export const containerdNames: readonly string[] = containerdPrograms

const own = (name: string): Program => ({
  name,
  source: { folder: join(import.meta.dirname, 'programs', name) },
  main: '.',
})

export const programs: readonly Program[] = [
  own('pause'),
  own('answer'),
  ...[...kubernetesTools, ...kubernetesServers].map((name) => ({
    name,
    source: sources.kubernetes,
    main: `cmd/${name}`,
    stamp: kubernetesStamp,
  })),
  { name: 'etcd', source: sources.etcd, main: '.' },
  { name: 'etcdctl', source: sources.etcdctl, main: '.' },
  { name: 'etcdutl', source: sources.etcdutl, main: '.' },
  { name: 'coredns', source: sources.coredns, main: '.' },
  {
    name: 'crictl',
    source: sources.crictl,
    main: 'cmd/crictl',
    stamp: { 'sigs.k8s.io/cri-tools/pkg/version.Version': bare(sources.crictl.version) },
  },
  ...cniPlugins.map((plugin) => ({
    name: plugin.split('/')[1] ?? plugin,
    source: sources.cni,
    main: `plugins/${plugin}`,
    stamp: {
      'github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion': sources.cni.version,
    },
  })),
  ...containerdPrograms.map((name) => ({
    name,
    source: sources.containerd,
    main: `cmd/${name}`,
    stamp: { 'github.com/containerd/containerd/v2/version.Version': sources.containerd.version },
  })),
  { name: 'runc', source: sources.runc, main: '.', tags: ['seccomp', 'netgo', 'osusergo'], cgo: true },
]
