import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { ContactLost, TimedOut, type Unreachable } from '../../lib/transport/errors.ts'
import { openSession, type SessionOptions } from '../../lib/transport/kept-session.ts'
import { fingerprint } from '../../lib/transport/known-hosts.ts'
import type { ContactEvent, Session } from '../../lib/transport/session.ts'
import { dialSsh, type SshOptions } from '../../lib/transport/ssh.ts'
import { passwords } from '../lab/base.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('transport')
const folder = mkdtempSync(join(tmpdir(), 'troupe-transport-'))
const sessions: Session[] = []
let lab: Lab
let host: LabHost
let other: LabHost

test.before(async () => {
  lab = await createLab({ hosts: 2 })
  const [first, second] = lab.hosts
  if (!first || !second) throw new Error('the lab has fewer hosts than asked for')
  host = first
  other = second
})
test.after(async () => {
  await Promise.all(sessions.map((session) => session.close()))
  await lab.destroy()
  rmSync(folder, { recursive: true })
})

function ssh(user: string, options: Partial<SshOptions> = {}): SshOptions {
  return {
    host: host.address,
    port: host.port,
    user,
    keyFiles: [lab.keyFile],
    knownHostsFiles: [lab.knownHostsFile],
    ...options,
  }
}

function open(target: SshOptions, options: Partial<SessionOptions> = {}): Session {
  const session = openSession({ title: 'node1', dial: dialSsh(target), ...options })
  sessions.push(session)
  return session
}

async function said(session: Session, script: string, as?: string): Promise<string> {
  const { stdout } = await session.run(script, as === undefined ? {} : { as })
  return stdout.toString().trim()
}

async function thrown<T extends Error = Unreachable>(work: Promise<unknown>): Promise<T> {
  let result: unknown
  try {
    result = await work
  } catch (error) {
    return error as T
  }
  throw new Error(`it should have thrown, and gave ${JSON.stringify(result)}`)
}

async function timed<T>(work: () => Promise<T>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

test('a session logs in and answers, and a thousand commands take half a second', async () => {
  const session = open(ssh('operator'))
  assert.is(await said(session, 'id -un'), 'operator')
  const numbers = Array.from({ length: 1000 }, (_, index) => index)
  const ms = await timed(async () => {
    const answers = await Promise.all(numbers.map((number) => said(session, `echo ${number}`)))
    assert.equal(answers, numbers.map(String))
  })
  console.log(`1000 pipelined commands: ${ms.toFixed(0)} ms`)
  assert.ok(ms < 3000, `${ms} ms`)
})

test('sudo with a password, without one, and where it is not allowed', async () => {
  const admin = open(ssh('admin'), { become: { password: () => passwords.admin } })
  assert.is(await said(admin, 'id -un; echo $HOME', 'root'), 'root\n/root')
  assert.is(await said(admin, 'id -un', 'nobody'), 'nobody')
  assert.is((await admin.stream('cat', { as: 'root', input: Buffer.from('data') })).stdout.toString(), 'data')

  assert.is(await said(open(ssh('operator')), 'id -un', 'root'), 'root')

  const none = await thrown(said(open(ssh('admin')), 'id -un', 'root'))
  assert.match(none.message, 'sudo asks for a password and none was given')
  const guest = open(ssh('guest'), { become: { password: () => passwords.guest } })
  assert.match(
    (await thrown(said(guest, 'id -un', 'root'))).message,
    'sudo does not allow it to the login user',
  )
  const ghost = await thrown(said(open(ssh('operator')), 'id -un', 'ghost'))
  assert.match(ghost.message, 'cannot become ghost: there is no such user')
})

test('no command line on the host ever holds the password', async () => {
  const admin = open(ssh('admin'), { become: { password: () => passwords.admin } })
  await said(admin, ':', 'root')
  const running = admin.run('sleep 0.5', { as: 'root' })
  const lines = host.processes()
  assert.ok(lines.some((line) => line.includes('sudo')))
  assert.not.ok(lines.some((line) => line.includes(passwords.admin)))
  await running
})

test('a wrong sudo password costs the account one failure, however many commands want it', async () => {
  const since = (await host.must('date +%s')).trim()
  const admin = open(ssh('admin'), { become: { password: () => 'not this one' } })
  const errors = await Promise.all([1, 2, 3].map(() => thrown(said(admin, ':', 'root'))))
  errors.push(await thrown(admin.stream(':', { as: 'root' })))
  for (const { reason, message } of errors) {
    assert.is(reason, 'become')
    assert.match(message, 'sudo refused the password')
  }
  const failures = await host.must(
    `journalctl -q --since @${since} _COMM=sudo | grep -c 'pam_unix(sudo:auth): authentication failure' || true`,
  )
  assert.is(failures.trim(), '1')
})

test('a sudo that asks for a terminal where none is given says what to do', async () => {
  await host.must("echo 'Defaults:operator requiretty' >/etc/sudoers.d/tty && chmod 440 /etc/sudoers.d/tty")
  await host.must('echo PermitTTY no >/etc/ssh/sshd_config.d/tty.conf && systemctl restart ssh')
  try {
    const { message, advice } = await thrown(said(open(ssh('operator')), ':', 'root'))
    assert.match(message, 'gives no terminal')
    assert.match(advice, 'PermitTTY')
  } finally {
    await host.must('rm /etc/sudoers.d/tty /etc/ssh/sshd_config.d/tty.conf && systemctl restart ssh')
  }
})

test('a login by password goes out once, right or wrong', async () => {
  const noKeys = { keyFiles: [join(folder, 'unauthorized')] }
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', noKeys.keyFiles[0] ?? ''])
  const right = open(ssh('admin', { ...noKeys, password: () => passwords.admin }))
  const since = (await host.must('date +%s')).trim()
  const outcome = await said(right, 'id -un').catch((error: Unreachable) => error)
  assert.is(outcome, 'admin')
  const wrong = open(ssh('admin', { ...noKeys, password: () => 'not this one' }))
  const { reason, message } = await thrown(wrong.contact())
  assert.is(reason, 'auth')
  assert.match(message, /Tried: the key .*unauthorized, the password; the host accepts: /)
  await thrown(wrong.contact())
  const failures = await host.must(
    `journalctl -q --since @${since} | grep -c 'Failed password for admin' || true`,
  )
  assert.is(failures.trim(), '1')
})

test('an unknown host is refused, or recorded where that is wanted; a changed key never passes', async () => {
  const file = join(folder, 'known_hosts')
  const refused = await thrown(open(ssh('operator', { knownHostsFiles: [file] })).contact())
  assert.is(refused.reason, 'hostkey')

  const accepted = join(folder, 'accepted')
  const accepting = { knownHostsFiles: [accepted], hostKeyChecking: 'accept-new' } as const
  assert.is(await said(open(ssh('operator', accepting)), 'id -un'), 'operator')
  const [, type, key = ''] = readFileSync(accepted, 'utf8').trim().split(' ')
  assert.ok(readFileSync(lab.knownHostsFile, 'utf8').includes(`${type} ${key}`))

  const swapped = join(folder, 'swapped')
  const wrongKey = readFileSync(lab.knownHostsFile, 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[0]?.includes(other.address))
    ?.split(' ')[2]
  writeFileSync(swapped, `${host.address} ${type} ${wrongKey}\n`)
  const changed = await thrown(
    open(ssh('operator', { knownHostsFiles: [swapped], hostKeyChecking: 'no' })).contact(),
  )
  assert.is(changed.reason, 'hostkey')
  assert.match(changed.message, fingerprint(Buffer.from(key, 'base64')))
  assert.match(changed.message, fingerprint(Buffer.from(wrongKey ?? '', 'base64')))
})

test('a command of root beyond its time is killed there', async () => {
  const admin = open(ssh('admin'), { become: { password: () => passwords.admin } })
  for (const work of [
    admin.run('sleep 97 | cat', { as: 'root', timeoutMs: 300 }),
    admin.stream('sleep 98; sleep 99', { as: 'root', timeoutMs: 300 }),
  ]) {
    const error = await thrown<TimedOut>(work)
    assert.instance(error, TimedOut)
    assert.match(error.message, 'was killed there')
  }
  assert.not.ok(host.processes().some((line) => /sleep 9[789]/.test(line)))
  assert.is(await said(admin, 'id -un', 'root'), 'root')
})

test('fifteen programs at once on one host all run, and so they do where sshd allows four', async () => {
  const run15 = async () => {
    const session = open(ssh('operator'))
    const numbers = Array.from({ length: 15 }, (_, index) => String(index))
    const outputs = await Promise.all(numbers.map((number) => session.stream(`sleep 0.1; echo ${number}`)))
    assert.equal(
      outputs.map(({ stdout }) => stdout.toString().trim()),
      numbers,
    )
    await session.close()
  }
  await run15()
  await host.must('echo MaxSessions 4 >/etc/ssh/sshd_config.d/few.conf && systemctl restart ssh')
  try {
    await run15()
  } finally {
    await host.must('rm /etc/ssh/sshd_config.d/few.conf && systemctl restart ssh')
  }
})

test(
  'sixty connections to one sshd all come about',
  async () => {
    const many = Array.from({ length: 60 }, () => open(ssh('operator')))
    const answers = await Promise.all(many.map((session) => said(session, 'echo in')))
    assert.equal(answers, Array(60).fill('in'))
    await Promise.all(many.map((session) => session.close()))
  },
  { timeoutMs: 90_000 },
)

test(
  '100 MB go up and come down unchanged, at least as fast as by scp',
  async () => {
    const session = open(ssh('operator'))
    await session.contact()
    const sent = join(folder, 'sent')
    writeFileSync(sent, randomBytes(100_000_000))
    const remote = `operator@${host.address}:scp`
    const scp = (from: string, to: string) => () =>
      promisify(execFile)('scp', [
        '-q',
        '-i',
        lab.keyFile,
        '-o',
        `UserKnownHostsFile=${lab.knownHostsFile}`,
        from,
        to,
      ])
    const up = () =>
      session.stream('cat >ours', { input: createReadStream(sent, { highWaterMark: 1 << 20 }) })
    const down = () =>
      session.stream('cat ours', {
        output: createWriteStream(join(folder, 'ours'), { highWaterMark: 1 << 20 }),
      })
    const times = { up: Infinity, scpUp: Infinity, down: Infinity, scpDown: Infinity }
    // In turn, so that what else this machine does hits both; the best of three counts.
    for (let round = 0; round < 3; round++) {
      times.up = Math.min(times.up, await timed(up))
      times.scpUp = Math.min(times.scpUp, await timed(scp(sent, remote)))
      times.down = Math.min(times.down, await timed(down))
      times.scpDown = Math.min(times.scpDown, await timed(scp(remote, join(folder, 'scp'))))
    }
    console.log(
      '100 MB, ms:',
      Object.entries(times)
        .map(([name, ms]) => `${name} ${ms.toFixed(0)}`)
        .join(', '),
    )
    const sum = createHash('sha256').update(readFileSync(sent)).digest('hex')
    assert.is((await said(session, 'sha256sum <ours')).split(' ')[0], sum)
    assert.is(
      createHash('sha256')
        .update(readFileSync(join(folder, 'ours')))
        .digest('hex'),
      sum,
    )
    assert.is(statSync(join(folder, 'scp')).size, 100_000_000)
    assert.ok(times.up <= times.scpUp, 'up')
    assert.ok(times.down <= times.scpDown, 'down')
  },
  { timeoutMs: 120_000 },
)

/** A session with a command under way on the second host, and what is heard of contact with it. */
async function working(patienceMs: number) {
  const events: (ContactEvent & { readonly at: number })[] = []
  const session = open(ssh('operator', { host: other.address }), {
    title: 'node2',
    patienceMs,
    onContact: (event) => events.push({ ...event, at: performance.now() }),
  })
  assert.is(await said(session, 'id -un', 'root'), 'root')
  const lost = thrown<ContactLost>(session.run('sleep 120'))
  const streamed = thrown<ContactLost>(session.stream('sleep 120'))
  await new Promise((resolve) => setTimeout(resolve, 300))
  return { session, events, lost, streamed, started: performance.now() }
}

test(
  'a power cut loses what runs at once or by silence, and the host is met again when it is back',
  async () => {
    const { session, events, lost, streamed } = await working(60_000)
    await other.powerOff()
    await other.powerOn()
    assert.instance(await lost, ContactLost)
    assert.instance(await streamed, ContactLost)
    assert.is(await said(session, 'id -un', 'root'), 'root')
    assert.equal(
      events.map(({ type }) => type),
      ['lost', 'back'],
    )
  },
  { timeoutMs: 90_000 },
)

for (const [title, harm, heal] of [
  ['a frozen host', () => other.freeze(), async () => other.thaw()],
  ['a host behind a cut cable', () => other.cutNetwork(), () => other.restoreNetwork()],
] as const) {
  test(
    `${title} is noticed within 15 seconds, and met again afterwards`,
    async () => {
      const { session, events, lost, streamed, started } = await working(60_000)
      await harm()
      try {
        assert.instance(await lost, ContactLost)
        assert.instance(await streamed, ContactLost)
      } finally {
        await heal()
      }
      const noticed = (events[0]?.at ?? Infinity) - started
      assert.ok(noticed < 16_000, `after ${noticed} ms`)
      assert.is(await said(session, 'echo again'), 'again')
      assert.equal(
        events.map(({ type }) => type),
        ['lost', 'back'],
      )
    },
    { timeoutMs: 90_000 },
  )
}

test(
  'a short cut is not even noticed',
  async () => {
    const { session, events } = await working(60_000)
    await other.cutNetwork()
    const answer = said(session, 'echo late', 'root')
    await new Promise((resolve) => setTimeout(resolve, 4000))
    await other.restoreNetwork()
    assert.is(await answer, 'late')
    assert.equal(events, [])
  },
  { timeoutMs: 60_000 },
)

test(
  'a host that stays away is unreachable once the patience is over, and can be asked for again',
  async () => {
    const { session, lost } = await working(3000)
    await other.powerOff()
    try {
      assert.instance(await lost, ContactLost)
      const { reason, message } = await thrown(session.run('echo never'))
      assert.is(reason, 'network')
      assert.match(message, 'node2 did not come back within 3 s: ')
    } finally {
      await other.powerOn()
    }
    await session.contact()
    assert.is(await said(session, 'echo again'), 'again')
  },
  { timeoutMs: 90_000 },
)

test('where nothing listens, or nobody answers, the error says which', async () => {
  const quick = { connectTimeoutMs: 500 }
  const closed = await thrown(open(ssh('operator', { port: 4 }), quick).contact())
  assert.match(closed.message, 'nothing listens on port 4')
  await other.cutNetwork()
  try {
    const target = ssh('operator', { host: other.address, connectTimeoutMs: 1000 })
    const silent = await thrown(open(target, quick).contact())
    assert.match(silent.message, /did not answer within 1 s|no route/)
    assert.match(silent.advice, 'switched on')
  } finally {
    await other.restoreNetwork()
  }
})
