import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../../../../lib/secrets/secret.ts'
import { VaultIdentity } from '../../../../lib/secrets/vault/identity.ts'
import { noVault, Vault } from '../../../../lib/secrets/vault/vault.ts'
import { suite } from '../../../support/suite.ts'
import { failureOf } from '../../inventory/scratch.ts'

const test = suite('vault')
const fixtures = join(import.meta.dirname, '../../../fixtures/vault')
const whole = readFileSync(join(fixtures, 'whole-1.2-dev.yml'), 'utf8')
const here = { file: 'secrets.yml', line: 1 }
const vaultOf = (...passwords: readonly (readonly [id: string, password: string])[]) =>
  new Vault(passwords.map(([id, password]) => new VaultIdentity(id, new Secret(password, 'a test'))))
const failing = (vault: Vault, text: string) => failureOf(() => vault.open(text, here))

test('what ansible-vault has written is read', async () => {
  const opened = await vaultOf(['dev', 'hunter2']).open(whole, here)
  assert.is(opened.toString(), 'a: "first secret"\nport: 61739\nlist: [one-secret, true]\n')
})

test('whatever the passwords are called, each is tried', async () => {
  const vault = vaultOf(['dev', 'not it'], ['other', 'hunter2'])
  assert.match((await vault.open(whole, here)).toString(), 'first secret')
})

test('what is written can be read, and bears the name of its password', async () => {
  const vault = vaultOf(['default', 'one'], ['prod', 'two'])
  const [plain, named] = [
    await vault.close(Buffer.from('x'), 'default'),
    await vault.close(Buffer.from('x'), 'prod'),
  ]
  assert.equal(
    [plain, named].map((text) => text.split('\n')[0]),
    ['$ANSIBLE_VAULT;1.1;AES256', '$ANSIBLE_VAULT;1.2;AES256;prod'],
  )
  assert.ok(named.split('\n').every((line) => line.length <= 80))
  assert.is((await vault.open(plain, here)).toString(), 'x')
})

test('one text is encrypted differently each time', async () => {
  const vault = vaultOf(['default', 'one'])
  assert.is.not(await vault.close(Buffer.from('x')), await vault.close(Buffer.from('x')))
})

test('without a password, what is encrypted says where it stands and what to give', async () => {
  const error = await failing(noVault, whole)
  assert.match(error.message, /^secrets\.yml:1: it is encrypted .* "dev", and no password was given/)
  assert.match(error.advice ?? '', '--vault-password-file')
})

test('a wrong password is told with all that were tried, and with the one that is wanted', async () => {
  const error = await failing(vaultOf(['default', 'no'], ['prod', 'neither']), whole)
  assert.match(error.message, 'secrets.yml:1: no vault password opens it; tried: "default", "prod".')
  assert.match(error.message, 'It was encrypted with "dev".')
})

const lines = whole.trimEnd().split('\n')
const damaged: readonly (readonly [string, string, RegExp])[] = [
  [
    'a line that is no hex',
    [...lines.slice(0, 2), 'oops', ...lines.slice(3)].join('\n'),
    /its line 3 is not made of/,
  ],
  ['a text that ends early', lines.slice(0, 2).join('\n'), /a part of it is missing/],
  ['an old cipher', whole.replace('AES256', 'AES'), /1\.1 or 1\.2 with AES256/],
  ['a version that is to come', whole.replace('1.2', '1.3'), /"\$ANSIBLE_VAULT;1\.3;AES256;dev"/],
]
for (const [what, text, message] of damaged) {
  test(`${what} is told as damage, with its place`, async () => {
    const error = await failing(vaultOf(['dev', 'hunter2']), text)
    assert.match(error.message, /^secrets\.yml:1: expected what ansible-vault has written/)
    assert.match(error.message, message)
  })
}

test('a text in which one digit is another is not opened', async () => {
  const last = lines.at(-1) ?? ''
  const changed = [...lines.slice(0, -1), `${last.slice(0, -1)}${last.endsWith('0') ? '1' : '0'}`].join('\n')
  const error = await failing(vaultOf(['dev', 'hunter2']), changed)
  assert.match(error.message, /no vault password opens it/)
  assert.match(error.advice ?? '', /the text was changed since/)
})

test('to encrypt with one of several passwords, it must be named', async () => {
  const vault = vaultOf(['dev', 'one'], ['prod', 'two'])
  const error = await failureOf(() => vault.close(Buffer.from('x')))
  assert.match(error.message, 'found "dev", "prod"')
  assert.match((await failureOf(() => vault.close(Buffer.from('x'), 'test'))).message, 'the id "test"')
})
