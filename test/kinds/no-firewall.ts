import { noFirewall } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'
import { withFirewalld, withUfw } from './firewalls.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'inactiveUfw',
    title: 'ufw is inactive, with its rules kept',
    resources: () => noFirewall(),
    prepare: `${withUfw} && ufw --force enable`,
    damages: ['ufw --force enable'],
  },
  {
    kind: 'unit',
    title: 'firewalld is inactive, with its rules kept',
    // The last one is what the case is about.
    resources: () => noFirewall().toReversed(),
    prepare: withFirewalld,
    damages: ['systemctl enable --now firewalld'],
  },
]
