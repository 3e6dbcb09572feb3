import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import * as assert from 'uvu/assert'
import type { BecomeOptions } from '../../lib/transport/become.ts'
import type { Unreachable } from '../../lib/transport/errors.ts'
import { openSession } from '../../lib/transport/kept-session.ts'
import type { Session } from '../../lib/transport/session.ts'
import { dialSsh } from '../../lib/transport/ssh.ts'
import { passwords } from '../lab/base.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { countOf, expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('become')
const rootPassword = 'root-of-the-lab'
const folder = mkdtempSync(join(tmpdir(), 'troupe-become-'))
const sessions: Session[] = []
let lab: Lab
let host: LabHost

test.before(async () => {
  lab = await createLab({ hosts: 1 })
  const [first] = lab.hosts
  if (!first) throw new Error('The lab has no host.')
  host = first
  await host.must('DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends opendoas', {
    timeoutMs: 120_000,
  })
  await host.must(`useradd --create-home --shell /bin/bash deploy
      chpasswd <<'PASSWORD'\nroot:${rootPassword}\nPASSWORD
      printf 'permit admin\\npermit nopass operator\\n' >/etc/doas.conf`)
})
test.after(async () => {
  await Promise.all(sessions.map((session) => session.close()))
  await lab.destroy()
  rmSync(folder, { recursive: true })
})

function open(user: string, become: BecomeOptions): Session {
  const dial = dialSsh({
    host: host.address,
    port: host.port,
    user,
    keyFiles: [lab.keyFile],
    knownHostsFiles: [lab.knownHostsFile],
  })
  const session = openSession({ title: 'node1', dial, become })
  sessions.push(session)
  return session
}

async function said(session: Session, script: string, as?: string): Promise<string> {
  const { stdout } = await session.run(script, as === undefined ? {} : { as })
  return stdout.toString().trim()
}

async function thrown(work: Promise<unknown>): Promise<Unreachable> {
  let result: unknown
  try {
    result = await work
  } catch (error) {
    return error as Unreachable
  }
  throw new Error(`it should have thrown, and gave ${JSON.stringify(result)}`)
}

function sum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

interface Way {
  readonly title: string
  readonly login: string
  readonly become: BecomeOptions
  /** Set up on the host before, and taken back after. */
  readonly needs?: readonly [set: string, takeBack: string]
}

const requiretty = [
  "echo 'Defaults requiretty' >/etc/sudoers.d/tty && chmod 440 /etc/sudoers.d/tty",
  'rm /etc/sudoers.d/tty',
] as const
const usePty = [
  "echo 'Defaults use_pty' >/etc/sudoers.d/pty && chmod 440 /etc/sudoers.d/pty",
  'rm /etc/sudoers.d/pty',
] as const
const ofAdmin = () => passwords.admin

const ways: readonly Way[] = [
  { title: 'sudo with a password', login: 'admin', become: { password: ofAdmin } },
  { title: 'sudo without a password', login: 'operator', become: {} },
  {
    title: 'sudo with a password and requiretty',
    login: 'admin',
    become: { password: ofAdmin },
    needs: requiretty,
  },
  { title: 'sudo without a password and requiretty', login: 'operator', become: {}, needs: requiretty },
  { title: 'sudo with use_pty', login: 'admin', become: { password: ofAdmin }, needs: usePty },
  { title: 'su with a password', login: 'guest', become: { method: 'su', password: () => rootPassword } },
  {
    title: 'su -l with a password',
    login: 'guest',
    become: { method: 'su', login: true, password: () => rootPassword },
  },
  { title: 'su from root', login: 'root', become: { method: 'su' } },
  { title: 'doas with a password', login: 'admin', become: { method: 'doas', password: ofAdmin } },
  { title: 'doas with nopass', login: 'operator', become: { method: 'doas' } },
]

for (const { title, login, become, needs } of ways) {
  test(
    `${title}: commands, bytes both ways and everybody else`,
    async () => {
      if (needs) await host.must(needs[0])
      try {
        const session = open(login, { ...become, user: 'root' })
        assert.is(await said(session, 'id -un; echo $HOME', 'root'), 'root\n/root')
        assert.is(await said(session, 'id -un; cd; pwd', 'deploy'), 'deploy\n/home/deploy')
        const { code, stdout, stderr } = await session.run(
          String.raw`printf 'a\0\377\r\n\3\4\32b'; echo err >&2; tty >&2; exit 7`,
          { as: 'root' },
        )
        assert.equal(
          [code, stdout.toString('latin1'), stderr.toString()],
          [7, 'a\0\xff\r\n\x03\x04\x1ab', 'err\nnot a tty\n'],
        )
        const bytes = randomBytes(5_000_000)
        const sent = await session.stream('cat >/root/five', { as: 'root', input: Readable.from([bytes]) })
        assert.is(sent.code, 0)
        assert.is((await said(session, 'sha256sum </root/five', 'root')).split(' ')[0], sum(bytes))
        const received: Buffer[] = []
        const output = new Writable({
          write(chunk: Buffer, _, done) {
            received.push(chunk)
            done()
          },
        })
        assert.is((await session.stream('cat /root/five; exit 3', { as: 'root', output })).code, 3)
        assert.is(sum(Buffer.concat(received)), sum(bytes))
        const running = session.run('sleep 0.4', { as: 'root' })
        const lines = host.processes()
        for (const secret of [passwords.admin, rootPassword])
          assert.not.ok(lines.some((line) => line.includes(secret)))
        await running
        const killed = await thrown(session.run('sleep 97 | cat', { as: 'root', timeoutMs: 300 }))
        assert.match(killed.message, 'was killed there')
        const many = await Promise.all(
          Array.from({ length: 12 }, (_, index) => session.stream(`echo ${index}`, { as: 'root' })),
        )
        assert.equal(
          many.map((answer) => answer.stdout.toString().trim()),
          Array.from({ length: 12 }, (_, index) => String(index)),
        )
        await session.close()
        assert.is(await host.must('ls -A /tmp | grep -c "^tmp\\." || true'), '0\n', 'no pipes are left')
        assert.not.ok(host.processes().some((line) => /sleep 97|go \|\| exit/.test(line)))
      } finally {
        if (needs) await host.must(needs[1])
      }
    },
    { timeoutMs: 60_000 },
  )
}

/** How often somebody was refused since then, as PAM tells. */
async function refusals(program: string, since: string): Promise<string> {
  const sign = `pam_unix(${program}:auth): authentication failure`
  return (await host.must(`journalctl -q --since @${since} | grep -cF '${sign}' || true`)).trim()
}

for (const [method, login] of [
  ['su', 'guest'],
  ['doas', 'admin'],
] as const) {
  test(`${method} is given a wrong password once, however many commands want it`, async () => {
    const since = (await host.must('date +%s')).trim()
    const session = open(login, { method, user: 'root', password: () => 'not this one' })
    const errors = await Promise.all([1, 2, 3].map(() => thrown(session.run(':', { as: 'root' }))))
    errors.push(await thrown(session.stream(':', { as: 'root' })))
    for (const { reason, message, advice } of errors) {
      assert.is(reason, 'become')
      assert.match(message, `cannot become root: ${method} refused the password`)
      assert.match(advice, method === 'su' ? 'the password of root' : 'the password of the login user')
      assert.not.match(message + advice, 'not this one')
    }
    assert.is(await said(session, 'echo still here'), 'still here')
    assert.is(await refusals(method, since), '1')
    assert.is(await host.must('ls -A /tmp | grep -c "^tmp\\." || true'), '0\n')
  })
}

const refused: readonly (readonly [string, string, BecomeOptions, string, RegExp])[] = [
  ['su without a password', 'guest', { method: 'su' }, 'root', /su asks for a password and none was given/],
  ['doas without a password', 'admin', { method: 'doas' }, 'root', /doas asks for a password and none/],
  [
    'doas that allows nothing',
    'guest',
    { method: 'doas', password: () => passwords.guest },
    'root',
    /doas does not allow it to the login user/,
  ],
  ['a user that nobody is, by sudo', 'operator', {}, 'ghost', /there is no such user/],
  ['a user that nobody is, by su from root', 'root', {}, 'ghost', /there is no such user/],
  ['a user that nobody is, by doas', 'operator', { method: 'doas' }, 'ghost', /there is no such user/],
  [
    'a user that nobody is, by su',
    'guest',
    { method: 'su', password: () => rootPassword },
    'ghost',
    /there is no such user/,
  ],
  [
    'a program that is not there',
    'operator',
    { method: 'doas', exe: '/opt/doas' },
    'root',
    /doas is not installed/,
  ],
]
for (const [title, login, become, user, message] of refused) {
  test(`refused with what is wrong: ${title}`, async () => {
    const error = await thrown(open(login, become).run(':', { as: user }))
    assert.is(error.reason, 'become')
    assert.match(error.message, message)
    assert.ok(error.advice.length > 10)
  })
}

const owners: readonly (readonly [string, string])[] = [
  ['logged in as deploy', 'ansible_user=deploy'],
  ['become deploy by sudo', 'ansible_user=operator ansible_become=true ansible_become_user=deploy'],
  [
    'become deploy by su from root',
    'ansible_become=true ansible_become_user=deploy ansible_become_method=su',
  ],
]
for (const [title, connection] of owners) {
  test(
    `a run changes what is its user's own, and takes it back: ${title}`,
    async () => {
      await host.must(`mkdir -p -m 700 ~deploy/.ssh; cp ~root/.ssh/authorized_keys ~deploy/.ssh/ || cp /etc/ssh/authorized_keys ~deploy/.ssh/
        echo '# of deploy' >~deploy/given; chown -R deploy: ~deploy`)
      const before = await host.must('ls -lAR --time-style=+ /home/deploy; cat /home/deploy/given')
      const on = new PlaybookOnLab(lab, 'anywhere')
      const args = ['-e', `${connection} anywhere.folder=/home/deploy/own anywhere.given=/home/deploy/given`]
      const check = await on.check(args)
      expectCode(check, 0, 'the check')
      assert.is(await host.must('ls -lAR --time-style=+ /home/deploy; cat /home/deploy/given'), before)
      const run = await on.run(args)
      expectCode(run, 0, 'the run')
      assert.equal(Object.keys(resourcesOf(check)), Object.keys(resourcesOf(run)))
      assert.is(await host.must('cat /home/deploy/own/told'), 'deploy\n/home/deploy\na "word" of \'ours\'\n')
      assert.is(await host.must('find /home/deploy/own /home/deploy/.local ! -user deploy'), '')
      assert.is(await host.must('ls -d /run/troupe /var/lib/troupe 2>/dev/null || true'), '')
      const again = await on.run(args)
      expectCode(again, 0, 'the second run')
      assert.is(countOf(again, 'changed'), 0)
      const reverted = await on.revert(run, args)
      expectCode(reverted, 0, 'the revert')
      await on.revert(again, args)
      assert.is(await host.must('ls -lAR --time-style=+ /home/deploy; cat /home/deploy/given'), before)
    },
    { timeoutMs: 90_000 },
  )
}

test('what needs root says so', async () => {
  const on = new PlaybookOnLab(lab, 'anywhere')
  const run = await on.run(['-e', 'ansible_user=deploy anywhere.folder=/etc/own anywhere.given=/etc/given'])
  expectCode(run, 2, 'the run')
  assert.match(run.stderr, /Permission denied\n *deploy may not do this there\. Become root with --become/)
})

test(
  'a run under su is killed in a job, resumed by another process and undone by a third',
  async () => {
    const on = new PlaybookOnLab(lab, 'anywhere')
    await host.must('echo >/etc/given')
    const variables = join(folder, 'su.yml')
    writeFileSync(
      variables,
      `{ ansible_user: guest, ansible_become: true, ansible_become_method: su, ansible_become_password: ${rootPassword} }`,
    )
    const wanted = 'anywhere.folder=/etc/own anywhere.given=/etc/given anywhere.as=deploy anywhere.seconds=4'
    const args = ['-e', `@${variables}`, '-e', wanted]
    const killed = await on.killed(
      (event) => event.type === 'resource' && event.id.startsWith('block:'),
      args,
    )
    const resumed = await on.resume()
    expectCode(resumed, 0, 'the resumed run')
    assert.is(await host.must('cat /etc/own/told /tmp/whose'), 'root\n/root\na "word" of \'ours\'\ndeploy\n')
    expectCode(await on.revert(killed, args), 0, 'the revert')
    assert.is(await host.must('ls -d /etc/own /tmp/whose 2>/dev/null || true; cat /etc/given'), '\n')
  },
  { timeoutMs: 90_000 },
)
