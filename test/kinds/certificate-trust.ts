import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { certificateTrust } from '../../lib/resources/system/certificate-trust.ts'
import type { KindCase } from './case.ts'

const certificate = readFileSync(join(import.meta.dirname, '../fixtures/certificates/one.pem'), 'utf8')
const file = '/usr/local/share/ca-certificates/company.crt'
const bundle = '/etc/ssl/certs/ca-certificates.crt'

export const cases: readonly KindCase[] = [
  {
    kind: 'certificateTrust',
    title: 'An authority is trusted by what programs read',
    resources: () => [certificateTrust({ name: 'company', certificate })],
    damages: [
      `rm ${file}`,
      `chmod 600 ${file}`,
      `rm ${bundle}`,
      `head -n 40 ${bundle} > /x && cat /x > ${bundle}; rm /x`,
    ],
  },
]
