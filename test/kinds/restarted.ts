import { restarted } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'restarted',
    title: 'A unit is restarted once in a run',
    resources: () => [restarted({ unit: 'systemd-journald', run: 'one' })],
    damages: [],
    oneWay: /A restart cannot be undone/,
  },
]
