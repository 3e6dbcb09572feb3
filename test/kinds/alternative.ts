import { alternative } from '../../docs/examples/alternative.ts'
import type { KindCase } from './case.ts'

/** The worked example of docs/resources.md. */
export const cases: readonly KindCase[] = [
  {
    kind: 'alternative',
    title: 'A name stands for the program that was chosen',
    resources: () => [alternative({ name: 'awk', path: '/usr/bin/mawk' })],
    damages: ['update-alternatives --auto awk'],
  },
]
