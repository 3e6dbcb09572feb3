import { user } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'user',
    title: 'A user of the system comes with its group',
    resources: () => [
      user({
        name: 'member',
        system: true,
        home: '/var/lib/member',
        shell: '/usr/sbin/nologin',
        groups: ['adm'],
      }),
    ],
    damages: ['usermod --shell /bin/sh member', 'gpasswd --delete member adm', 'userdel member'],
  },
]
