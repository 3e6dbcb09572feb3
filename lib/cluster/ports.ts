import type { HostRole } from './host-roles.ts'
import { etcdRole } from './places.ts'
import type { ClusterConfiguration } from './vars.ts'

export interface ClusterPort {
  /** Who listens there. */
  readonly what: string
  /** A port, or a range of them with both of its ends. */
  readonly port: number | `${number}-${number}`
  readonly protocol: 'tcp' | 'udp'
  /** On which hosts. */
  readonly on: readonly HostRole[]
  /** Who comes there from other hosts; nobody where it is for the host itself. */
  readonly from: readonly HostRole[] | 'anybody'
}

type Configuration = Pick<
  ClusterConfiguration,
  'kubernetes' | 'network' | 'etcd' | 'loadBalancer' | 'registry'
>

const nodes = ['server', 'agent'] as const satisfies readonly HostRole[]

/** Every port that the cluster uses, with who listens there and who comes: what has to be free, open and reachable. */
export function clusterPorts(configuration: Configuration): readonly ClusterPort[] {
  return [
    ...controlPlane(configuration),
    ...etcdPorts(configuration),
    ...nodePorts(configuration),
    ...besides(configuration),
  ]
}

/** Those of a host that is all of this. */
export function portsOn(roles: readonly HostRole[], configuration: Configuration): readonly ClusterPort[] {
  return clusterPorts(configuration).filter(({ on }) => on.some((role) => roles.includes(role)))
}

function controlPlane({ kubernetes }: Configuration): readonly ClusterPort[] {
  const { distribution, apiPort } = kubernetes
  const on = ['server'] as const
  return [
    tcp('kube-apiserver', apiPort, on, 'anybody'),
    ...(distribution === 'rke2' ? [tcp('rke2 supervisor', 9345, on, nodes)] : []),
    tcp('kube-controller-manager', 10_257, on, []),
    tcp('kube-scheduler', 10_259, on, []),
  ]
}

function etcdPorts(configuration: Configuration): readonly ClusterPort[] {
  const role = etcdRole(configuration)
  if (role === undefined) return []
  return [tcp('etcd clients', 2379, [role], ['server', 'etcd']), tcp('etcd peers', 2380, [role], [role])]
}

function nodePorts({ network }: Configuration): readonly ClusterPort[] {
  return [
    tcp('kubelet', 10_250, nodes, nodes),
    tcp('kube-proxy health', 10_256, nodes, 'anybody'),
    ...overlayPorts(network),
    ...(network.plugin === 'cilium' ? [tcp('cilium health', 4240, nodes, nodes)] : []),
    ...(network.plugin === 'calico' ? [tcp('calico typha', 5473, nodes, nodes)] : []),
    ...(['tcp', 'udp'] as const).map((protocol): ClusterPort => {
      return { what: 'node ports', port: '30000-32767', protocol, on: nodes, from: 'anybody' }
    }),
  ]
}

function overlayPorts({ plugin, backend }: Configuration['network']): readonly ClusterPort[] {
  if (plugin === 'none' || backend === 'host-gw') return []
  if (backend === 'bgp') return [tcp('BGP', 179, nodes, nodes)]
  if (backend === 'wireguard') {
    const port = { flannel: 51_820, calico: 51_820, cilium: 51_871 }[plugin]
    return [{ what: 'wireguard', port, protocol: 'udp', on: nodes, from: nodes }]
  }
  const port = { flannel: 8472, calico: 4789, cilium: 8472 }[plugin]
  return [{ what: 'vxlan', port, protocol: 'udp', on: nodes, from: nodes }]
}

function besides({ loadBalancer, registry }: Configuration): readonly ClusterPort[] {
  const balances = loadBalancer.type === 'haproxy' || loadBalancer.type === 'nginx'
  const keeps = registry.type === 'registry' || registry.type === 'harbor'
  return [
    ...(balances ? [tcp('load balancer', loadBalancer.port, ['lb'], 'anybody')] : []),
    ...(keeps ? [tcp('registry', 443, ['registry'], 'anybody')] : []),
    ...(registry.type === 'harbor' ? [tcp('registry, in the clear', 80, ['registry'], 'anybody')] : []),
  ]
}

function tcp(what: string, port: number, on: readonly HostRole[], from: ClusterPort['from']): ClusterPort {
  return { what, port, protocol: 'tcp', on, from }
}
