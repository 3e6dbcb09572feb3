import { bare, kubernetes, sources } from './versions.ts'

/** An image of static programs, as its project names it. */
export interface Image {
  readonly name: string
  /** Each path in the image with its program. */
  readonly programs: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  /** It needs tools that are no Go programs: it stands on these packages of Debian. */
  readonly packages?: readonly string[]
}

const bin = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`usr/local/bin/${name}`, name]))

const server = (name: string): Image => ({
  name: `registry.k8s.io/${name}:${kubernetes}`,
  programs: bin(name),
})

/** What kubeadm of this version runs, and one image that tests pods with each other. */
export const images: readonly Image[] = [
  server('kube-apiserver'),
  server('kube-controller-manager'),
  server('kube-scheduler'),
  { ...server('kube-proxy'), packages: ['iptables', 'nftables', 'conntrack', 'ipset', 'kmod'] },
  {
    name: `registry.k8s.io/etcd:${bare(sources.etcd.version)}-0`,
    programs: bin('etcd', 'etcdctl', 'etcdutl'),
  },
  {
    name: `registry.k8s.io/coredns/coredns:${sources.coredns.version}`,
    programs: { coredns: 'coredns' },
    entrypoint: ['/coredns'],
  },
  { name: 'registry.k8s.io/pause:3.10.1', programs: { pause: 'pause' }, entrypoint: ['/pause'] },
  { name: 'docker.io/library/answer:1', programs: { answer: 'answer' }, entrypoint: ['/answer'] },
]
