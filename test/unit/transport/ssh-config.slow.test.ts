import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { configured, type Configured } from '../../../lib/transport/ssh-config/config.ts'
import type { SshSettings } from '../../../lib/transport/ssh-config/settings.ts'
import { expandedPath } from '../../../lib/transport/ssh-config/tokens.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('ssh_config, beside what ssh makes of it')
const folder = scratchFolder()
const hosts = ['web1', 'WEB2', 'db1', '10.0.0.7']
let files = 0

function file(text: string): string {
  const path = join(folder, `config_${++files}`)
  writeFileSync(path, text)
  return path
}

/** What `ssh -G` says, as far as it is compared. */
async function sshSays(
  path: string,
  host: string,
  args: readonly string[],
): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)('ssh', ['-G', '-F', path, ...args, host])
  const lines = stdout.split('\n').map((line) => /^(\S+) (.*)$/.exec(line)?.slice(1) ?? ['', ''])
  const all = (key: string) => lines.flatMap(([name, value = '']) => (name === key ? [value] : []))
  const one = (key: string) => all(key)[0]
  return {
    user: one('user'),
    host: one('hostname'),
    port: Number(one('port')),
    keys: all('identityfile'),
    jump: one('proxyjump'),
    command: one('proxycommand'),
    knownHosts: one('userknownhostsfile'),
    checking: one('stricthostkeychecking'),
    timeout: one('connecttimeout') === 'none' ? undefined : Number(one('connecttimeout')),
    interval: Number(one('serveraliveinterval')),
    misses: Number(one('serveralivecountmax')),
    alias: one('hostkeyalias'),
    hashed: one('hashknownhosts') === 'yes',
    only: one('identitiesonly') === 'yes',
    agent: one('identityagent'),
  }
}

const defaultKeys = ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk', 'xmss', 'dsa'].map(
  (type) => `~/.ssh/id_${type}`,
)
const checkings = { yes: ['true', 'ask'], 'accept-new': ['accept-new'], no: ['false'] } as const

/** The same of ours. */
function weSay({ settings, host, port, user, tokens }: Configured): Record<string, unknown> {
  const { proxy, knownHostsFiles = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'], identityAgent } = settings
  const jumps = proxy !== undefined && 'jumps' in proxy && proxy.jumps.length > 0 ? proxy.jumps : undefined
  return {
    user,
    host,
    port,
    keys: settings.keyFiles ?? defaultKeys,
    jump: jumps?.join(','),
    command: proxy !== undefined && 'command' in proxy ? proxy.command : undefined,
    knownHosts: knownHostsFiles.map((path) => expandedPath(path, tokens)).join(' '),
    checking: settings.hostKeyChecking ?? 'yes',
    timeout: settings.connectTimeoutMs === undefined ? undefined : settings.connectTimeoutMs / 1000,
    interval: (settings.aliveIntervalMs ?? 0) / 1000,
    misses: settings.aliveMisses ?? 3,
    alias: settings.hostKeyAlias,
    hashed: settings.hashKnownHosts ?? false,
    only: settings.identitiesOnly ?? false,
    agent: identityAgent === undefined ? undefined : expandedPath(identityAgent, tokens),
  }
}

async function same(text: string, given: SshSettings = {}, args: readonly string[] = []): Promise<void> {
  const path = file(text)
  for (const host of hosts) {
    const [ssh, found] = await Promise.all([
      sshSays(path, host, args),
      configured(host, { ...given, configFile: path }),
    ])
    const ours = weSay(found)
    const checking = checkings[ours['checking'] as keyof typeof checkings] as readonly unknown[]
    const where = `${host} ${args.join(' ')}\n${text}`
    assert.ok(checking.includes(ssh['checking']), `${where}: ${ssh['checking']}`)
    assert.equal({ ...ours, checking: '' }, { ...ssh, checking: '' }, where)
  }
}

const included = join(folder, 'included')
mkdirSync(join(included, 'd'), { recursive: true })
writeFileSync(join(included, 'd', 'b.conf'), 'Port 4002\nHost web1\n  User from-b\n')
writeFileSync(join(included, 'd', 'a.conf'), 'Host web*\n  Port 4001\n')
writeFileSync(join(included, 'd', '.hidden.conf'), 'User hidden\n')

const cases: Readonly<Record<string, string>> = {
  'the first value of each counts, and sections are told by patterns':
    'Host web1\n  Port 1\n  User a\nHost web* !web1\n  Port 2\nHost *\n  Port 3\n  User b\n',
  'a pattern minds case, and a negated one alone means nobody': 'Host WEB*\n Port 1\nHost !web1\n Port 2\n',
  'quotes, comments, equals signs and case of keywords':
    'HOST "web1" web2 # c\n  pOrT=5 # c\n\tuser  =  "a b"\n# c\nHost *\n  IdentityFile "~/my key"\n  IdentityFile a\\ b\n',
  'keys add up, each once': 'IdentityFile ~/a\nHost web1\n IdentityFile /b\n IdentityFile ~/a\n',
  'no key at all': 'IdentityFile none\n',
  'a name of another': 'Host web1\n HostName %h.example.com\nHost db1\n HostName 10.0.0.%%\n',
  'Match sees the name as it is by then':
    'Host web1\n HostName alpha\nMatch host alpha\n Port 7\nMatch originalhost web1 host=alpha\n User m\nMatch host web1\n Port 8\n',
  'Match of users': 'Match user root,bob\n User bob\nMatch user bob\n Port 9\nMatch localuser !*\n Port 10\n',
  'Match with a list and negation':
    'Match host web*,!web1\n Port 1\nMatch !host web* originalhost *\n Port 2\nMatch all\n Port 3\n',
  'Match by a command':
    'Match exec "test %h = web1"\n Port 1\nMatch host db1 exec "exit 3"\n Port 2\nMatch !exec "exit 3"\n Port 3\n',
  'a second reading for Match final':
    'Host web1\n HostName web1.example.com\nHost *.example.com\n User found\nMatch final\n Port 6\nMatch !final\n ServerAliveInterval 5\n',
  'a second reading by a section that does not hold':
    'Host web1\n HostName Web1.Example.com\nMatch host nowhere final\n Port 6\nHost web1.example.com\n User found\nMatch canonical\n Port 8\n',
  'Include, sorted, without hidden files': `Include ${included}/d/*.conf ${included}/none\nHost *\n  User after\n`,
  'Include in a section': `Host db1\n  Include ${included}/d/*.conf\n  ConnectTimeout 5\nHost *\n User after\n`,
  'a jump before a command':
    'Host web1\n ProxyJump a@b:3,c # c\nHost *\n ProxyCommand nc %h %p # no comment\n',
  'a command before a jump': 'ProxyCommand  "my nc" %h %p\nProxyJump b\n',
  'no proxy for one': 'Host web1\n ProxyJump none\nHost db1\n ProxyCommand none\nHost *\n ProxyJump b\n',
  'the files of known hosts': 'UserKnownHostsFile ~/k_%h /l_%p_%r_%n "/m n"\nHost web1\n User x\n',
  'times, and yes and no':
    'ConnectTimeout 1m5\nServerAliveInterval 2m\nServerAliveCountMax 9\nHashKnownHosts yes\nIdentitiesOnly TRUE\nStrictHostKeyChecking off\n',
  'host keys by an alias': 'Host web*\n HostKeyAlias alias\n StrictHostKeyChecking accept-new\n',
  'an agent of its own': 'IdentityAgent ~/agents/%r\n',
  'what means nothing here':
    'SendEnv LANG\nLocalForward 1 a:2\nCompression yes\nControlMaster auto\nPort 6\n',
}

if (!existsSync('/usr/bin/ssh')) test.skip('every case', 'there is no ssh on this machine')
else {
  for (const [title, text] of Object.entries(cases)) test(title, () => same(text))

  test('what is given counts before all files, and Match sees it', () =>
    same(
      'Match user op\n Port 9\n Host *\n User b\n IdentityFile /c\n HostName %h.%h\n',
      { user: 'op', keyFiles: [included] },
      ['-l', 'op', '-i', included],
    ))

  test(
    'and fifty files made at random, for four hosts each',
    async () => {
      const random = generator(7)
      for (let round = 0; round < 50; round++) await same(randomConfig(random))
    },
    { timeoutMs: 60_000 },
  )
}

function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

function randomConfig(random: (below: number) => number): string {
  const pick = (from: readonly string[]) => from[random(from.length)] ?? ''
  const pattern = () =>
    pick(['web1', 'web*', '*', '!web1', '?eb?', 'WEB2', 'db1', '10.*', 'alpha', '*.example.com'])
  const setting = () =>
    pick([
      `User ${pick(['a', '"b"', "'c'", 'root'])}`,
      `Port${pick([' ', '=', ' = ', '\t'])}${1 + random(9)}`,
      `HostName ${pick(['alpha', '%h.example.com', 'Beta', '10.1.1.1'])}`,
      `IdentityFile ${pick(['~/k1', '/k2 # c', '"/k 3"', '%d/k4', 'none'])}`,
      // Not none: behind it ssh 9.2 takes a ProxyCommand, against its manual, which is followed here.
      `ProxyJump ${pick(['j1', 'u@j2:99', 'j3,j4', '[::1]:4'])}`,
      `ProxyCommand ${pick(['nc %h %p', 'none', '"x y" # z'])}`,
      `UserKnownHostsFile ${pick(['/kh %d/kh2', '/kh_%n'])}`,
      `StrictHostKeyChecking ${pick(['yes', 'no', 'ask', 'accept-new', 'off'])}`,
      `HostKeyAlias ${pick(['x', 'y'])}`,
      `ConnectTimeout ${pick(['7', '1m', '1h1s'])}`,
      `Include ${included}/${pick(['d/*', 'd/a.conf', 'd/?.conf', 'nothing/*'])}`,
      '# a comment',
      '',
    ])
  const criterion = () =>
    pick(['', '!']) +
    pick([
      `host ${pattern()}`,
      `originalhost ${pattern()},db*`,
      `user ${pick(['a', 'root', '*', 'a,b'])}`,
      'final',
      'canonical',
      `exec "test %p -gt ${random(6)}"`,
    ])
  const section = () =>
    random(2) === 0
      ? `Host ${[pattern(), pattern()].slice(random(2)).join(' ')}`
      : pick([`Match ${criterion()}`, `Match ${criterion()} ${criterion()}`, 'Match all'])
  const lines = Array.from({ length: 8 + random(10) }, () =>
    random(3) === 0 ? section() : `${pick(['', '  ', '\t'])}${setting()}`,
  )
  return `${lines.join('\n')}\n`
}
