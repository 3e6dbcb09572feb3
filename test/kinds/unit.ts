import { file, unit } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

const service = (seconds: number) =>
  `[Service]\nExecStart=/bin/sleep ${seconds}\n[Install]\nWantedBy=multi-user.target\n`

export const cases: readonly KindCase[] = [
  {
    kind: 'unit',
    title: 'A unit runs on what its file says',
    prepare: `printf '${service(1000).replaceAll('\n', '\\n')}' > /etc/systemd/system/sleeper.service; systemctl daemon-reload`,
    resources: () => {
      const program = file({ path: '/etc/systemd/system/sleeper.service', content: service(2000) })
      return [program, unit({ name: 'sleeper', restartAfter: [program] })]
    },
    damages: [
      'systemctl stop sleeper',
      'systemctl disable sleeper',
      'systemctl kill -s KILL sleeper; sleep 0.2',
    ],
  },
]
