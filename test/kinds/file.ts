import { file } from '../../lib/resources/index.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'file',
    title: 'A file takes the place of another one',
    prepare: 'echo theirs > /etc/service.conf; chmod 640 /etc/service.conf',
    resources: () => [file({ path: '/etc/service.conf', content: 'ours\n', mode: 0o644, owner: 'root' })],
    damages: [
      'echo more >> /etc/service.conf',
      'chmod 600 /etc/service.conf',
      'rm /etc/service.conf',
      'chown daemon /etc/service.conf',
    ],
  },
  {
    kind: 'file',
    title: 'A secret stands in a file that only root reads',
    resources: () => [file({ path: '/etc/token', content: new Secret('a token of a cluster', 'test') })],
    damages: ['chmod 644 /etc/token'],
  },
]
