import { osPackage } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'package',
    title: 'A package is installed, with what it needs',
    resources: () => [osPackage({ name: 'socat' })],
    damages: ['apt-get remove -y socat'],
  },
]
