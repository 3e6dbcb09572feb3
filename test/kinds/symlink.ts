import { symlink } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'symlink',
    title: 'A link points where it should',
    prepare: 'ln -sfn /usr/bin/false /usr/local/bin/tool',
    resources: () => [symlink({ path: '/usr/local/bin/tool', target: '/usr/bin/true' })],
    damages: ['ln -sfn /usr/bin/false /usr/local/bin/tool', 'rm /usr/local/bin/tool'],
  },
]
