import { restored } from '../../lib/resources/backup/index.ts'
import { keeping, source } from '../support/kept-backups.ts'
import type { KindCase } from './case.ts'

const prod = { cluster: 'prod', kind: 'etcd' }
const large = Array<string>(30).fill('x'.repeat(100_000))
const kept = await keeping()
await kept.keep({ files: [source('snapshot.db', ...large)] })

const file = (path: string) =>
  restored({ settings: kept.settings, ...prod, backup: 'last', file: 'snapshot.db', path, owner: 'nobody' })

const damages = (path: string) => [
  `echo more >> ${path}`,
  `rm ${path}`,
  `chmod 644 ${path}`,
  `chown root ${path}`,
]

export const cases: readonly KindCase[] = [
  {
    kind: 'restored',
    title: 'A file comes back from a backup',
    resources: () => [file('/var/new.db')],
    damages: damages('/var/new.db'),
  },
  {
    kind: 'restored',
    title: 'A file of a backup takes the place of another',
    resources: () => [file('/opt/old.db')],
    prepare: 'echo older > /opt/old.db; chmod 640 /opt/old.db',
    damages: damages('/opt/old.db'),
  },
]
