import { mirrorsOf, type Releases } from './release-server.ts'
import type { HostRecord } from './record.ts'

/** Newer kubelets refuse the cgroups that a lab host has. */
const newest = 'v1.34.2'
/** Nobody there could unpack images. */
const standIn = [`kubernetes.version=${newest}+k3s1`, 'k3s.images=pull']

/** The inventory of a lab: who is what, and how to get in. */
export function inventoryText(
  hosts: readonly HostRecord[],
  way: { readonly keyFile: string; readonly knownHostsFile: string; readonly controllerAddress: string },
  releases?: Releases,
): string {
  const groups = {
    server: hosts.slice(0, 3),
    agent: hosts.slice(3),
    etcd: hosts.slice(0, 3),
    lb: hosts.slice(-2),
    registry: hosts.slice(-1),
  }
  const sections = [
    hosts.map((host) => `${host.name} ansible_host=${host.address}`),
    ...Object.entries(groups).map(([group, members]) => [`[${group}]`, ...members.map(({ name }) => name)]),
    [
      '[all:vars]',
      'ansible_user=root',
      `ansible_ssh_private_key_file=${way.keyFile}`,
      `ansible_ssh_known_hosts_file=${way.knownHostsFile}`,
      ...(releases === 'stand-in' ? standIn : [`kubernetes.version=${newest}`]),
      ...(releases === undefined
        ? []
        : [`artifacts.mirrors=${JSON.stringify(mirrorsOf(way.controllerAddress))}`]),
      `system_tuning.timeServers=["${way.controllerAddress}"]`,
    ],
  ]
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n')
}

export function knownHostsText(hosts: readonly Pick<HostRecord, 'name' | 'address' | 'hostKey'>[]): string {
  return hosts.map(({ name, address, hostKey }) => `${name},${address} ${hostKey}\n`).join('')
}
