import type { Kubernetes } from './vars.ts'

export type Distribution = Kubernetes['distribution']

/** In the order in which they are offered. */
export const distributions = ['k3s', 'rke2', 'kubeadm', 'binary'] as const satisfies readonly Distribution[]

/** Whether it comes with a runtime and etcd, so that those are not chosen, and keeps all of it in one folder. */
export function bringsAll(distribution: Distribution): boolean {
  return distribution === 'k3s' || distribution === 'rke2'
}
