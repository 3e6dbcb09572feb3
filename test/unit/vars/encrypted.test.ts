import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { redact } from '../../../lib/secrets/redact.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { VaultIdentity } from '../../../lib/secrets/vault/identity.ts'
import { Vault } from '../../../lib/secrets/vault/vault.ts'
import { defineVars, int, readVars, secret, string, type Vars } from '../../../lib/vars/schema.ts'
import type { Fault } from '../../../lib/vars/schema-type.ts'
import { parseVariables } from '../../../lib/vars/yaml-file.ts'
import { suite } from '../../support/suite.ts'
import { failureOf } from '../inventory/scratch.ts'

const test = suite('encrypted variables')
const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../fixtures/vault', name), 'utf8')
const vault = new Vault([new VaultIdentity('dev', new Secret('hunter2', 'a test'))])
const read = (text: string, file = 'all.yml') => parseVariables(text, file, { vault })

async function as<V extends Vars>(vars: V, text: string) {
  const faults: Fault[] = []
  const found = (await read(text)).get('k3s')
  return { values: readVars(vars, found, (fault) => faults.push(fault)), faults }
}

test('a value that is encrypted by itself is a secret, beside plain ones', async () => {
  const found = await read(fixture('inline-1.1.yml'))
  const token = found.get('token')
  assert.is(found.get('plain')?.value, 'here')
  assert.is(token?.value instanceof Secret && reveal(token.value), 's3cret pass')
  assert.is(token?.origin.line, 2)
  assert.is(redact('it was s3cret pass'), 'it was «secret»')
})

test('for a variable that is no secret it is what it says, and still never printed', async () => {
  const vars = defineVars({ port: int({ doc: 'A port.' }) })
  const { values, faults } = await as(vars, fixture('inline-1.1.yml'))
  assert.equal([values.port, faults], [61_738, []])
  assert.is(redact('port 61738'), 'port «secret»')
})

test('what is wrong with it is told without it', async () => {
  const vars = defineVars({ port: int({ doc: 'A port.', max: 10 }) })
  const { faults } = await as(vars, fixture('inline-1.1.yml'))
  assert.equal(
    faults.map(({ found }) => found),
    ['a secret'],
  )
})

test('nothing of a file that is encrypted as a whole is ever printed', async () => {
  const found = await read(fixture('whole-1.2-dev.yml'))
  assert.equal([found.get('a')?.value, found.get('port')?.value], ['first secret', 61_739])
  assert.is(redact('first secret, one-secret, 61739, true'), '«secret», «secret», «secret», true')
  assert.equal(found.get('port')?.origin, { file: 'all.yml', line: 2, column: 1 })
})

test('what stands in it is a secret for a variable that is one', async () => {
  const vars = defineVars({ a: secret({ doc: 'One.' }), b: string({ doc: 'Another.' }) })
  const text = await vault.close(Buffer.from('k3s: {a: in-a-vault, b: beside-it}\n'))
  const { values } = await as(vars, text)
  assert.equal([reveal(values.a), values.b], ['in-a-vault', 'beside-it'])
})

test('an alias of an encrypted value is the same value', async () => {
  const text = fixture('inline-1.1.yml').replace('token: !vault', 'token: &t !vault')
  const again = (await read(`${text}\nagain: *t\n`)).get('again')?.value
  assert.is(again instanceof Secret && reveal(again), 's3cret pass')
})

test('a value that no password opens is told with its line', async () => {
  const none = await failureOf(() => parseVariables(fixture('inline-1.1.yml'), 'all.yml'))
  assert.match(none.message, /^all\.yml:2:\d+: it is encrypted by ansible-vault, and no password was given/)
  const lines = fixture('inline-1.1.yml').split('\n')
  const broken = await failureOf(() => read(lines.with(6, '          xx').join('\n')))
  assert.match(broken.message, /^all\.yml:2:\d+: expected what ansible-vault has written, but its line 5/)
})

test('a file that is no YAML once it is opened is told without what stands in it', async () => {
  const text = await vault.close(Buffer.from('a: one-of-vault\n  bad: x\n'))
  const error = await failureOf(() => read(text))
  assert.match(error.message, /^all\.yml:\d+:\d+: expected YAML/)
  assert.not.match(JSON.stringify([error.message, error.cause]), /one-of-vault/)
})
