import { firewallPort } from '../../lib/resources/firewall/index.ts'
import type { KindCase } from './case.ts'
import { withNftables, withUfw } from './firewalls.ts'

// What firewalld and nftables have open now stands in no fingerprint: test/host/firewall looks at that from another host.
export const cases: readonly KindCase[] = [
  {
    kind: 'firewallPort',
    title: 'ufw lets in what it is told to, and is as before after a revert',
    resources: () => [firewallPort({ ports: [6443, '30000-32767'] })],
    prepare: `${withUfw} && ufw deny 6443/tcp && ufw allow 80/tcp && ufw --force enable`,
    damages: ['ufw delete allow 30000:32767/tcp', 'ufw deny 6443/tcp'],
  },
  {
    kind: 'firewallPort',
    title: 'ufw takes an opening away, and puts it back where it stood',
    resources: () => [firewallPort({ port: 443, protocol: 'tcp', from: '10.9.0.0/16', state: 'absent' })],
    prepare: [
      `${withUfw} && ufw allow proto tcp from 10.9.0.0/16 to any port 443`,
      'ufw deny 443/tcp && ufw --force enable',
    ].join(' && '),
    damages: ['ufw allow proto tcp from 10.9.0.0/16 to any port 443'],
  },
  {
    kind: 'firewallPort',
    title: 'nftables lets in what it is told to, beside the rules of a human',
    resources: () => [firewallPort({ ports: [6443, '30000-32767'], from: '10.9.0.0/16' })],
    prepare: withNftables,
    damages: ["sed -i '/dport 6443/d' /etc/nftables.conf"],
  },
]
