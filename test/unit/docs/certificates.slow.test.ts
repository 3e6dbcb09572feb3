import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { newDraft } from '../../../lib/pki/issue.ts'
import { makeMove } from '../../../lib/pki/moves.ts'
import { filesOf } from '../../../lib/pki/place.ts'
import { reveal } from '../../../lib/secrets/secret.ts'
import { fileWith, newPlace, passphrase } from '../../support/pki.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { troupe } from '../../support/troupe.ts'

const test = suite('docs: certificates')

test('vault.ts shows the key of an authority to who has the passphrase', async () => {
  const place = newPlace()
  await makeMove(place, 'make', { commonName: 'app', algorithm: 'ecdsa', days: 10, draft: newDraft() })
  const password = ['--vault-password-file', fileWith(reveal(passphrase))]
  const shown = await troupe('playbooks/vault.ts', ['view', filesOf(place, 'now').key, ...password], {
    state: scratchFolder(),
  })
  assert.match(shown.stdout, /^-----BEGIN PRIVATE KEY-----/)
})

test('Knowing every kind of resource does not load the library that writes certificates', () => {
  const kinds = join(import.meta.dirname, '../../../lib/resources/index.ts')
  const script = `await import('${kinds}'); console.log('getMetadata' in Reflect)`
  const words = ['--import', 'tsx', '--input-type=module', '--eval', script]
  assert.is(execFileSync(process.execPath, words, { encoding: 'utf8' }).trim(), 'false')
})
