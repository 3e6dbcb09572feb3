import { isIP } from 'node:net'
import type { ClusterConfiguration } from '../../lib/cluster/vars.ts'
import type { Secret } from '../../lib/secrets/secret.ts'
import type { Member } from '../../lib/play/role.ts'
import { registryInChina } from './product.ts'
import type { K3sVars } from './vars.ts'

/** A value of config.yaml; a secret, or what another server says, is filled in when the file is written. */
export type Value = string | number | boolean | readonly string[] | Secret | undefined

export type Settings = Readonly<Record<string, Value>>

/** What the configuration of a node is made from, besides how it comes to its cluster. */
export interface NodeFacts {
  readonly nodeName: string
  readonly address: string
  readonly servers: readonly Member[]
}

type Configuration = Pick<ClusterConfiguration, 'cluster' | 'kubernetes' | 'network' | 'loadBalancer'>

/** What every node says. */
export function nodeSettings(
  vars: K3sVars,
  dataDir: string | undefined,
  { nodeName, address }: NodeFacts,
): Settings {
  return {
    'node-name': nodeName,
    'node-ip': isIP(address) === 0 ? undefined : address,
    'node-external-ip': vars.nodeExternalIp,
    'node-label': filled(Object.entries(vars.labels).map(([name, value]) => `${name}=${value}`)),
    'data-dir': dataDir,
    'kubelet-arg': filled(vars.kubeletArgs),
    'kube-proxy-arg': filled(vars.kubeProxyArgs),
    'flannel-iface': vars.flannelIface,
    'protect-kernel-defaults': yes(vars.protectKernelDefaults),
    selinux: yes(vars.selinux),
  }
}

export function agentSettings(vars: K3sVars): Settings {
  return { 'node-taint': filled(vars.taints), ...more(vars) }
}

/** What only servers say; much of it has to be the same on all of them. */
export function serverSettings(vars: K3sVars, configuration: Configuration, facts: NodeFacts): Settings {
  const taints = vars.serverPods ? vars.taints : [...vars.taints, serverTaint]
  const port = configuration.kubernetes.apiPort
  return {
    'tls-san': subjectNames(vars, configuration, facts.servers),
    'node-taint': filled(taints),
    'https-listen-port': port === defaultPort ? undefined : port,
    ...criticalSettings(vars, configuration),
    'write-kubeconfig-mode': vars.kubeconfigMode,
    'system-default-registry':
      vars.systemDefaultRegistry ?? (vars.mirrorProfile === 'cn' ? registryInChina : undefined),
    'kube-apiserver-arg': filled(vars.apiserverArgs),
    'kube-controller-manager-arg': filled(vars.controllerManagerArgs),
    'kube-scheduler-arg': filled(vars.schedulerArgs),
    'etcd-arg': filled(vars.etcdArgs),
    'etcd-snapshot-schedule-cron': vars.datastore === 'embedded' ? vars.snapshots.schedule : undefined,
    'etcd-snapshot-retention': vars.datastore === 'embedded' ? vars.snapshots.retention : undefined,
    ...more(vars),
  }
}

const serverTaint = 'node-role.kubernetes.io/control-plane=true:NoSchedule'
const defaultPort = 6443

/** What k3s refuses to join with where it is not the same on all servers. */
export function criticalSettings(vars: K3sVars, { network }: Pick<Configuration, 'network'>): Settings {
  return {
    'cluster-cidr': network.podCidr,
    'service-cidr': network.serviceCidr,
    'cluster-dns': vars.clusterDns ?? dnsIn(network.serviceCidr),
    'cluster-domain': vars.clusterDomain,
    'flannel-backend': flannelBackend(network),
    disable: filled(vars.disable),
    'disable-network-policy': yes(
      vars.disableNetworkPolicy || network.plugin === 'cilium' || network.plugin === 'calico',
    ),
    'disable-kube-proxy': yes(vars.disableKubeProxy),
    'secrets-encryption': yes(vars.secretsEncryption),
    'embedded-registry': yes(vars.embeddedRegistry),
  }
}

/** All names and addresses under which the API is asked for, whoever of the servers is up. */
function subjectNames(
  vars: K3sVars,
  { cluster, loadBalancer }: Configuration,
  servers: readonly Member[],
): readonly string[] {
  const own = servers.flatMap(({ name, vars: known }) => [name, known['nodeIp'], known['ansible_host']])
  const endpoint = cluster.endpoint?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  const all = [...own, endpoint, loadBalancer.vip, ...vars.tlsSan]
  return [...new Set(all.filter((each): each is string => typeof each === 'string' && each !== ''))]
}

/** The tenth address of the services' network, which every distribution gives to DNS. */
export function dnsIn(serviceCidr: string | undefined): string | undefined {
  const [, base, last] = /^(\d+\.\d+\.\d+)\.(\d+)\/\d+$/.exec(serviceCidr ?? '') ?? []
  return base === undefined ? undefined : `${base}.${Number(last) + 10}`
}

function flannelBackend({ plugin, backend }: ClusterConfiguration['network']): string | undefined {
  if (plugin !== 'flannel') return 'none'
  return { vxlan: undefined, wireguard: 'wireguard-native', 'host-gw': 'host-gw', bgp: undefined }[backend]
}

function more({ settings }: K3sVars): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      return [name, /^\s*\[/.test(value) ? (JSON.parse(value) as readonly string[]) : value]
    }),
  )
}

function filled(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values
}

function yes(value: boolean): true | undefined {
  return value ? true : undefined
}
