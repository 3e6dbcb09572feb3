/** A module that the programs below are built from. */
export interface Source {
  readonly module: string
  readonly version: string
  /** Its own parts, which it names in no version that can be had: they take this one. */
  readonly parts?: string
}

export const kubernetes = 'v1.34.2'

/** What Kubernetes of this version asks for; kubeadm refuses or warns about others. */
export const sources = {
  kubernetes: { module: 'k8s.io/kubernetes', version: kubernetes, parts: 'v0.34.2' },
  etcd: { module: 'go.etcd.io/etcd/server/v3', version: 'v3.6.5' },
  etcdctl: { module: 'go.etcd.io/etcd/etcdctl/v3', version: 'v3.6.5' },
  etcdutl: { module: 'go.etcd.io/etcd/etcdutl/v3', version: 'v3.6.5' },
  coredns: { module: 'github.com/coredns/coredns', version: 'v1.12.1' },
  crictl: { module: 'sigs.k8s.io/cri-tools', version: 'v1.34.0' },
  cni: { module: 'github.com/containernetworking/plugins', version: 'v1.7.1' },
  containerd: { module: 'github.com/containerd/containerd/v2', version: 'v2.2.9' },
  runc: { module: 'github.com/opencontainers/runc', version: 'v1.3.3' },
} as const satisfies Readonly<Record<string, Source>>

/** The version as release files and image names of some projects carry it. */
export const bare = (version: string) => version.replace(/^v/, '')
