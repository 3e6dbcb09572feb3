import * as assert from 'uvu/assert'
import { redact } from '../../../lib/secrets/redact.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { noVault } from '../../../lib/secrets/vault/vault.ts'
import { parseVariables } from '../../../lib/vars/yaml-file.ts'
import { suite } from '../../support/suite.ts'
import { failureOf } from '../inventory/scratch.ts'

const test = suite('variables of the environment')
const env = { MASTER_PASS: 'pa$$word-of-master', DB_PASS: 'pass-of-database', EMPTY: '' }
const read = (text: string) => parseVariables(text, 'all.yml', { vault: noVault, env })

test('a reference is what the environment says, as a secret', async () => {
  const found = (await read('ansible_password: ${MASTER_PASS}\n')).get('ansible_password')?.value
  assert.is(found instanceof Secret && reveal(found), env.MASTER_PASS)
})

test('it may stand in the midst of a text, which is secret then, and by itself, too', async () => {
  const found = (await read('k3s: {url: "postgres://k3s:${DB_PASS}@db/k3s"}\n'))
    .get('k3s')
    ?.entries?.get('url')
  assert.is(found?.value instanceof Secret && reveal(found.value), 'postgres://k3s:pass-of-database@db/k3s')
  assert.is(redact('db says: pass-of-database'), 'db says: «secret»')
})

test('two dollars stand for one, and what is no reference stays as it is', async () => {
  const found = await read('a: $${DB_PASS}\nb: ${DB_PASS:-x}\nc: $DB_PASS\nd: $$\n')
  assert.equal(
    [...found.values()].map(({ value }) => value),
    ['${DB_PASS}', '${DB_PASS:-x}', '$DB_PASS', '$$'],
  )
})

test('names of variables are no references', async () => {
  assert.equal([...(await read('${DB_PASS}: x\n')).keys()], ['${DB_PASS}'])
})

test('all that is not set is told at once, each with its line', async () => {
  const error = await failureOf(() => read('a: ${NOT_SET}\nb:\n  - ${EMPTY}\n'))
  assert.is(error.name, 'UserError')
  assert.match(error.message, /^all\.yml:1:1: expected the environment variable NOT_SET, .* not set/)
  assert.match(error.message, /^all\.yml:3:5: expected the environment variable EMPTY/m)
  assert.match(error.advice ?? '', 'export NOT_SET=…')
})

test('on a command line there are none: a shell has read it before', async () => {
  const found = await parseVariables('{"a": "${DB_PASS}"}', 'command line')
  assert.is(found.get('a')?.value, '${DB_PASS}')
})
