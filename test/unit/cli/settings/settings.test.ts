import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { parseCommandLine } from '../../../../lib/cli/command-line.ts'
import { loadSettings, withSettings } from '../../../../lib/cli/settings/settings.ts'
import { settings as table } from '../../../../lib/cli/settings/table.ts'
import { suite } from '../../../support/suite.ts'
import { failureOf, scratch } from '../../inventory/scratch.ts'

const test = suite('cli/settings')

function settings(cfg: string, env: Readonly<Record<string, string>> = {}) {
  const folder = scratch({ 'ansible.cfg': cfg })
  return { folder, ...loadSettings({ env, folder, home: '/nowhere' }) }
}

function options(cfg: string, line: string, env: Readonly<Record<string, string>> = {}) {
  const { options: given } = parseCommandLine(line.split(' ').filter(Boolean))
  return withSettings(given, settings(cfg, env))
}

test('the environment wins over the file, and a flag over both', () => {
  const cfg = '[defaults]\nforks = 7\n'
  assert.is(options(cfg, '').forks, 7)
  assert.is(options(cfg, '', { ANSIBLE_FORKS: '8' }).forks, 8)
  assert.is(options(cfg, '-f 9', { ANSIBLE_FORKS: '8' }).forks, 9)
  assert.is(options(cfg, '', { ANSIBLE_FORKS: '' }).forks, 7)
})

test('every kind of flag can be set', () => {
  const cfg =
    '[defaults]\ntimeout = 3\nverbosity = 2\nask_pass = yes\n[diff]\nalways = no\n[tags]\nrun = a, b\n'
  const { timeoutSeconds, verbosity, askPass, diff, tags } = options(cfg, '')
  assert.equal([timeoutSeconds, verbosity, askPass, diff, tags], [3, 2, true, false, ['a', 'b']])
})

test('paths of the file begin at its folder, those of the environment at the current one', () => {
  const {
    folder,
    options: file,
    variables,
  } = settings(
    '[defaults]\ninventory = hosts.ini,\n  /abs\nprivate_key_file = keys/id\nvault_password_file = ~/pass\n',
  )
  assert.equal(file.inventory, [join(folder, 'hosts.ini'), '/abs'])
  assert.equal(variables.get('ansible_private_key_file')?.value, join(folder, 'keys/id'))
  assert.equal(file.vaultPasswordFiles, ['~/pass'])
  const env = loadSettings({ env: { ANSIBLE_INVENTORY: 'hosts.ini' }, folder: '/', home: '/nowhere' })
  assert.equal(env.options.inventory, ['/hosts.ini'])
})

test('what is a variable in an inventory is one here, with the place where it stands', () => {
  const { folder, variables } = settings('[privilege_escalation]\nbecome = true\nbecome_user = app\n')
  assert.equal(variables.get('ansible_become'), {
    value: 'true',
    origin: { file: join(folder, 'ansible.cfg'), line: 2 },
  })
  assert.is(variables.get('ansible_become_user')?.value, 'app')
})

test('passwords of a vault add up', () => {
  const cfg = '[defaults]\nvault_identity_list = dev@a, prod@b\nvault_password_file = /c\n'
  const { vaultIds, vaultPasswordFiles } = options(cfg, '--vault-id x@y --vault-password-file /z')
  assert.equal(
    [vaultIds, vaultPasswordFiles],
    [
      ['dev@a', 'prod@b', 'x@y'],
      ['/z', '/c'],
    ],
  )
})

test('colours are told as the environment tells them elsewhere', () => {
  assert.equal(settings('[defaults]\nnocolor = 1\nforce_color = no\n').environment, { NO_COLOR: '1' })
})

test('what has no effect is named once, in one line', () => {
  const { folder, warnings } = settings('[defaults]\nforks = 7\ngathering = smart\npipelining = on\n', {
    ANSIBLE_ROLES_PATH: '/r',
    ANSIBLE_CONFIG: '/nowhere',
    ANSIBLE_FORKS: '3',
  })
  assert.equal(warnings.slice(1), [
    `Without effect here: gathering, pipelining (${join(folder, 'ansible.cfg')}), ANSIBLE_ROLES_PATH.`,
  ])
})

test('a value that is none is refused with its place', async () => {
  const wrong = async (cfg: string, env = {}) => (await failureOf(() => settings(cfg, env))).message
  assert.match(
    await wrong('[defaults]\n\nforks = many\n'),
    /ansible\.cfg:3: expected a whole number of at least 1, found "many"/,
  )
  assert.match(await wrong('', { ANSIBLE_ASK_PASS: 'perhaps' }), /^ANSIBLE_ASK_PASS: expected yes or no/)
})

test('no two settings are one', () => {
  const keys = table.flatMap(({ keys, env }) => [...keys.map((key) => key.join('.')), ...env])
  assert.is(new Set(keys).size, keys.length)
})
