import { reboot } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'reboot',
    title: 'A host is rebooted once in a run',
    resources: () => [reboot({ reason: 'the laws', run: 'one', deadline: '60s' })],
    damages: [],
    oneWay: /A reboot cannot be undone/,
  },
]
