import { newDraft } from '../../lib/pki/issue.ts'
import { makeMove } from '../../lib/pki/moves.ts'
import { directory } from '../../lib/resources/index.ts'
import { certificate, trust } from '../../lib/resources/certificate/index.ts'
import { newPlace, wantedOfServer } from '../support/pki.ts'
import type { KindCase } from './case.ts'

const authority = newPlace()
await makeMove(authority, 'make', { commonName: 'app', algorithm: 'ecdsa', days: 100, draft: newDraft() })

const [ca, cert, key] = ['/etc/app/ca.crt', '/etc/app/own.crt', '/etc/app/own.key']

export const cases: readonly KindCase[] = [
  {
    kind: 'trust',
    title: 'A file holds the authority that is to be trusted',
    resources: () => [directory({ path: '/etc/app' }), trust({ path: ca, authority, owner: 'root' })],
    damages: [`echo >> ${ca}`, `rm ${ca}`, `chown daemon ${ca}`],
  },
  {
    kind: 'certificate',
    title: 'A certificate is issued for a host',
    resources: () => [
      directory({ path: '/etc/app' }),
      certificate({ cert, key, authority, ...wantedOfServer, days: 90, owner: 'root' }),
    ],
    damages: [`chmod 644 ${key}`, `chown daemon ${cert}`],
  },
]
