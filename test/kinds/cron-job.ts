import { sh } from '../../lib/host/command.ts'
import { cronJob } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

export const cases: readonly KindCase[] = [
  {
    kind: 'cronJob',
    title: 'A job stands in a file of its own, and cron is content with it',
    resources: () => [
      cronJob({
        name: 'tick',
        schedule: '0 3 29 feb *',
        user: 'nobody',
        command: sh`date ${'+%s'} >>/tmp/tick`,
        env: { PATH: '/usr/bin:/bin' },
      }),
    ],
    prepare: 'apt-get install -y cron',
    damages: [
      'echo "@daily root true" >/etc/cron.d/tick',
      'rm /etc/cron.d/tick',
      'chmod 666 /etc/cron.d/tick',
    ],
  },
]
