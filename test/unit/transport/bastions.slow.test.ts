import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Bastions } from '../../../lib/transport/bastions.ts'
import { ContactLost, type Unreachable } from '../../../lib/transport/errors.ts'
import { openSession } from '../../../lib/transport/kept-session.ts'
import type { Session } from '../../../lib/transport/session.ts'
import { wayTo } from '../../../lib/transport/way.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from './shells.ts'
import { type ServerOptions, TestServer, newKeyPair } from './ssh-server.ts'

const test = suite('bastions')
const folder = mkdtempSync(join(tmpdir(), 'troupe-bastions-'))
const keyFile = join(folder, 'key')
writeFileSync(keyFile, newKeyPair().private)
test.after(() => rmSync(folder, { recursive: true }))

let files = 0

interface Net {
  readonly server: Readonly<Record<string, TestServer>>
  /** A session to a host; the others are known to ssh_config by their names. */
  readonly open: (name: string) => Promise<Session>
}

/** Servers by their names, each on a port of its own, and an ssh_config that knows them. */
async function net(
  servers: Readonly<Record<string, ServerOptions>>,
  config: string,
  body: (net: Net) => Promise<void>,
): Promise<void> {
  const running: Record<string, TestServer> = {}
  const sections: string[] = []
  const keys: string[] = []
  for (const [name, options] of Object.entries(servers)) {
    const server = await TestServer.start(options)
    running[name] = server
    sections.push(`Host ${name}`, '  HostName 127.0.0.1', `  Port ${server.port}`)
    keys.push(`[127.0.0.1]:${server.port} ${server.hostKey.public}`)
  }
  const knownHosts = join(folder, `known_hosts_${++files}`)
  const configFile = join(folder, `config_${files}`)
  writeFileSync(knownHosts, `${keys.join('\n')}\n`)
  const everywhere = `Host *\n  User op\n  IdentityFile ${keyFile}\n  UserKnownHostsFile ${knownHosts}\n`
  writeFileSync(configFile, `${config}\n${sections.join('\n')}\n${everywhere}`)
  const bastions = new Bastions()
  const sessions: Session[] = []
  const open = async (name: string) => {
    const { dial, leave } = bastions.along(await wayTo(name, { configFile }), {})
    const session = openSession({
      title: name,
      dial,
      onClosed: leave,
      connectTimeoutMs: 1000,
      patienceMs: 5000,
    })
    sessions.push(session)
    return session
  }
  try {
    await body({ server: running, open })
  } finally {
    await Promise.all(sessions.map((session) => session.close()))
    for (const server of Object.values(running)) server.close()
  }
}

const behindGate = 'Host web*\n  ProxyJump gate'

async function said(session: Session, script: string): Promise<string> {
  return (await session.run(script)).stdout.toString().trim()
}

test('many hosts go through one connection, which the last of them closes', () =>
  net({ gate: {}, web1: {}, web2: {} }, behindGate, async ({ server, open }) => {
    const names = ['web1', 'web2', 'web1', 'web2', 'web1']
    const sessions = await Promise.all(names.map((name) => open(name)))
    assert.equal(await Promise.all(sessions.map((session) => said(session, 'echo in'))), Array(5).fill('in'))
    assert.is(server['gate']?.connections, 1)
    assert.is(server['gate']?.through, 5)
    const [first, ...others] = sessions
    await Promise.all(others.map((session) => session.close()))
    assert.is(server['gate']?.open, 1)
    await first?.close()
    assert.is(server['gate']?.open, 0)
  }))

test('a bastion that is lost is dialled once for all who wait, and all of them go on', () =>
  net({ gate: {}, web1: {}, web2: {} }, behindGate, async ({ server, open }) => {
    const sessions = await Promise.all(['web1', 'web2', 'web1', 'web2'].map((name) => open(name)))
    await Promise.all(sessions.map((session) => session.contact()))
    const lost = sessions.map((session) => thrown(session.run('sleep 60')))
    await new Promise((resolve) => setTimeout(resolve, 100))
    server['gate']?.cut()
    for (const work of lost) assert.instance(await work, ContactLost)
    assert.equal(await Promise.all(sessions.map((session) => said(session, 'echo on'))), Array(4).fill('on'))
    assert.is(server['gate']?.connections, 2)
  }))

test('through two bastions, whichever way they are named', async () => {
  const both = { outer: {}, inner: {}, web1: {} }
  for (const config of [
    'Host web1\n  ProxyJump outer,inner',
    'Host web1\n  ProxyJump inner\nHost inner\n  ProxyJump outer',
    'Host *\n  HashKnownHosts no\nHost web1\n  ProxyJump other@outer,ssh://op@inner',
  ]) {
    await net(both, config, async ({ server, open }) => {
      // Closed by the last who goes through them, they are there again for the next.
      for (const times of [1, 2]) {
        const session = await open('web1')
        assert.is(await said(session, 'echo far'), 'far')
        await session.close()
        assert.equal([server['outer']?.through, server['inner']?.through], [times, times])
        assert.equal([server['outer']?.open, server['inner']?.open], [0, 0])
      }
    })
  }
})

test('a bastion that lets nobody through says so at once, and what to set', () =>
  net({ gate: { closed: true }, web1: {} }, behindGate, async ({ open }) => {
    const { reason, message, advice } = await thrown<Unreachable>((await open('web1')).contact())
    assert.is(reason, 'settings')
    assert.match(message, /^ssh op@127\.0\.0\.1:\d+ does not let anybody through to 127\.0\.0\.1:\d+/)
    assert.match(advice, 'AllowTcpForwarding')
  }))

test('a bastion that refuses the login is named, and asked once for all', () =>
  net({ gate: { lets: () => false }, web1: {}, web2: {} }, behindGate, async ({ server, open }) => {
    const sessions = await Promise.all(['web1', 'web2', 'web1'].map((name) => open(name)))
    for (const session of sessions) {
      const { reason, message, advice } = await thrown<Unreachable>(session.contact())
      assert.is(reason, 'auth')
      assert.match(message, /The jump host stands in the way\. ssh op@127\.0\.0\.1:\d+ refused the login/)
      assert.match(advice, 'stands in ssh_config')
    }
    assert.is(server['gate']?.connections, 1)
  }))

test("a bastion's own host key is checked, and that of the host behind it too", async () => {
  const wrong = `Host KEY\n  UserKnownHostsFile /dev/null\n${behindGate}`
  await net({ gate: {}, web1: {} }, wrong.replace('KEY', 'gate'), async ({ server, open }) => {
    const { reason, message } = await thrown<Unreachable>((await open('web1')).contact())
    assert.is(reason, 'hostkey')
    assert.match(message, 'The jump host stands in the way')
    assert.is(server['gate']?.attempts.length, 0)
  })
  await net({ gate: {}, web1: {} }, wrong.replace('KEY', 'web1'), async ({ server, open }) => {
    const { reason, advice } = await thrown<Unreachable>((await open('web1')).contact())
    assert.is(reason, 'hostkey')
    assert.match(advice, 'log in once by ssh in the same way')
    assert.is(server['web1']?.attempts.length, 0)
  })
})

test('a refused login behind a bastion names both', () =>
  net({ gate: {}, web1: { lets: () => false } }, behindGate, async ({ open }) => {
    const { message } = await thrown<Unreachable>((await open('web1')).contact())
    assert.match(message, /^ssh op@127\.0\.0\.1:\d+ through op@127\.0\.0\.1:\d+ refused the login/)
  }))

test('a way that leads in a circle is refused, and so is a jump host that cannot be read', () =>
  net({}, 'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\nHost c\n  ProxyJump a:b:c', async ({ open }) => {
    assert.match((await thrown<Unreachable>(open('a'))).message, 'op@a:22 through op@b:22 through op@a:22')
    assert.match((await thrown<Unreachable>(open('c'))).message, 'The jump host "a:b:c" cannot be read')
  }))

test('a ProxyCommand is the connection, and ends with it', () =>
  net(
    { web1: {} },
    `Host web1\n  ProxyCommand ${process.execPath} ${join(import.meta.dirname, 'pipe.mjs')} %h %p ${folder}/pid`,
    async ({ server, open }) => {
      const session = await open('web1')
      assert.is(await said(session, 'echo piped'), 'piped')
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
      process.kill(pid, 0)
      const lost = thrown(session.run('sleep 60'))
      await new Promise((resolve) => setTimeout(resolve, 100))
      server['web1']?.cut()
      assert.instance(await lost, ContactLost)
      assert.is(await said(session, 'echo again'), 'again')
      const next = Number(readFileSync(join(folder, 'pid'), 'utf8'))
      await session.close()
      const alive = () => [pid, next].filter((one) => existsSync(`/proc/${one}`))
      while (alive().length > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    },
  ))

test('a ProxyCommand that fails says what it said, and one that is not there is not tried again', () =>
  net(
    {},
    `Host sad\n  ProxyCommand sh -c "echo no way to %h >&2; exit 3"
Host none\n  ProxyCommand sh -c "echo tried >>${folder}/tries; exec /no/such" %r`,
    async ({ open }) => {
      const sad = await thrown<Unreachable>((await open('sad')).contact())
      assert.is(sad.reason, 'network')
      assert.match(sad.message, 'ended with exit code 3, and said: no way to sad')
      const none = await thrown<Unreachable>((await open('none')).contact())
      assert.is(none.reason, 'settings')
      assert.match(none.message, /exec \/no\/such" op" ended with exit code 127, and said: .*not found/)
      assert.is(readFileSync(join(folder, 'tries'), 'utf8'), 'tried\n')
    },
  ))
