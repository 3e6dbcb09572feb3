import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { flags } from '../../../lib/cli/flags.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { noVault } from '../../../lib/secrets/vault/vault.ts'
import { parseVariables } from '../../../lib/vars/yaml-file.ts'
import { suite } from '../../support/suite.ts'

const test = suite('docs: secrets')
const page = readFileSync(join(import.meta.dirname, '../../../docs/secrets.md'), 'utf8')
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)

test('the values from the environment on the page are ones', async () => {
  const env = { MASTER_PASS: 'docs-of-master', DB_PASS: 'docs-of-database' }
  const found = await parseVariables(blocks[1] ?? '', 'all.yml', { vault: noVault, env })
  assert.ok(found.get('ansible_password')?.value instanceof Secret)
  assert.ok(found.get('k3s')?.entries?.get('datastore')?.value instanceof Secret)
})

test('the encrypted value on the page asks for a password', async () => {
  const read = parseVariables((blocks[0] ?? '').replace(/ +…\n/, ''), 'all.yml')
  const message = await read.then(String, String)
  assert.match(
    message,
    /all\.yml:2:\d+: expected what ansible-vault has written, but .* a part of it is missing/,
  )
})

test('the page names every flag of passwords', () => {
  for (const name of ['vaultIds', 'vaultPasswordFiles', 'askVaultPass'] as const) {
    assert.match(page, `--${flags[name].long[0]}`)
  }
})

test('the page names every verb of vault.ts', async () => {
  const { verbs } = (await import('../../../playbooks/vault.ts')).default
  for (const name of Object.keys(verbs)) assert.match(page, `| \`vault.ts ${name} `)
})
