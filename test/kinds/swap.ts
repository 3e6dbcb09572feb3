import { swap } from '../../lib/resources/swap/swap.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'swap',
    title: 'What would be swapped to at the next boot is commented',
    prepare: String.raw`printf '# theirs\n/dev/sdx1\tnone\tswap\tsw\t0 0\n/swapfile none swap sw 0 0' > /etc/fstab; systemctl daemon-reload`,
    resources: () => [swap({ state: 'off' })],
    damages: ['sed -i "s/^# off by troupe: //" /etc/fstab', 'sed -i "3s/^# off by troupe: //" /etc/fstab'],
  },
]
