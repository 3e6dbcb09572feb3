import { writeFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Unreachable } from '../../../lib/transport/errors.ts'
import { readJump } from '../../../lib/transport/jump.ts'
import { limits } from '../../../lib/transport/limits.ts'
import type { SshSettings } from '../../../lib/transport/ssh-config/settings.ts'
import { wayTo, type Way } from '../../../lib/transport/way.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from './shells.ts'

const test = suite('the way to a host')
const folder = scratchFolder()
let files = 0

function file(text: string): string {
  const path = join(folder, `file_${++files}`)
  writeFileSync(path, text)
  return path
}

function way(config: string, given: SshSettings = {}, name = 'web1'): Promise<Way> {
  return wayTo(name, { ...given, configFile: file(config) })
}

async function refusal(config: string, given: SshSettings = {}): Promise<Unreachable> {
  const error = await thrown<Unreachable>(way(config, given))
  assert.is(error.reason, 'settings')
  return error
}

test('without a word about it, it is what ssh would take', async () => {
  const agent = process.env['SSH_AUTH_SOCK']
  assert.equal(await wayTo('web1', { configFile: 'none' }), {
    host: 'web1',
    port: 22,
    user: userInfo().username,
    ...(agent === undefined ? {} : { agent }),
    loginMethods: ['publickey', 'password', 'keyboard-interactive'],
    keepalive: limits.keepalive,
    knownHostsFiles: [
      `${homedir()}/.ssh/known_hosts`,
      `${homedir()}/.ssh/known_hosts2`,
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
    ],
    hostKeyChecking: 'yes',
  })
})

test('a key of ssh_config that is not there is passed over, one that was given is not', async () => {
  const there = file('')
  const { keyFiles } = await way(`IdentityFile /no/such\nIdentityFile ${there}\n`, { keyFiles: ['/given'] })
  assert.equal(keyFiles, ['/given', there])
  assert.equal((await way('IdentityFile /no/such\n')).keyFiles, [])
  assert.equal((await way('IdentityFile none\n')).keyFiles, [])
  assert.is((await way('')).keyFiles, undefined)
})

test('paths may hold a home, tokens and variables of the environment', async () => {
  process.env['TROUPE_TEST_FOLDER'] = '/e'
  const text =
    'User op\nPort 7\nUserKnownHostsFile ~/%h ${TROUPE_TEST_FOLDER}/%r%p none\nGlobalKnownHostsFile none\n'
  const { knownHostsFiles } = await way(text)
  assert.equal(knownHostsFiles, [`${homedir()}/web1`, '/e/op7', '/dev/null', '/dev/null'])
})

test('an agent is named, switched off, or taken from the environment', async () => {
  process.env['TROUPE_TEST_AGENT'] = '/run/agent'
  assert.is((await way('IdentityAgent $TROUPE_TEST_AGENT\n')).agent, '/run/agent')
  assert.is((await way('IdentityAgent ~/%n\n')).agent, `${homedir()}/web1`)
  assert.is((await way('IdentityAgent none\n')).agent, undefined)
  assert.is((await way('IdentityAgent SSH_AUTH_SOCK\n')).agent, process.env['SSH_AUTH_SOCK'])
})

test('ways of logging in can be put in order and switched off', async () => {
  const { loginMethods } = await way(
    'PreferredAuthentications gssapi-keyex,keyboard-interactive,password,publickey\nPasswordAuthentication no\n',
  )
  assert.equal(loginMethods, ['keyboard-interactive', 'publickey'])
})

test('half of a keepalive leaves the other half as it is, and none at all is not to be had', async () => {
  assert.equal((await way('ServerAliveInterval 60\n')).keepalive, { intervalMs: 60_000, misses: 3 })
  assert.equal((await way('ServerAliveCountMax 9\n')).keepalive, { intervalMs: 5000, misses: 9 })
  assert.equal((await way('ServerAliveInterval 0\n')).keepalive, limits.keepalive)
})

test('a jump host has what ssh_config says of it, and nothing of the host behind it', async () => {
  const { through } = await way(
    'Host gate\n User jump\n ConnectTimeout 9\n StrictHostKeyChecking accept-new\nHost web1\n User op\n Port 99\n',
    { proxy: { jumps: ['%r@gate:23'] }, hostKeyChecking: 'no', keyFiles: ['/given'], hostKeyAlias: 'x' },
  )
  const jump = through !== undefined && 'jump' in through ? through.jump : undefined
  assert.equal(
    [jump?.user, jump?.host, jump?.port, jump?.hostKeyChecking, jump?.connectTimeoutMs, jump?.keyFiles],
    ['op', 'gate', 23, 'accept-new', 9000, undefined],
  )
  assert.is(jump?.hostKeyAlias, undefined)
})

test('a ProxyCommand has its tokens filled in, and keeps its turns with all others of it', async () => {
  const { through } = await way('Host web1\n HostName 10.0.0.1\nHost *\n ProxyCommand nc -x %n %h %p %%\n')
  assert.equal(through, { command: 'nc -x web1 10.0.0.1 22 %', gate: 'nc -x %n %h %p %%' })
  assert.match((await refusal('ProxyCommand nc %d\n')).message, 'The token %d is not understood in "nc %d"')
})

for (const [config, message] of [
  ['\nCertificateFile ~/cert\n', /file_\d+:2: CertificateFile is not supported/],
  ['RevokedHostKeys /r\n', /RevokedHostKeys is not read/],
  ['KnownHostsCommand /r\n', /KnownHostsCommand is not run/],
  ['ProxyUseFdpass yes\n', /Remove ProxyUseFdpass/],
  ['CanonicalizeHostname yes\n', /which host "web1" is/],
  ['Match tagged x\n', /"Match tagged" is not understood/],
  ['Match host\n', /"Match host" needs something to compare with/],
  ['Match host "web1\n', /a quote is not closed/],
  ['User "a\n', /Close the quote/],
  ['User\n', /Give user a value/],
  ['Port 70000\n', /Correct the port "70000"/],
  ['UserKnownHostsFile ${TROUPE_NO_SUCH}/a\n', /The variable TROUPE_NO_SUCH .* is not set/],
  ['IdentityFile /a%y\n', /The token %y is not understood/],
] as const) {
  test(`${config.trim()} is refused, with its place`, async () => {
    const { message: found, advice } = await refusal(config)
    assert.match(found, message)
    assert.ok(advice.length > 0)
  })
}

test('what does not concern the host is not refused for it', async () => {
  assert.is(
    (await way('Host other\n CertificateFile /c\nHost web1\n User op\n CertificateFile none\n')).user,
    'op',
  )
})

test('a full name needs no name service, and is looked up a second time', async () => {
  const config = 'Host b.example\n User found\nHost web1\n HostName B.Example\nCanonicalizeHostname yes\n'
  assert.is((await way(config)).user, 'found')
})

test('a file that is named and not there, and one that includes itself, are told', async () => {
  const missing = await thrown<Unreachable>(wayTo('web1', { configFile: join(folder, 'none') }))
  assert.match(missing.message, 'none: it cannot be read: ENOENT')
  const self = join(folder, 'self')
  writeFileSync(self, `Include ${self}\n`)
  assert.match((await thrown<Unreachable>(wayTo('web1', { configFile: self }))).message, 'more than 16 deep')
})

for (const [written, jump] of [
  ['gate', { host: 'gate' }],
  ['op@gate:23', { host: 'gate', user: 'op', port: 23 }],
  ['a@b@gate', { host: 'gate', user: 'a@b' }],
  ['ssh://op@gate:23/', { host: 'gate', user: 'op', port: 23 }],
  ['op@[::1]:23', { host: '::1', user: 'op', port: 23 }],
] as const) {
  test(`${written} is a jump host`, () => assert.equal(readJump(written), jump))
}

for (const written of ['', '@', 'gate:x', 'gate:70000', 'a b:c:d', 'gate/x']) {
  test(`"${written}" is none`, () => assert.throws(() => readJump(written), /cannot be read/))
}
