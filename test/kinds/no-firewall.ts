import { noFirewall } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'inactiveUfw',
    title: 'ufw is inactive, with its rules kept',
    resources: () => noFirewall(),
    prepare: 'apt-get install -y ufw && ufw allow 22/tcp && ufw --force enable',
    damages: ['ufw --force enable'],
  },
  {
    kind: 'unit',
    title: 'firewalld is inactive, with its rules kept',
    // The last one is what the case is about.
    resources: () => noFirewall().toReversed(),
    prepare: 'apt-get install -y firewalld netbase && firewall-cmd --state',
    damages: ['systemctl enable --now firewalld'],
  },
]
