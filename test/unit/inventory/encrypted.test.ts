import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listDump } from '../../../lib/cli/inventory/dump.ts'
import { loadInventory } from '../../../lib/inventory/inventory.ts'
import { redact } from '../../../lib/secrets/redact.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { VaultIdentity } from '../../../lib/secrets/vault/identity.ts'
import { Vault } from '../../../lib/secrets/vault/vault.ts'
import { loadVars } from '../../../lib/vars/load.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, scratch } from './scratch.ts'

const test = suite('inventories that are encrypted')
const vault = new Vault([new VaultIdentity('dev', new Secret('hunter2', 'a test'))])

async function encrypted(name: string, text: string): Promise<string> {
  const file = join(scratch({ 'other/x': '' }), name)
  writeFileSync(file, await vault.close(Buffer.from(text)))
  return file
}

test('a file of INI or YAML that is encrypted as a whole is opened, and its values are not printed', async () => {
  const files = [
    await encrypted('hosts.ini', "[web]\nh1 greeting=ini-in-a-vault labels=\"{'a': 'deep-in-a-vault'}\"\n"),
    await encrypted('more.yml', 'web: {hosts: {h2: {greeting: yaml-in-a-vault}}}\n'),
  ]
  const inventory = await loadInventory(files, vault)
  assert.equal(inventory.group('web'), ['h1', 'h2'])
  assert.is(inventory.hosts[0]?.vars.get('greeting')?.value, 'ini-in-a-vault')
  const store = await loadVars({ inventory, playbookFolder: '/nowhere', extra: [], roleNames: [] })
  assert.not.match(JSON.stringify(listDump(inventory, store)), 'in-a-vault')
  for (const value of ['ini-in-a-vault', 'deep-in-a-vault', 'yaml-in-a-vault'])
    assert.is(redact(value), '«secret»')
})

test('without a password it is told which file needs one', async () => {
  const file = await encrypted('hosts', '[web]\nh1\n')
  const { message } = await failureOf(() => loadInventory([file]))
  assert.match(message, /hosts:1: it is encrypted by ansible-vault .*no password was given/)
})

test('what is wrong in it is told with its line, and not quoted', async () => {
  const file = await encrypted('hosts.ini', 'h1\nh2 half-of-a-secret\n')
  const { message } = await failureOf(() => loadInventory([file], vault))
  assert.match(message, 'hosts.ini:2: expected an inventory')
  assert.not.match(message, 'half-of-a-secret')
})
