import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Dial } from '../../../lib/transport/connection.ts'
import { ContactLost, type Unreachable } from '../../../lib/transport/errors.ts'
import { openSession } from '../../../lib/transport/kept-session.ts'
import type { Session } from '../../../lib/transport/session.ts'
import { dialSsh, type SshOptions } from '../../../lib/transport/ssh.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from './shells.ts'
import { type ServerOptions, TestServer, newKeyPair } from './ssh-server.ts'

const test = suite('ssh')
const folder = mkdtempSync(join(tmpdir(), 'troupe-ssh-'))
const keyFile = join(folder, 'key')
writeFileSync(keyFile, newKeyPair().private)
test.after(() => rmSync(folder, { recursive: true }))

let files = 0

async function against(
  server: ServerOptions,
  options: Partial<SshOptions>,
  body: (session: Session, server: TestServer, dial: Dial) => Promise<void>,
): Promise<void> {
  const running = await TestServer.start(server)
  const knownHosts = join(folder, `known_hosts_${++files}`)
  writeFileSync(knownHosts, `[127.0.0.1]:${running.port} ${running.hostKey.public}\n`)
  const target = { host: '127.0.0.1', port: running.port, user: 'op', keyFiles: [keyFile] }
  const dial = dialSsh({ ...target, knownHostsFiles: [knownHosts], ...options })
  const session = openSession({ title: 'web1', dial, connectTimeoutMs: 1000, patienceMs: 3000 })
  try {
    await body(session, running, dial)
  } finally {
    await session.close()
    running.close()
  }
}

test('a program runs over ssh, its three streams and its exit code apart', () =>
  against({}, {}, async (session) => {
    const { code, stdout, stderr } = await session.stream('tr a b; echo e >&2; exit 9', {
      input: Buffer.from('aa'),
    })
    assert.equal([code, stdout.toString(), stderr.toString()], [9, 'bb', 'e\n'])
    assert.is((await session.run('echo kept')).stdout.toString(), 'kept\n')
  }))

test('connections that a busy sshd drops before its greeting are made again, however short the patience is', () =>
  against({ drops: 3 }, {}, async (_session, server, dial) => {
    const connection = await dial()
    assert.is(server.connections, 4)
    await connection.close()
  }))

test('channels beyond MaxSessions are asked for again', () =>
  against({ refusals: 2 }, {}, async (session, server) => {
    await session.contact()
    assert.is(server.connections, 1)
  }))

test('a broken connection loses the command under way, and is made again', () =>
  against({}, {}, async (session, server) => {
    await session.contact()
    const lost = [session.run('sleep 60'), session.stream('sleep 60')].map((work) => thrown(work))
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.cut()
    for (const work of lost) assert.instance(await work, ContactLost)
    assert.is((await session.run('echo again')).stdout.toString(), 'again\n')
    assert.is(server.connections, 2)
  }))

test('a refused login names what was tried and what the host takes, and happens once', () =>
  against({ lets: () => false }, { password: () => 'secret word' }, async (session, server) => {
    const { reason, message, advice } = await thrown<Unreachable>(session.contact())
    assert.is(reason, 'auth')
    assert.match(message, `Tried: the key ${keyFile}, the password; the host accepts: publickey, password`)
    assert.not.match(`${message} ${advice}`, 'secret word')
    await thrown(session.run(':'))
    assert.equal(server.attempts, ['publickey', 'password'])
    assert.is(server.connections, 1)
  }))

test('where keyboard-interactive is all that takes a password, it goes out that way, once', () =>
  against(
    { lets: () => false, methods: ['keyboard-interactive'] },
    { password: () => 'secret word' },
    async (session, server) => {
      await thrown(session.contact())
      assert.equal(server.attempts, ['publickey', 'keyboard-interactive'])
    },
  ))

test('the one question for the password is answered with it', () =>
  against(
    { questions: [['Password: '], []], methods: ['keyboard-interactive'] },
    { password: () => 'secret word' },
    async (session, server) => {
      await session.contact()
      assert.equal(server.answers, ['secret word'])
    },
  ))

for (const [questions, words] of [
  [[['Password: ', 'Verification code: ']], 'it asks "Password:" and "Verification code:"'],
  [[['Verification code: ']], 'it asks "Verification code:"'],
  [
    [['Password: '], ['Expired.\nNew password: ']],
    'after the password it still asks "Expired. New password:"',
  ],
] as const) {
  test(`a login where ${words} is given up, and says so`, () =>
    against(
      { questions, methods: ['keyboard-interactive'] },
      { password: () => 'secret word' },
      async (session, server) => {
        const { reason, message, advice } = await thrown<Unreachable>(session.contact())
        assert.is(reason, 'auth')
        assert.match(message, words)
        assert.match(advice, 'Log in with a key')
        assert.is(server.connections, 1)
      },
    ))
}

test('ways of logging in are tried in the order that is asked for, and no others', () =>
  against(
    { lets: () => false, methods: ['publickey', 'password', 'keyboard-interactive'] },
    { password: () => 'x', loginMethods: ['password', 'publickey'] },
    async (session, server) => {
      await thrown(session.contact())
      assert.equal(server.attempts, ['none', 'password', 'publickey'])
    },
  ))

test('a way of logging in that the host does not take is not tried', () =>
  against({ lets: () => false, methods: ['publickey'] }, { password: () => 'x' }, async (session, server) => {
    await thrown(session.contact())
    assert.equal(server.attempts, ['publickey'])
  }))

test('a host that is still starting up is tried again, however it refuses', () =>
  against(
    {
      lets: () => false,
      banner: 'System is booting up. Unprivileged users are not permitted to log in yet.',
    },
    {},
    async (session, server) => {
      const { reason, message } = await thrown<Unreachable>(session.contact())
      assert.is(reason, 'network')
      assert.match(message, 'lets nobody in yet: System is booting up')
      assert.ok(server.connections > 1)
    },
  ))

test('a key that is not the recorded one ends it before any login', () =>
  against({}, { knownHostsFiles: [join(folder, 'none')] }, async (session, server) => {
    assert.is((await thrown<Unreachable>(session.contact())).reason, 'hostkey')
    assert.equal(server.attempts, [])
    assert.is(server.connections, 1)
  }))
