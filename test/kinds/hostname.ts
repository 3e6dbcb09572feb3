import { hostname } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'hostname',
    title: 'A host is renamed, with the line by which it finds itself',
    resources: () => [hostname({ name: 'renamed.example.com', hosts: true })],
    prepare: `printf '127.0.0.1 localhost\\n127.0.1.1  node1 # ours\\n10.9.9.9 other\\n' >/etc/hosts`,
    damages: [
      'hostname other && echo other >/etc/hostname',
      `sed -i 's/^127.0.1.1.*/127.0.1.1 other/' /etc/hosts`,
    ],
  },
  {
    kind: 'hostname',
    title: 'A host without systemd is renamed',
    resources: () => [hostname({ name: 'renamed' })],
    damages: ['hostname other && rm /etc/hostname'],
    system: 'busybox',
  },
]
