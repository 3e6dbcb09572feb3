import { osPackage, packages } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'package',
    title: 'A package is installed, with what it needs',
    resources: () => [osPackage({ name: 'socat' })],
    damages: ['apt-get remove -y socat'],
  },
  {
    kind: 'package',
    title: 'A package is held at a version that fits',
    resources: () => [osPackage({ name: 'socat', version: '1.*', hold: true })],
    damages: ['apt-mark unhold socat', 'apt-mark unhold socat && apt-get remove -y socat'],
  },
  {
    kind: 'packages',
    title: 'Packages come in one transaction, and are held together',
    resources: () => [packages({ names: ['socat', 'conntrack', 'ebtables'], hold: true })],
    damages: ['apt-mark unhold conntrack', 'apt-mark unhold ebtables && apt-get remove -y ebtables'],
    noise: [{ line: /^path \/var\/cache\/ldconfig\//, why: 'what the loader remembers of libraries' }],
  },
]
