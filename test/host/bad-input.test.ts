import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { passwords } from '../lab/base.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { waitFor } from '../lab/wait.ts'
import { suite } from '../support/suite.ts'
import { troupe, type TroupeOptions, type TroupeRun } from '../support/troupe.ts'

const test = suite('host/bad-input')
const folder = mkdtempSync(join(tmpdir(), 'troupe-bad-input-'))
const playbook = join(import.meta.dirname, '../playbooks/small.ts')
let states = 0
let lab: Lab
/** One as they are, one without bash, one with nothing but busybox. */
let usual: LabHost
let bashless: LabHost
let busybox: LabHost

test.before(async () => {
  lab = await createLab({ hosts: 3, os: ['bookworm', 'bookworm-bare', 'busybox'] })
  const [first, second, third] = lab.hosts
  if (!first || !second || !third) throw new Error('the lab has fewer hosts than asked for')
  usual = first
  bashless = second
  busybox = third
  await bashless.must('usermod -s /bin/sh root; usermod -s /bin/sh operator; rm /bin/bash')
  // Its sshd looks a user's shell up once a connection.
  bashless.disconnect()
})
test.after(async () => {
  await lab.destroy()
  rmSync(folder, { recursive: true })
})

const newState = () => join(folder, `state-${++states}`)

function run(args: readonly string[], options: Partial<TroupeOptions> = {}): Promise<TroupeRun> {
  return troupe(playbook, args, { state: newState(), ...options })
}

function on(host: LabHost, args: readonly string[] = [], options: Partial<TroupeOptions> = {}) {
  return run(['-i', lab.inventoryFile, '-l', host.name, ...args], options)
}

/** What a user sees: this code, each of these things once, and no trace of our own source. */
function expect({ code, signal, stderr }: TroupeRun, wanted: number, ...says: readonly RegExp[]): void {
  assert.is(code ?? signal, wanted, stderr)
  for (const words of says) {
    const times = stderr.match(new RegExp(words.source, `${words.flags}g`))?.length ?? 0
    assert.is(times, 1, `${words} stands there ${times} times:\n${stderr}`)
  }
  assert.not.match(stderr, /\n\s+at /)
}

/** What the service of a host noted since a moment, as far as it matches. */
async function noted(host: LabHost, service: string, since: number, words: RegExp): Promise<string[]> {
  const lines = (await host.must(`journalctl -q --no-pager -t ${service} --since=@${since}`)).split('\n')
  return lines.filter((line) => words.test(line))
}

async function clockOf(host: LabHost): Promise<number> {
  return Number(await host.must('date +%s'))
}

test('an inventory that is missing, empty or mistyped is named, with its line', async () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const missing = join(folder, 'none.ini')
  const spaced = write('spaced.ini', '[server]\nnode1 ansible_host 10.0.0.1\n')
  const undeclared = write('undeclared.ini', '[server]\nnode1\n\n[servr:vars]\nx=1\n')
  const empty = write('empty.ini', '# nothing yet\n')
  expect(
    await run(['-i', missing]),
    1,
    /none\.ini: expected an inventory, found none\nGive the path of an inventory with -i/,
  )
  expect(
    await run(['-i', spaced]),
    1,
    /spaced\.ini:2: expected key=value after the host, found "ansible_host"\nWrite one host a line, no spaces around =/,
  )
  expect(
    await run(['-i', undeclared]),
    1,
    /undeclared\.ini:4: expected a group that is declared, found "servr".*\nDid you mean "server"\?/,
  )
  expect(await run(['-i', empty]), 1, /empty\.ini: expected at least one host, found none\nGive an inventory/)
})

test('a flag, a host or a group that does not exist is refused with the nearest name', async () => {
  expect(await run(['--lmit', 'node1']), 1, /There is no flag --lmit\.\nDid you mean --limit\?/)
  expect(
    await run(['-i', lab.inventoryFile, '-l', 'nod1']),
    1,
    /The inventory has no host and no group "nod1"\.\nDid you mean "node1"\?/,
  )
  expect(
    await run(['-i', lab.inventoryFile, '-l', 'elsewhere']),
    1,
    /no group "elsewhere"\.\nKnown: all, ungrouped, server/,
  )
})

test('all wrong variables are told at once, with their places, and no host is connected to', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const project = join(folder, 'project')
  mkdirSync(join(project, 'group_vars'), { recursive: true })
  const inventory = join(project, 'cluster.ini')
  writeFileSync(inventory, `[server]\na\nb\n[all:vars]\nansible_host=127.0.0.1\nansible_port=${port}\n`)
  const vars = ['small:', '  port: many', '  seconds: -1', '  file: relative', '  wrds: hello', '']
  writeFileSync(join(project, 'group_vars/all.yml'), vars.join('\n'))
  const run1 = await run(['-i', inventory, '-e', 'small.beyond=stars'])
  server.close()
  const place = (line: number) => String.raw`group_vars/all\.yml:${line}:3: `
  expect(
    run1,
    1,
    /^5 variables are not as expected:/m,
    new RegExp(
      [
        String.raw`${place(2)}small\.port: expected whole number from 1 to 65535, found "many"\. .* \(on a, b\)`,
        String.raw`.*${place(3)}small\.seconds: expected whole number of at least 0, found -1\. .*`,
        String.raw`.*${place(4)}small\.file: expected absolute path, found "relative"\. Write a path that starts with /\. .*`,
        String.raw`.*${place(5)}small\.wrds: expected a known key, found "wrds"\. Did you mean "words"\? .*`,
        String.raw`command line: small\.beyond: expected "files" or "packages" or "units", found "stars"\. .*`,
        'Correct them and run again; no host was touched\\.',
      ].join('\n'),
    ),
  )
  assert.is(connections, 0)
})

test('a host key that changed is refused with both fingerprints, an unknown one with how to record it', async () => {
  const known = join(folder, 'known_hosts')
  writeFileSync(known, `${usual.address} ${bashless.record.hostKey}\n`)
  const changed = await on(usual, ['-e', `ansible_ssh_known_hosts_file=${known}`])
  const key = (host: LabHost) => host.must('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d" " -f2')
  const [expected, found] = [(await key(bashless)).trim(), (await key(usual)).trim()]
  expect(
    changed,
    4,
    /has changed: expected ED25519 .*\/known_hosts:1\), found ED25519 /,
    /ssh-keygen -f .* -R /,
  )
  assert.ok(changed.stderr.includes(expected) && changed.stderr.includes(found), changed.stderr)

  writeFileSync(known, '')
  const unknown = await on(usual, ['-e', `ansible_ssh_known_hosts_file=${known}`])
  expect(
    unknown,
    4,
    /is not known: found ED25519 .*looked in .*known_hosts .*Compare it .*ssh-keyscan .*accept-new/,
  )
  assert.ok(unknown.stderr.includes(found), unknown.stderr)
  const accepted = ['-e', `ansible_ssh_known_hosts_file=${known} ansible_host_key_checking=accept-new`, '-C']
  expect(await on(usual, accepted), 0)
})

test('a wrong password to log in with is sent once, and said to be wrong', async () => {
  const since = await clockOf(usual)
  const login = 'ansible_user=admin ansible_password=not-the-password ansible_ssh_private_key_file='
  const refused = await on(usual, ['-e', login])
  expect(
    refused,
    4,
    /admin@.* refused the login\. Tried: the password; .*Correct the password \(ansible_password or --ask-pass\)/,
  )
  assert.is((await noted(usual, 'sshd', since, /Failed password for admin/)).length, 1)
})

test('a wrong password for sudo is sent once, and said to be wrong', async () => {
  const since = await clockOf(usual)
  const refused = await on(usual, ['-b', '-e', 'ansible_user=admin ansible_become_password=not-the-password'])
  expect(
    refused,
    4,
    /cannot become root: sudo refused the password\. Give the password of the login user \(ansible_become_password/,
  )
  assert.is((await noted(usual, 'sudo', since, /authentication failure/)).length, 1)
  assert.is((await noted(usual, 'sudo', since, /[2-9] incorrect password attempts/)).length, 0)
})

test('without the right to sudo, without its password and without sudo itself, it is said what is missing', async () => {
  const guest = `ansible_user=guest ansible_become_password=${passwords.guest}`
  expect(
    await on(usual, ['-b', '-e', guest]),
    4,
    /cannot become root: sudo does not allow it to the login user\. Allow it in \/etc\/sudoers\.d/,
  )
  expect(
    await on(usual, ['-b', '-e', 'ansible_user=admin']),
    4,
    /sudo asks for a password and none was given\. Give it \(ansible_become_password or --ask-become-pass\)/,
  )
  await bashless.must('mv /usr/bin/sudo /root/')
  expect(
    await on(bashless, ['-b', '-e', 'ansible_user=operator']),
    4,
    /cannot become root: sudo is not installed\. Install sudo there, choose another way .* or log in as the user/,
  )
  await bashless.must('mv /root/sudo /usr/bin/')
})

test('whoever logs in without root changes what is theirs, and is told of root where that is needed', async () => {
  const asOperator = ['-e', 'ansible_user=operator']
  expect(
    await on(usual, asOperator),
    2,
    /Permission denied\n +operator may not do this there\. Become root with --become \(-b.*ansible_user=root/,
  )
  expect(await on(usual, [...asOperator, '-e', 'small.file=/home/operator/small.conf']), 0)
  assert.match(await usual.must('ls -l /home/operator/small.conf'), 'operator operator')
  expect(await on(usual, [...asOperator, '-C']), 0)
  expect(await on(usual, [...asOperator, '-b', '-e', 'small.words=operator']), 0)
  assert.is(await usual.must('cat /etc/small.conf'), 'operator\n')
})

test('a host without bash is as good as any', async () => {
  expect(await on(bashless, ['-e', 'small.words=bashless']), 0)
  assert.is(await bashless.must('ls /bin/bash 2>/dev/null; cat /etc/small.conf'), 'bashless\n')
})

test('a host with busybox alone takes files and commands, and is told what else it lacks', async () => {
  expect(await on(busybox, ['-e', 'small.words=busybox small.seconds=1']), 0)
  assert.is(await busybox.must('cat /etc/small.conf /run/slept'), 'busybox\nslept\n')
  expect(
    await on(busybox, ['-e', 'small.beyond=packages']),
    2,
    /node3 has neither apt nor dnf, .*\n.*Install what is needed by other means, or leave this host out/,
  )
  expect(await on(busybox, ['-e', 'small.beyond=units']), 2, /has no systemd, so it has no units/)
})

test('--detailed-exitcode tells whether something changed, or would', async () => {
  const words = ['-e', 'small.words=detailed', '--detailed-exitcode']
  expect(await on(usual, [...words, '-C']), 3)
  expect(await on(usual, words), 3)
  expect(await on(usual, words), 0)
})

test('there is nothing to resume, and nothing to revert, and both say why', async () => {
  const state = newState()
  const asked = { state }
  const none = await on(usual, ['--resume'], asked)
  expect(none, 0)
  assert.match(none.stdout, /^There is nothing to resume: .* holds no run of test\/playbooks\/small\.ts\.\n$/)
  expect(
    await on(usual, ['--revert', 'last'], asked),
    1,
    /No run of inventory has changes that stand\.\n.*holds none/,
  )

  const ran = await on(usual, ['-e', 'small.words=first'], asked)
  const id = ran.events[0]?.run ?? ''
  const ended = await on(usual, ['--resume'], asked)
  expect(ended, 0)
  assert.match(
    ended.stdout,
    new RegExp(`nothing to resume: the last run of .*small\\.ts, ${id}, ended well\\.`),
  )
  expect(
    await on(usual, ['--revert', 'nonesuch'], asked),
    1,
    new RegExp(`There is no run nonesuch of inventory\\.\\nThe last ones are ${id}\\.`),
  )
})

test('a host that another run works on is left to it, and the holder is named', async () => {
  await usual.must('rm -f /run/slept')
  let second: Promise<TroupeRun> | undefined
  const first = await on(usual, ['-e', 'small.seconds=3'], {
    onEvent: ({ type }) => {
      if (type === 'task-started') second ??= on(usual)
    },
  })
  expect(first, 0)
  const id = first.events[0]?.run ?? ''
  const refused = await second
  if (refused === undefined) throw new Error('no second run was started')
  expect(
    refused,
    1,
    new RegExp(
      `node1 is being worked on by the run ${id} of root on this machine \\(process \\d+\\)\\.\\n {2}→ Wait until it ends\\.`,
    ),
  )
  assert.equal(
    refused.events.filter(({ type }) => type === 'task-started'),
    [],
  )
})

test('after Ctrl-C the running task finishes, nothing more is begun, and it is said how to go on', async () => {
  await usual.must('rm -f /run/slept /etc/small.conf')
  const state = newState()
  const interrupted = await on(usual, ['-e', 'small.seconds=3'], {
    state,
    onEvent: ({ type, task }, child) => {
      if (type === 'task-started' && task === 'Sleep') child.kill('SIGINT')
    },
  })
  const id = interrupted.events[0]?.run ?? ''
  expect(
    interrupted,
    130,
    /Interrupted: the tasks that run are finished, nothing new is begun; Ctrl-C again kills them on the hosts\./,
    new RegExp(`Go on later with: npx tsx test/playbooks/small\\.ts --resume ${id}\\n`),
  )
  assert.is(
    await usual.must('cat /run/slept; ls /etc/small.conf /run/troupe/lock 2>/dev/null || :'),
    'slept\n',
  )
  expect(await on(usual, ['--resume'], { state }), 0)
  assert.is(await usual.must('cat /etc/small.conf'), 'hello\n')
})

test('a second Ctrl-C kills the task on the host and gives the host back', async () => {
  await usual.must('rm -f /run/slept /run/sleeper /etc/small.conf')
  const started = performance.now()
  let again = false
  const interrupted = await on(usual, ['-e', 'small.seconds=600'], {
    onEvent: ({ type }, child) => {
      if (type === 'warning' && !again) again = child.kill('SIGINT')
      if (type !== 'task-started') return
      void waitFor('the command to run', 10_000, async () => {
        return (await usual.run('[ -s /run/sleeper ]')).code === 0 || undefined
      }).then(() => child.kill('SIGINT'))
    },
  })
  expect(
    interrupted,
    130,
    /Interrupted again: what runs is killed on the hosts\. Go on later with: /,
    /node1: what ran there was killed\./,
  )
  assert.ok(performance.now() - started < 15_000)
  assert.not.match(usual.processes().join('\n'), /sleep 600/)
  assert.is(await usual.must('ls /run/slept /etc/small.conf /run/troupe/lock 2>/dev/null || :'), '')
})

test('a host that is off is given up with what to look at, and the others are done', async () => {
  await bashless.powerOff()
  const ran = await run(['-i', lab.inventoryFile, '-T', '2', '-e', 'small.words=others'])
  expect(
    ran,
    4,
    /✘ node2: ssh root@[\d.]+:22 .*Is it switched on, .* The run goes on without it\./,
    /node1 : ok=\d/,
  )
  assert.is(await usual.must('cat /etc/small.conf'), 'others\n')
})
