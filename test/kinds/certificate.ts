import { newDraft } from '../../lib/pki/issue.ts'
import { makeMove } from '../../lib/pki/moves.ts'
import { authority, certificate, directory, trust } from '../../lib/resources/index.ts'
import { newPlace, wantedOfServer } from '../support/pki.ts'
import type { KindCase } from './case.ts'

const [toCome, there] = [newPlace('to-come'), newPlace('there')]
await makeMove(there, 'make', { commonName: 'app', algorithm: 'ecdsa', days: 100, draft: newDraft() })

const [ca, cert, key] = ['/etc/app/ca.crt', '/etc/app/own.crt', '/etc/app/own.key']

export const cases: readonly KindCase[] = [
  {
    kind: 'authority',
    title: 'An authority is made on the controller',
    resources: () => [authority({ ...toCome, commonName: 'app', algorithm: 'ecdsa', days: 100 })],
    damages: [],
    oneWay: /never thrown away/,
  },
  {
    kind: 'trust',
    title: 'A file holds the authority that is to be trusted',
    resources: () => [directory({ path: '/etc/app' }), trust({ path: ca, authority: there })],
    damages: [`echo >> ${ca}`, `rm ${ca}`, `chown daemon ${ca}`],
  },
  {
    kind: 'certificate',
    title: 'A certificate is issued for a host',
    resources: () => [
      directory({ path: '/etc/app' }),
      certificate({ cert, key, authority: there, ...wantedOfServer, days: 90 }),
    ],
    damages: [`chmod 644 ${key}`, `chown daemon ${cert}`],
  },
]
