import { firewallPort } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

const settled = 'firewall-cmd --state && systemctl is-active firewalld'
const keptByFirewalld = {
  line: /\/etc\/firewalld\/zones\/public\.xml/,
  why: 'firewalld keeps a zone of its own making once one was changed, and its last version',
}

export const cases: readonly KindCase[] = [
  {
    kind: 'firewallPort',
    title: 'ufw lets in what it is told to, and is as before after a revert',
    resources: () => [firewallPort({ ports: [6443, '30000-32767'] })],
    prepare:
      'apt-get install -y ufw && ufw allow 22/tcp && ufw deny 6443/tcp && ufw allow 80/tcp && ufw --force enable',
    damages: ['ufw delete allow 30000:32767/tcp', 'ufw deny 6443/tcp'],
  },
  {
    kind: 'firewallPort',
    title: 'ufw takes an opening away, and puts it back where it stood',
    resources: () => [firewallPort({ port: 443, protocol: 'tcp', from: '10.9.0.0/16', state: 'absent' })],
    prepare: [
      'apt-get install -y ufw && ufw allow 22/tcp && ufw allow proto tcp from 10.9.0.0/16 to any port 443',
      'ufw deny 443/tcp && ufw --force enable',
    ].join(' && '),
    damages: ['ufw allow proto tcp from 10.9.0.0/16 to any port 443'],
  },
  {
    kind: 'firewallPort',
    title: 'firewalld lets in what it is told to, now and after its next start',
    resources: () => [firewallPort({ ports: [6443, '30000-32767'] })],
    prepare: `apt-get install -y firewalld netbase && ${settled} && firewall-cmd --add-port=30080/tcp`,
    damages: [
      'firewall-cmd --remove-port=6443/tcp',
      'firewall-cmd --permanent --remove-port=30000-32767/tcp',
      'firewall-cmd --remove-port=31000/tcp',
    ],
    noise: [keptByFirewalld],
  },
  {
    kind: 'firewallPort',
    title: 'firewalld lets in one network',
    resources: () => [firewallPort({ ports: ['2379-2380', 9100], from: '10.9.0.0/16' })],
    prepare: `apt-get install -y firewalld netbase && ${settled}`,
    damages: [
      'firewall-cmd --reload && firewall-cmd --remove-rich-rule="$(firewall-cmd --list-rich-rules | head -n 1)"',
    ],
    noise: [keptByFirewalld],
  },
]
