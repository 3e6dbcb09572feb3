import type { Os } from '../host/facts/os.ts'
import type { HostRole } from './host-roles.ts'
import { isNode } from './host-roles.ts'
import type { ClusterConfiguration } from './vars.ts'

/** A package that hosts need, with the command for which they need it. */
export interface NeededPackage {
  /** Undefined where it is no command that is needed. */
  readonly command?: string
  readonly debian: string
  /** Undefined where the system cannot be without it: rpm itself needs curl. */
  readonly redhat?: string
  /** Where it is called otherwise on version 8. */
  readonly redhat8?: string
}

type Configuration = Pick<ClusterConfiguration, 'kubernetes' | 'loadBalancer'>

const everywhere: readonly NeededPackage[] = [
  { command: 'socat', debian: 'socat', redhat: 'socat' },
  { command: 'conntrack', debian: 'conntrack', redhat: 'conntrack-tools' },
  { command: 'iptables', debian: 'iptables', redhat: 'iptables-nft', redhat8: 'iptables' },
  { command: 'ebtables', debian: 'ebtables', redhat: 'iptables-nft', redhat8: 'iptables-ebtables' },
  { command: 'ipset', debian: 'ipset', redhat: 'ipset' },
  { command: 'ethtool', debian: 'ethtool', redhat: 'ethtool' },
  { command: 'mount.nfs', debian: 'nfs-common', redhat: 'nfs-utils' },
  { command: 'iscsiadm', debian: 'open-iscsi', redhat: 'iscsi-initiator-utils' },
  { command: 'curl', debian: 'curl' },
  { command: 'tar', debian: 'tar', redhat: 'tar' },
  { command: 'ip', debian: 'iproute2', redhat: 'iproute' },
  { debian: 'bash-completion', redhat: 'bash-completion' },
]

const ipvs: readonly NeededPackage[] = [{ command: 'ipvsadm', debian: 'ipvsadm', redhat: 'ipvsadm' }]

const keepalived: NeededPackage = { command: 'keepalived', debian: 'keepalived', redhat: 'keepalived' }
const balancers: Readonly<Partial<Record<Configuration['loadBalancer']['type'], readonly NeededPackage[]>>> =
  {
    haproxy: [keepalived, { command: 'haproxy', debian: 'haproxy', redhat: 'haproxy' }],
    nginx: [
      keepalived,
      { command: 'nginx', debian: 'nginx', redhat: 'nginx' },
      { debian: 'libnginx-mod-stream', redhat: 'nginx-mod-stream' },
    ],
  }

/** What a host that is all of this needs from the repositories of its system. */
export function packagesOn(
  roles: readonly HostRole[],
  { kubernetes, loadBalancer }: Configuration,
): readonly NeededPackage[] {
  return [
    ...everywhere,
    ...(isNode(roles) && kubernetes.proxyMode === 'ipvs' ? ipvs : []),
    ...(roles.includes('lb') ? (balancers[loadBalancer.type] ?? []) : []),
  ]
}

/** What these are called on a system, each once; none where it belongs to neither family. */
export function packageNames(
  needed: readonly NeededPackage[],
  { family, version }: Pick<Os, 'family' | 'version'>,
): readonly string[] {
  const is8 = version.split('.')[0] === '8'
  const names = needed.flatMap(({ debian, redhat, redhat8 }) => {
    if (family === 'debian') return debian
    return family === 'redhat' ? ((is8 ? redhat8 : undefined) ?? redhat ?? []) : []
  })
  return [...new Set(names)]
}
