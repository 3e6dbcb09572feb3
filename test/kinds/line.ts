import { line } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'line',
    title: 'A line of a file is as it should be',
    resources: () => [line({ path: '/etc/login.defs', line: 'UMASK\t\t027', match: '^UMASK\\b' })],
    damages: [`sed -i 's/^UMASK.*/UMASK 000/' /etc/login.defs`],
  },
]
