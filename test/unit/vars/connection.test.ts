import { homedir } from 'node:os'
import * as assert from 'uvu/assert'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { connectionOf, type ConnectionDefaults } from '../../../lib/vars/connection.ts'
import { loadVars } from '../../../lib/vars/load.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, inventoryOf } from '../inventory/scratch.ts'

const test = suite('how a host is reached')

async function connection(variables: string, cli?: ConnectionDefaults, extra: readonly string[] = []) {
  const inventory = await inventoryOf(`web1 ${variables}\n`)
  const store = await loadVars({ inventory, playbookFolder: '/nowhere', extra, roleNames: [] })
  return connectionOf(store.of('web1'), cli)
}

test('without variables it is ssh to the name itself', async () => {
  assert.equal(await connection(''), {
    address: 'web1',
    connection: 'ssh',
    become: false,
    becomeMethod: 'sudo',
    becomeUser: 'root',
  })
})

const aliases: readonly (readonly [string, string, unknown])[] = [
  ['ansible_host=10.0.0.1', 'address', '10.0.0.1'],
  ['ansible_ssh_host=10.0.0.1', 'address', '10.0.0.1'],
  ['ansible_port=2222', 'port', 2222],
  ['ansible_ssh_port=2222', 'port', 2222],
  ['ansible_user=deploy', 'user', 'deploy'],
  ['ansible_ssh_user=1000', 'user', '1000'],
  ['ansible_private_key_file=/k', 'keyFiles', ['/k']],
  ['ansible_ssh_private_key_file=~/k', 'keyFiles', [`${homedir()}/k`]],
  ['ansible_connection=local', 'connection', 'local'],
  ['ansible_connection=smart', 'connection', 'ssh'],
  ['ansible_become=yes', 'become', true],
  ['ansible_become=True', 'become', true],
  ['ansible_become=1', 'become', true],
  ['ansible_become=no', 'become', false],
  ['ansible_become_user=admin', 'becomeUser', 'admin'],
  ['ansible_sudo_user=admin', 'becomeUser', 'admin'],
  ['ansible_become_method=su', 'becomeMethod', 'su'],
  ['ansible_become_method=community.general.doas', 'becomeMethod', 'doas'],
  ['ansible_become_exe=/opt/sudo', 'becomeExe', '/opt/sudo'],
  ['ansible_become_method=su ansible_su_exe=/opt/su', 'becomeExe', '/opt/su'],
  ['ansible_su_exe=/opt/su', 'becomeExe', undefined],
  ['ansible_become_flags="-HSn"', 'becomeLogin', false],
  ['ansible_become_method=su ansible_become_flags=-', 'becomeLogin', true],
  ['ansible_connection=containers.podman.podman', 'connection', 'podman'],
  [
    `ansible_connection=command troupe_command='chroot "/srv/a b" sh'`,
    'command',
    ['chroot', '/srv/a b', 'sh'],
  ],
  ['ansible_host_key_checking=False', 'hostKeyChecking', 'no'],
  ['ansible_ssh_host_key_checking=no', 'hostKeyChecking', 'no'],
  ['ansible_ssh_timeout=7', 'connectTimeoutMs', 7000],
  ['ansible_ssh_retries=3', 'retries', 3],
  ['ansible_timeout=8', 'connectTimeoutMs', 8000],
  ['ansible_host_key_checking=accept-new', 'hostKeyChecking', 'accept-new'],
  ['ansible_host_key_checking=yes', 'hostKeyChecking', 'yes'],
  ['ansible_ssh_known_hosts_file=/a', 'knownHostsFiles', ['/a']],
  [`ansible_ssh_known_hosts_file="['/a', '/b']"`, 'knownHostsFiles', ['/a', '/b']],
  [
    'ansible_ssh_common_args="-o StrictHostKeyChecking=no -oUserKnownHostsFile=/a"',
    'knownHostsFiles',
    ['/a'],
  ],
  ['ansible_ssh_common_args="-o StrictHostKeyChecking=no"', 'hostKeyChecking', 'no'],
  ['ansible_ssh_extra_args="-p 23 -C -o ControlMaster=auto"', 'port', 23],
  ['ansible_ssh_args="-i /k -l me"', 'keyFiles', ['/k']],
  [`ansible_ssh_args="-i '/a b' -i/c"`, 'keyFiles', ['/a b', '/c']],
  ['ansible_ssh_args="-i /a" ansible_private_key_file=/b', 'keyFiles', ['/a', '/b']],
  ['ansible_ssh_common_args="-J op@gate:2222,inner"', 'proxy', { jumps: ['op@gate:2222', 'inner'] }],
  ['ansible_ssh_common_args="-o ProxyJump=gate"', 'proxy', { jumps: ['gate'] }],
  ['ansible_ssh_common_args="-o ProxyJump=none"', 'proxy', { jumps: [] }],
  [
    `ansible_ssh_common_args='-o ProxyCommand="ssh -W %h:%p -q gate"'`,
    'proxy',
    { command: 'ssh -W %h:%p -q gate' },
  ],
  ['ansible_ssh_common_args="-J gate -o ProxyCommand=nc"', 'proxy', { jumps: ['gate'] }],
  ['ansible_ssh_common_args="-F /x"', 'configFile', '/x'],
  ['ansible_ssh_common_args="-F none"', 'configFile', 'none'],
  ['ansible_ssh_common_args="-o ConnectTimeout=1m5"', 'connectTimeoutMs', 65_000],
  ['ansible_ssh_common_args="-o ServerAliveInterval=30"', 'aliveIntervalMs', 30_000],
  ['ansible_ssh_common_args="-o ServerAliveCountMax=5"', 'aliveMisses', 5],
  ['ansible_ssh_common_args="-o HostKeyAlias=x"', 'hostKeyAlias', 'x'],
  ['ansible_ssh_common_args="-o IdentitiesOnly=yes"', 'identitiesOnly', true],
  [
    'ansible_ssh_common_args="-o PreferredAuthentications=hostbased,password,publickey"',
    'loginMethods',
    ['password', 'publickey'],
  ],
  // The order of Ansible's own command line, of which ssh takes the first.
  ['ansible_port=25 ansible_ssh_args="-p 26"', 'port', 26],
  ['ansible_port=25 ansible_ssh_common_args="-p 26"', 'port', 25],
  ['ansible_ssh_common_args="-p 26 -p 27" ansible_ssh_extra_args="-p 28"', 'port', 26],
  ['ansible_ssh_args="-p 26" ansible_ssh_common_args="-p 27"', 'port', 26],
]
for (const [variable, field, value] of aliases) {
  test(`${variable} sets ${field}`, async () => {
    const found: Record<string, unknown> = { ...(await connection(variable)) }
    assert.equal(found[field], value)
  })
}

for (const name of ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password']) {
  test(`${name} is the password`, async () => {
    const { password } = await connection(`${name}=0x10`)
    assert.is(password instanceof Secret && reveal(password), '0x10')
  })
}

for (const name of ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass']) {
  test(`${name} is the password of sudo`, async () => {
    const { becomePassword } = await connection(`${name}="a b#c"`)
    assert.is(becomePassword instanceof Secret && reveal(becomePassword), 'a b#c')
  })
}

test('of two names for one thing the newer one in ansible wins: the ssh one', async () => {
  assert.is((await connection('ansible_ssh_host=b ansible_host=a')).address, 'b')
})

test('a variable of the host overrides the command line, which overrides the default', async () => {
  const cli = { user: 'cli', port: 24, become: true } as const
  const found = await connection('ansible_user=host', cli)
  assert.equal([found.user, found.port, found.become], ['host', 24, true])
})

test('values from -e are typed as well', async () => {
  const found = await connection('', {}, ['ansible_port=2200 ansible_become=false'])
  assert.equal([found.port, found.become], [2200, false])
})

test('everything that is wrong is told at once, with its place', async () => {
  const error = await failureOf(() =>
    connection('ansible_port=ssh ansible_become=maybe ansible_connection=winrm ansible_become_method=pfexec'),
  )
  assert.is(error.name, 'WrongVariables')
  assert.match(error.message, /^4 variables are not as expected/)
  assert.match(
    error.message,
    /hosts\.ini:1: ansible_port: expected whole number from 1 to 65535, found "ssh"/,
  )
  assert.match(error.message, /ansible_become_method: expected "sudo" or "su" or "doas", found "pfexec"/)
})

const refused: readonly (readonly [string, RegExp])[] = [
  ['ansible_become_flags=-E', /Remove "-E"/],
  ['ansible_become_method=doas ansible_become_flags=-l', /Remove "-l"/],
  ['ansible_connection=command', /troupe_command/],
  ['ansible_host="{{ ip }}"', /is not evaluated/],
  ['ansible_ssh_args="-o SendEnv=X"', /Remove "SendEnv": .* ssh_config/],
  ['ansible_ssh_args="-o ForwardAgent=yes"', /Remove "ForwardAgent"/],
  ['ansible_ssh_args="--what"', /Remove "--what"/],
  ['ansible_ssh_args="-A"', /Remove "-A"/],
  ['ansible_ssh_args="-p x"', /Correct the port "x"/],
  ['ansible_ssh_args="-p"', /Give port a value/],
  ['ansible_ssh_args="-o"', /Give -o an option/],
  ['ansible_ssh_args="-F"', /Give -F a file/],
  ['ansible_ssh_args="-o StrictHostKeyChecking=maybe"', /yes, accept-new or no/],
  ['ansible_ssh_args="-o ServerAliveCountMax=x"', /ServerAliveCountMax/],
  ['ansible_ssh_args="-o ConnectTimeout=soon"', /Write a time/],
  ['ansible_ssh_args="-o IdentitiesOnly=perhaps"', /Write yes or no/],
  ['ansible_ssh_args="-o CertificateFile=/c"', /CertificateFile is not supported/],
]
for (const [variable, message] of refused) {
  test(`${variable} is refused, not passed over`, async () => {
    assert.match((await failureOf(() => connection(variable))).message, message)
  })
}
