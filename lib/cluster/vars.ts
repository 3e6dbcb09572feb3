import {
  address,
  bool,
  cidr,
  defineVars,
  dnsName,
  int,
  list,
  object,
  oneOf,
  string,
  type Infer,
} from '../vars/schema.ts'
import { etcd } from './etcd-vars.ts'

/** What every role may know of the cluster that its host belongs to; a role names it in `shared: { cluster }`. */
export const cluster = defineVars({
  name: string({ default: 'unnamed', doc: 'What people call the cluster.' }),
  endpoint: string({
    optional: true,
    doc: 'Where the API server is reached, as a DNS name and a port: api.example.com:6443.',
  }),
  offline: bool({ default: false, doc: 'No host reaches anything outside of its own network.' }),
})

/** Which Kubernetes it is. */
export const kubernetes = defineVars({
  distribution: oneOf('k3s', 'rke2', 'kubeadm', 'binary', {
    default: 'k3s',
    doc: 'What brings Kubernetes up; `binary` are its programs with units of our own.',
  }),
  version: string({
    optional: true,
    doc: 'As the distribution calls it: v1.34.2, or v1.34.2+k3s1. Left out, checks speak of the newest that is known.',
  }),
  proxyMode: oneOf('iptables', 'nftables', 'ipvs', {
    default: 'iptables',
    doc: 'How kube-proxy leads services to their pods.',
  }),
  apiPort: int({ default: 6443, min: 1, max: 65_535, doc: 'On which port an API server listens.' }),
})

/** How pods reach each other. */
export const network = defineVars({
  plugin: oneOf('flannel', 'calico', 'cilium', 'none', {
    default: 'flannel',
    doc: 'Who gives pods their network; `none`: somebody who comes later.',
  }),
  version: string({ optional: true, doc: 'Of the plugin, where it does not come with the distribution.' }),
  backend: oneOf('vxlan', 'wireguard', 'host-gw', 'bgp', {
    default: 'vxlan',
    doc: 'How packets of pods go from host to host.',
  }),
  podCidr: cidr({
    optional: true,
    doc: 'The network of the pods. Left out: what the distribution takes, 10.42.0.0/16 or 10.244.0.0/16.',
  }),
  serviceCidr: cidr({
    optional: true,
    doc: 'The network of the services. Left out: what the distribution takes, 10.43.0.0/16 or 10.96.0.0/12.',
  }),
})

/** What runs containers, where the distribution does not bring its own. */
export const runtime = defineVars({
  type: oneOf('containerd', 'docker', 'cri-o', 'isulad', {
    default: 'containerd',
    doc: 'What runs containers under kubeadm and binary.',
  }),
  version: string({ optional: true, doc: 'Of the runtime: 2.1.5.' }),
})

/** What stands before the API servers. */
export const loadBalancer = defineVars({
  type: oneOf('none', 'kube-vip', 'haproxy', 'nginx', 'external', {
    default: 'none',
    doc: 'Who spreads requests over the API servers; haproxy and nginx run on the group lb, external is somebody else.',
  }),
  vip: address({
    optional: true,
    doc: 'The address that moves to whoever can answer; nobody may have it before.',
  }),
  port: int({ default: 6443, min: 1, max: 65_535, doc: 'On which port the load balancer listens.' }),
})

/** Where images come from. */
export const registry = defineVars({
  type: oneOf('none', 'registry', 'harbor', 'external', {
    default: 'none',
    doc: 'What the group registry runs, or that the registry is one of somebody else.',
  }),
  privateRegistry: dnsName({
    optional: true,
    doc: 'The name of the registry; every host finds under it the first host of the group registry.',
  }),
})

/** What else hosts have to know. */
export const extra = defineVars({
  hosts: list(
    object({
      domain: dnsName({ doc: 'The name.' }),
      address: address({ doc: 'Where it is.' }),
    }),
    { default: [], doc: 'Names for /etc/hosts of every host, as [{domain, address}].' },
  ),
  resolves: list(object({ address: address({ doc: 'Of the name server.' }) }), {
    default: [],
    doc: 'Name servers that every host asks first, as [{address}].',
  }),
})

export type Cluster = Infer<typeof cluster>
export type Kubernetes = Infer<typeof kubernetes>
export type Network = Infer<typeof network>
export type Runtime = Infer<typeof runtime>
export type LoadBalancer = Infer<typeof loadBalancer>
export type Registry = Infer<typeof registry>
export type Extra = Infer<typeof extra>

/** All that the configuration of a cluster says, for roles that look at the whole of it. */
export const configuration = {
  cluster,
  kubernetes,
  network,
  runtime,
  etcd,
  loadBalancer,
  registry,
  extra,
} as const

export type ClusterConfiguration = {
  readonly [Name in keyof typeof configuration]: Infer<(typeof configuration)[Name]>
}
