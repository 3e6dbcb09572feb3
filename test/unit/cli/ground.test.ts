import * as assert from 'uvu/assert'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCommandLine } from '../../../lib/cli/command-line.ts'
import { layGround } from '../../../lib/cli/ground.ts'
import { loadSettings, withSettings } from '../../../lib/cli/settings/settings.ts'
import { playbook, stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { VaultIdentity } from '../../../lib/secrets/vault/identity.ts'
import { Vault } from '../../../lib/secrets/vault/vault.ts'
import { defineVars, string, type Vars } from '../../../lib/vars/schema.ts'
import { suite } from '../../support/suite.ts'

const test = suite('cli/ground')

function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  for (const name of ['playbooks', 'inventory', 'group_vars']) mkdirSync(join(folder, name))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

/** Each says who logs in, and the user is named after who says it. */
async function userOf(folder: string, ...args: readonly string[]) {
  const { options } = parseCommandLine(['-i', join(folder, 'inventory/hosts.ini'), ...args])
  const settings = loadSettings({ env: {}, folder, home: folder })
  const laid = await layGround(playbook('Empty', []), join(folder, 'playbooks/e.ts'), options, {}, settings)
  return laid.connection('a').user
}

function ground(folder: string, book = playbook('Empty', []), ...args: readonly string[]) {
  const { options } = parseCommandLine(['-i', join(folder, 'inventory/hosts.ini'), ...args])
  return layGround(book, join(folder, 'playbooks/empty.ts'), options, {})
}

test('the patience with lost hosts is a variable, with a minute as its default', async () => {
  const folder = project({ 'inventory/hosts.ini': 'a\nb connection.patience=5s\n' })
  const { settings } = await ground(folder)
  assert.equal([settings('a').patience, settings('b').patience], ['60s', '5s'])
})

test('the time for a connection is what the host says, then the flag, then ansible.cfg', async () => {
  const timeoutOf = async (host: string, ...args: readonly string[]) => {
    const folder = project({
      'inventory/hosts.ini': `a ${host}\n`,
      'ansible.cfg': '[defaults]\ntimeout = 3\n',
    })
    const settings = loadSettings({ env: {}, folder, home: folder })
    const typed = parseCommandLine(['-i', join(folder, 'inventory/hosts.ini'), ...args]).options
    const options = withSettings(typed, settings)
    const laid = await layGround(playbook('Empty', []), join(folder, 'playbooks/e.ts'), options, {}, settings)
    return laid.connection('a').connectTimeoutMs
  }
  assert.is(await timeoutOf(''), 3000)
  assert.is(await timeoutOf('', '-T', '4'), 4000)
  assert.is(await timeoutOf('ansible_timeout=5', '-T', '4'), 5000)
})

test('group_vars beside the folder of the playbooks are read', async () => {
  const folder = project({
    'inventory/hosts.ini': 'a\n',
    'group_vars/all.yml': 'connection: { patience: 2m }\nansible_user: op\n',
  })
  const { settings, connection } = await ground(folder)
  assert.is(settings('a').patience, '2m')
  assert.is(connection('a').user, 'op')
})

test('a patience that is none is refused with its place', async () => {
  const folder = project({
    'inventory/hosts.ini': 'a\n',
    'group_vars/all.yml': 'connection:\n  patience: soon\n',
  })
  const error = await ground(folder).catch((thrown: unknown) => thrown)
  assert.match(String(error), /group_vars\/all\.yml:2:\d+: connection\.patience: expected .* found "soon"/)
})

test('a revert asks for no variable of a role', async () => {
  const folder = project({ 'inventory/hosts.ini': 'a\n' })
  const needing = defineRole({
    name: 'needing',
    folder,
    vars: defineVars({ token: string({ doc: 'Has no default.' }) }),
    async tasks() {},
  })
  const book = playbook('Needs', [stage('One', { hosts: 'all', roles: [needing] })])
  const lay = (...args: readonly string[]) => ground(folder, book, ...args)
  assert.match(String(await lay().catch((thrown: unknown) => thrown)), 'needing.token')
  assert.is((await lay('--revert', 'last')).limit.size, 1)
})

test('two roles may share variables, but not a name for different ones', async () => {
  const folder = project({ 'inventory/hosts.ini': 'a\n' })
  const cluster = defineVars({ name: string({ default: 'lab', doc: 'Of the cluster.' }) })
  const other = defineVars({ name: string({ default: 'other', doc: 'Of something else.' }) })
  const sharing = (name: string, shared: Readonly<Record<string, Vars>>) =>
    defineRole({ name, folder, vars: defineVars({}), shared, async tasks() {} })
  const lay = (...roles: readonly Role[]) =>
    ground(folder, playbook('Shares', [stage('One', { hosts: 'all', roles })]))
  const shared = await lay(sharing('one', { cluster }), sharing('two', { cluster }))
  assert.equal(shared.varsOf('a', 'cluster'), { name: 'lab' })
  const refused = lay(sharing('one', { cluster }), sharing('two', { cluster: other }))
  assert.match(
    String(await refused.catch((thrown: unknown) => thrown)),
    'The role two has variables under "cluster"',
  )
})

test('encrypted variables are opened, and those of the environment filled in', async () => {
  const vault = new Vault([new VaultIdentity('default', new Secret('hunter2', 'a test'))])
  const folder = project({
    'inventory/hosts.ini': 'a\n',
    password: 'hunter2',
    'group_vars/all.yml': await vault.close(Buffer.from('ansible_user: ${GROUND_TEST_USER}\n')),
  })
  process.env['GROUND_TEST_USER'] = 'op-of-environment'
  const { connection } = await ground(folder, undefined, '--vault-password-file', join(folder, 'password'))
  assert.is(connection('a').user, 'op-of-environment')
})

test('a setting yields to a flag, and that to a variable of the inventory', async () => {
  const files = { 'ansible.cfg': '[defaults]\nremote_user = setting\n', 'inventory/hosts.ini': 'a\n' }
  const [folder, other] = [
    project(files),
    project({ ...files, 'inventory/hosts.ini': 'a ansible_ssh_user=inventory\n' }),
  ]
  assert.is(await userOf(folder), 'setting')
  assert.is(await userOf(folder, '-u', 'flag'), 'flag')
  assert.is(await userOf(other, '-u', 'flag'), 'inventory')
})

test('a setting that is wrong is told with its place', async () => {
  const cfg = '[defaults]\nremote_port = ssh\n'
  const folder = project({ 'inventory/hosts.ini': 'a\n', 'ansible.cfg': cfg })
  const message = await userOf(folder).then(String, String)
  assert.match(message, /ansible\.cfg:2: ansible_port: expected whole number from 1 to 65535, found "ssh"/)
})
