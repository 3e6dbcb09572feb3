import { directory } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'directory',
    title: 'A directory has its mode and its owner',
    resources: () => [directory({ path: '/opt/data', mode: 0o750, owner: 'nobody', group: 'daemon' })],
    damages: ['rmdir /opt/data', 'chmod 777 /opt/data', 'chown root /opt/data'],
  },
]
