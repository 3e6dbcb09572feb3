import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packagesOn } from '../../lib/cluster/packages.ts'
import { hostRoles } from '../../lib/cluster/host-roles.ts'
import type { LabHost } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'

interface Part {
  readonly groups: readonly string[]
  /** What breaks the host, as root, once it is sound. */
  readonly script?: (to: (name: string) => string) => string
  /** Of the inventory. */
  readonly vars?: Readonly<Record<string, unknown>>
}

/** An address that nobody has at first. */
const vip = 250

/** Two sound hosts, and others that are broken in ways that do not hide each other. */
const parts = {
  'sound-server': { groups: ['server'] },
  'sound-agent': { groups: ['agent'] },
  crowded: {
    groups: ['server'],
    script: (to) => `
      listen() { systemd-run -q --unit=listener-$1 python3 -m http.server $1; ${awaited('$1')}; }
      listen 6443; listen 31000
      ip route add 10.42.7.0/24 dev host0
      echo '# none' >/etc/resolv.conf
      echo '127.0.1.1 '$(hostname) >>/etc/hosts
      # Answers from there to one host find no way, as behind a filter between them.
      ip rule add to ${to('centos')} ipproto 6 sport 6443 prohibit`,
  },
  shouting: {
    groups: ['agent'],
    script: () => `
      hostname NODE.Upper; echo '127.0.0.1 localhost' >/etc/hosts
      echo 0123456789abcdef0123456789abcdef >/etc/machine-id
      rm /etc/resolv.conf /usr/local/bin/conntrack`,
  },
  cloned: {
    groups: ['agent'],
    script: (to) => `
      echo 0123456789abcdef0123456789abcdef >/etc/machine-id
      echo 'nameserver ${to('off')}' >/etc/resolv.conf
      rm /usr/bin/awk`,
  },
  tenant: {
    groups: ['agent'],
    script: () => `
      hostname twin; echo $(hostname -I) twin >/etc/hosts
      printf '[Service]\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/kubelet.service
      mkdir /etc/kubexm
      servers=$(cat /etc/resolv.conf) && printf '%s\\n' "$servers" "$servers" "$servers" "$servers" >/etc/resolv.conf`,
  },
  halved: {
    groups: ['agent'],
    script: () => `
      hostname twin; echo $(hostname -I) twin >/etc/hosts
      mkdir /etc/kubernetes
      systemd-run -q --unit=own-names python3 -c '${answersNames}'; ${awaited('53')}
      echo 'nameserver 127.0.0.1' >/etc/resolv.conf`,
  },
  full: {
    groups: ['server', 'lb'],
    script: () => `
      systemctl stop chronyd
      mkdir -p /var/lib/rancher && mount -t tmpfs -o size=10m tmpfs /var/lib/rancher
      mount -t tmpfs -o size=10g,nr_inodes=30 tmpfs /tmp && cd /tmp && touch $(seq 29)`,
  },
  fenced: {
    groups: ['agent'],
    script: () => `
      apt-get install -qy ufw >/dev/null && ufw allow 22/tcp && ufw --force enable
      sed -i 's/^ID=.*/ID=alpine/; s/^VERSION_ID=.*/VERSION_ID=3.20/' /etc/os-release`,
    vars: { 'kubernetes.proxyMode': 'ipvs' },
  },
  centos: {
    groups: ['agent'],
    script: () => `
      printf 'NAME="CentOS Linux"\\nVERSION="7 (Core)"\\nID="centos"\\nID_LIKE="rhel fedora"\\nVERSION_ID="7"\\n' >/etc/os-release
      ip link set host0 mtu 1400`,
    vars: {
      'network.podCidr': '10.96.0.0/16',
      'network.serviceCidr': '10.96.0.0/12',
      'network.version': 'newest',
    },
  },
  // Those with which there is no working; one has the address of the load balancer, so that only its hardware is known.
  guest: {
    groups: ['agent'],
    script: () => `ip addr add $(hostname -I | cut -d. -f1-3).${vip}/24 dev host0`,
    vars: { ansible_user: 'guest', ansible_become: true },
  },
  stranger: { groups: ['agent'], vars: { ansible_user: 'stranger' } },
  exchanged: {
    groups: ['agent'],
    script: () =>
      `rm /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh`,
  },
  off: { groups: ['agent'] },
} as const satisfies Readonly<Record<string, Part>>

export type BrokenHost = keyof typeof parts

export const brokenHosts = Object.keys(parts) as readonly BrokenHost[]

/** Those that nothing is wrong with. */
export const soundHosts: readonly string[] = ['sound-server', 'sound-agent'] satisfies readonly BrokenHost[]

/** Those with which there is no working at all. */
export const lostHosts: readonly string[] = [
  'guest',
  'stranger',
  'exchanged',
  'off',
] satisfies readonly BrokenHost[]

/** Goes on as soon as somebody listens; the connection that it runs over has a deadline. */
function awaited(port: string): string {
  return `until ss -Hltun | grep -q ":${port} "; do sleep 0.1; done`
}

const answersNames = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
while True:
    q, a = s.recvfrom(512)
    s.sendto(q[:2] + b"\\x81\\x83" + q[4:], a)
`

export interface BrokenCluster {
  readonly inventoryFile: string
  readonly vip: string
  readonly host: (name: BrokenHost) => LabHost
}

/** Breaks the hosts of a lab, one after the other named as above, and returns when all of them are as they are to be. */
export async function breakHosts(lab: Lab): Promise<BrokenCluster> {
  const host = (name: string): LabHost => {
    const found = lab.hosts[brokenHosts.indexOf(name as BrokenHost)]
    if (found === undefined) throw new Error(`The lab has no host for ${name}.`)
    return found
  }
  await Promise.all(
    brokenHosts.map(async (name) => {
      const { script }: Part = parts[name]
      await host(name).must(soundly(host(name).address))
      if (script !== undefined) await host(name).must(script((other) => host(other).address))
    }),
  )
  await host('off').powerOff()
  const inventoryFile = join(lab.inventoryFile, '../broken.ini')
  writeFileSync(inventoryFile, inventoryOf(lab, host))
  const { controllerAddress } = lab
  return { inventoryFile, host, vip: controllerAddress.replace(/\d+$/, String(vip)) }
}

/** Gives a host all that is asked of one: its name, whatever keeps the clock, and the commands of packages. */
function soundly(address: string): string {
  const needed = packagesOn(hostRoles, {
    kubernetes: { distribution: 'k3s', version: undefined, proxyMode: 'ipvs', apiPort: 6443 },
    loadBalancer: { type: 'haproxy', vip: undefined, port: 6443 },
  }).flatMap(({ command }) => command ?? [])
  return `
    printf '127.0.0.1 localhost\\n${address} %s\\n' "$(hostname)" >/etc/hosts
    systemd-run -q --unit=chronyd sleep infinity
    for name in ${needed.join(' ')}; do
      command -v $name >/dev/null || ln -s /bin/true /usr/local/bin/$name
    done`
}

function inventoryOf(lab: Lab, host: (name: string) => LabHost): string {
  const hosts = brokenHosts.map((name) => {
    const { vars = {} }: Part = parts[name]
    const all = Object.entries({ ansible_host: host(name).address, ...vars })
    return [name, ...all.map(([key, value]) => `${key}=${value}`)].join(' ')
  })
  const groups = ['server', 'agent', 'lb'].map((group) => {
    const members = brokenHosts.filter((name) => (parts[name] as Part).groups.includes(group))
    return [`[${group}]`, ...members]
  })
  const vars = [
    '[all:vars]',
    'ansible_user=root',
    `ansible_ssh_private_key_file=${lab.keyFile}`,
    `ansible_ssh_known_hosts_file=${lab.knownHostsFile}`,
  ]
  return [hosts, ...groups, vars].map((lines) => `${lines.join('\n')}\n`).join('\n')
}
