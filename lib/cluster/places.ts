import { bringsAll, type Distribution } from './distributions.ts'
import type { HostRole } from './host-roles.ts'
import type { ClusterConfiguration } from './vars.ts'

type Configuration<Name extends keyof ClusterConfiguration> = Pick<ClusterConfiguration, Name>

/** Which hosts etcd runs on; none where it is somebody else's. */
export function etcdRole({ kubernetes, etcd }: Configuration<'kubernetes' | 'etcd'>): HostRole | undefined {
  if (etcd.type === 'external') return undefined
  return etcd.type === 'hosts' && !bringsAll(kubernetes.distribution) ? 'etcd' : 'server'
}

const etcdFolders: Readonly<Record<Distribution, string>> = {
  k3s: '/var/lib/rancher/k3s/server/db',
  rke2: '/var/lib/rancher/rke2/server/db',
  kubeadm: '/var/lib/etcd',
  binary: '/var/lib/etcd',
}

/** Where etcd keeps the state of the cluster. */
export function etcdFolder({ kubernetes }: Configuration<'kubernetes'>): string {
  return etcdFolders[kubernetes.distribution]
}

const runtimeFolders = {
  containerd: '/var/lib/containerd',
  docker: '/var/lib/docker',
  'cri-o': '/var/lib/containers',
  isulad: '/var/lib/isulad',
} as const

/** Where a node keeps images and containers. */
export function runtimeFolder({ kubernetes, runtime }: Configuration<'kubernetes' | 'runtime'>): string {
  return bringsAll(kubernetes.distribution) ? '/var/lib/rancher' : runtimeFolders[runtime.type]
}
