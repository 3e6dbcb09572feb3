import { directory, unitDefaults } from '../../lib/resources/index.ts'
import type { KindCase } from './case.ts'

const folder = '/etc/systemd/system.conf.d'
const path = `${folder}/90-units.conf`

export const cases: readonly KindCase[] = [
  {
    kind: 'unitDefaults',
    title: 'Units that start from now on get other limits',
    resources: () => [
      directory({ path: folder }),
      unitDefaults({ path, set: { DefaultLimitNOFILE: 10_000, DefaultTasksMax: 20_000 } }),
    ],
    damages: [`rm ${path}`, `sed -i s/10000/9000/ ${path}; systemctl daemon-reload`],
  },
]
