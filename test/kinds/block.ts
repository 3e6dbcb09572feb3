import { block } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

const path = '/etc/hosts'

export const cases: readonly KindCase[] = [
  {
    kind: 'block',
    title: 'A block stands in a file of somebody else',
    prepare: `[ -e ${path} ] || printf '127.0.0.1 localhost\\n' > ${path}`,
    resources: () => [block({ path, name: 'peers', content: '192.0.2.1 one\n192.0.2.2 two\n' })],
    damages: [`sed -i '/192.0.2.2/d' ${path}`, `sed -i '/peers/,/peers/d' ${path}`],
  },
]
