import { noFirewall } from '../../lib/resources/firewall/index.ts'
import type { Resource } from '../../lib/task/kind.ts'
import type { KindCase } from './case.ts'
import { withFirewalld, withNftables, withUfw } from './firewalls.ts'

/** All of them in one task, with what a case is about as the last one. */
function withLast(kind: string): readonly Resource[] {
  const isLast = (resource: Resource) => resource.kind === kind
  return [...noFirewall().filter((each) => !isLast(each)), ...noFirewall().filter(isLast)]
}

export const cases: readonly KindCase[] = [
  {
    kind: 'inactiveUfw',
    title: 'ufw is inactive, with its rules kept',
    resources: () => withLast('inactiveUfw'),
    prepare: `${withUfw} && ufw --force enable`,
    damages: ['ufw --force enable'],
  },
  {
    kind: 'unit',
    title: 'firewalld is inactive, with its rules kept',
    resources: () => withLast('unit'),
    prepare: withFirewalld,
    damages: ['systemctl enable --now firewalld'],
  },
  {
    kind: 'inactiveNftables',
    title: 'nftables.service is inactive, with its rules kept',
    resources: () => withLast('inactiveNftables'),
    prepare: withNftables,
    damages: ['systemctl enable --now nftables', 'systemctl start nftables', 'systemctl enable nftables'],
  },
]
