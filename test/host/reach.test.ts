import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { dialingFor } from '../../lib/cli/dialing.ts'
import { loadInventory } from '../../lib/inventory/inventory.ts'
import { ContactLost, type Unreachable } from '../../lib/transport/errors.ts'
import { openSession } from '../../lib/transport/kept-session.ts'
import type { ContactEvent, Session } from '../../lib/transport/session.ts'
import { openSocket } from '../../lib/transport/tcp.ts'
import { connectionOf } from '../../lib/vars/connection.ts'
import { loadVars } from '../../lib/vars/load.ts'
import { passwords } from '../lab/base.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('hosts that only a jump host reaches')
const folder = mkdtempSync(join(tmpdir(), 'troupe-reach-'))
const configFile = join(folder, 'config')
const fleetSize = 30
/** The sshd that tests use; that on port 22 is the lab's own. */
const port = 2222
/** Answered to the inner jump host alone. */
const innermost = 2223
const sessions: Session[] = []
let lab: Lab
let gate: LabHost
let inner: LabHost
let fleet: readonly LabHost[]

test.before(async () => {
  lab = await createLab({ hosts: fleetSize + 2 })
  const [first, second, ...others] = lab.hosts
  if (!first || !second) throw new Error('the lab has fewer hosts than asked for')
  gate = first
  inner = second
  fleet = others
  await Promise.all(lab.hosts.map((host) => host.must(sshdOn(port, innermost))))
  // Nothing is dropped or closed: answers to this machine find no way, as behind a firewall.
  await Promise.all(
    [inner, ...fleet].map((host) => host.must(onlyTo(port, `${gate.address} ${inner.address}`))),
  )
  await Promise.all(fleet.map((host) => host.must(onlyTo(innermost, inner.address))))
  writeFileSync(configFile, sshConfig())
})
test.after(async () => {
  await Promise.all(sessions.map((session) => session.close()))
  await lab.destroy()
  rmSync(folder, { recursive: true })
})

function sshdOn(...ports: readonly number[]): string {
  const lines = [22, ...ports].map((one) => `Port ${one}`).join('\n')
  return `echo '${lines}' >/etc/ssh/sshd_config.d/reach.conf && systemctl restart ssh`
}

function onlyTo(from: number, addresses: string): string {
  return (
    `for to in ${addresses}; do ip rule add pref 100 to $to ipproto 6 sport ${from} lookup main; done && ` +
    `ip rule add pref 101 ipproto 6 sport ${from} prohibit`
  )
}

function sshConfig(): string {
  return `
Host gate
  HostName ${gate.address}
Host inner
  HostName ${inner.address}
  ProxyJump gate
Host gate inner
  Port ${port}
  User operator
  IdentityFile ${lab.keyFile}
  UserKnownHostsFile ${lab.knownHostsFile}
`
}

type Addressed = Pick<LabHost, 'name' | 'address'>

interface Opened {
  readonly session: Session
  readonly events: ContactEvent[]
}

/** Sessions to hosts as an inventory of them would open them. */
async function open(hosts: readonly Addressed[], vars: string): Promise<readonly Opened[]> {
  const file = join(folder, 'hosts.ini')
  const lines = hosts.map(({ name, address }) => `${name} ansible_host=${address}`)
  const all = [
    'ansible_user=operator',
    `ansible_ssh_private_key_file=${lab.keyFile}`,
    `ansible_ssh_known_hosts_file=${lab.knownHostsFile}`,
  ]
  writeFileSync(file, [...lines, '[all:vars]', ...all, vars, ''].join('\n'))
  const inventory = await loadInventory([file])
  const store = await loadVars({ inventory, playbookFolder: folder, extra: [], roleNames: [] })
  return Promise.all(
    hosts.map(async ({ name }) => {
      const passphrase = () => Promise.reject(new Error('nobody is asked'))
      const settings = { connectTimeoutMs: undefined, passphrase }
      const { dial, leave } = await dialingFor(connectionOf(store.of(name)), settings)
      const events: ContactEvent[] = []
      const onContact = (event: ContactEvent) => void events.push(event)
      const session = openSession({ title: name, dial, onClosed: leave, onContact })
      sessions.push(session)
      return { session, events }
    }),
  )
}

async function openOne(host: Addressed, vars: string): Promise<Session> {
  const [opened] = await open([host], vars)
  if (opened === undefined) throw new Error('one host should make one session')
  return opened.session
}

const throughGate = () => `ansible_port=${port}\nansible_ssh_common_args="-F ${configFile} -J gate"`

async function said(session: Session, script: string): Promise<string> {
  return (await session.run(script)).stdout.toString().trim()
}

async function refusal(session: Session): Promise<Unreachable> {
  return session.contact().then(
    () => {
      throw new Error('it should have been refused')
    },
    (error: Unreachable) => error,
  )
}

async function close(opened: readonly Opened[]): Promise<void> {
  await Promise.all(opened.map(({ session }) => session.close()))
}

/** How many connections the gate has, counted there: from this machine, and on to the fleet. */
async function atGate(): Promise<{ readonly from: number; readonly on: number }> {
  const count = async (filter: string) =>
    Number(await gate.must(`ss -Htn state established '( ${filter} )' | wc -l`))
  return { from: await count(`sport = :${port}`), on: await count(`dport = :${port}`) }
}

test(
  'nobody behind the gate answers this machine',
  async () => {
    for (const host of [inner, fleet[0]]) {
      const direct = openSocket('direct', { host: host?.address ?? '', port }, 1000)
      const outcome = await direct.then(
        (socket) => socket.destroy(),
        ({ message }: Error) => message,
      )
      assert.is(outcome, 'direct did not answer within 1 s.')
    }
  },
  { timeoutMs: 180_000 },
)

test(
  `${fleetSize} hosts go through one bastion over one connection, and leave none behind`,
  async () => {
    const started = performance.now()
    const opened = await open(fleet, throughGate())
    const names = await Promise.all(opened.map(({ session }) => said(session, 'hostname')))
    console.log(`${fleetSize} hosts through one bastion: ${(performance.now() - started).toFixed(0)} ms`)
    assert.equal(
      names,
      fleet.map(({ name }) => name),
    )
    assert.equal(await atGate(), { from: 1, on: fleetSize })
    await close(opened.slice(1))
    assert.is((await atGate()).from, 1)
    await close(opened)
    assert.equal(await atGate(), { from: 0, on: 0 })
  },
  { timeoutMs: 60_000 },
)

test('through two jump hosts to where only the second comes', async () => {
  const target = fleet[0] as LabHost
  const far = `ansible_port=${innermost}`
  const one = await openOne(target, `${far}\n${throughGate()}`.replaceAll(`ansible_port=${port}\n`, ''))
  assert.match((await refusal(one)).message, /ssh operator@\S+:2222 (does|did) not get through to \S+:2223/)
  for (const args of ['-J gate,inner', '-J inner', "-o 'ProxyJump inner'"]) {
    const session = await openOne(target, `${far}\nansible_ssh_common_args="-F ${configFile} ${args}"`)
    assert.is(
      await said(session, 'hostname; echo $SSH_CONNECTION | cut -d" " -f1'),
      `${target.name}\n${inner.address}`,
    )
    await session.close()
  }
})

test(
  'a bastion that loses power in mid-run and comes back costs nobody the run',
  async () => {
    const opened = await open(fleet, throughGate())
    const before = await Promise.all(
      opened.map(({ session }) => said(session, 'cat /proc/sys/kernel/random/boot_id')),
    )
    let stop = false
    const works = opened.map(({ session }) => working(session, () => stop))
    await new Promise((resolve) => setTimeout(resolve, 500))
    await gate.powerOff()
    await new Promise((resolve) => setTimeout(resolve, 3000))
    await gate.powerOn()
    // Every host goes on within its patience: none of these throws.
    const again = await Promise.all(opened.map(({ session }) => going(session)))
    stop = true
    const done = await Promise.all(works)
    assert.equal(again, before)
    assert.ok(
      done.every(({ lost, after }) => lost > 0 && after > 0),
      JSON.stringify(done),
    )
    for (const { events } of opened) {
      assert.equal(
        events.map(({ type }) => type),
        ['lost', 'back'],
      )
    }
    assert.equal(await atGate(), { from: 1, on: fleetSize })
    await close(opened)
  },
  { timeoutMs: 150_000 },
)

/** Runs commands one after the other, and over lost contact; ends when told to, throws when the host is given up. */
async function working(session: Session, over: () => boolean) {
  let [lost, after] = [0, 0]
  while (!over()) {
    try {
      await said(session, 'sleep 0.2')
      if (lost > 0) after++
    } catch (error) {
      if (!(error instanceof ContactLost)) throw error
      lost++
    }
  }
  return { lost, after }
}

async function going(session: Session): Promise<string> {
  for (;;) {
    try {
      await said(session, 'sleep 0.5')
      return await said(session, 'cat /proc/sys/kernel/random/boot_id')
    } catch (error) {
      if (!(error instanceof ContactLost)) throw error
    }
  }
}

test(
  'a host behind it whose cable is cut is noticed and met again, and nobody else is touched',
  async () => {
    const [cut, other] = [fleet[2] as LabHost, fleet[3] as LabHost]
    const opened = await open([cut, other], throughGate())
    await Promise.all(opened.map(({ session }) => session.contact()))
    const started = performance.now()
    const lost = opened[0]?.session.run('sleep 120').catch((error: Error) => error)
    await cut.cutNetwork()
    try {
      assert.instance(await lost, ContactLost)
      assert.ok(performance.now() - started < 17_000)
      assert.is(await said(opened[1]?.session as Session, 'echo here'), 'here')
    } finally {
      await cut.restoreNetwork()
    }
    assert.is(await said(opened[0]?.session as Session, 'echo again'), 'again')
    assert.equal(
      opened.map(({ events }) => events.map(({ type }) => type)),
      [['lost', 'back'], []],
    )
    assert.equal(await atGate(), { from: 1, on: 2 })
    await close(opened)
  },
  { timeoutMs: 90_000 },
)

test('what stands in the way is named: nobody listens, no name, no forwarding, a refused login', async () => {
  const target = fleet[1] as LabHost
  const closed = await refusal(await openOne(target, throughGate().replace(`${port}`, '4')))
  assert.match(closed.message, /^ssh operator@\S+:2222 does not get through to \S+:4: Connection refused/)
  assert.match(closed.advice, 'ansible_port')

  const nobody = await openOne({ name: 'nobody', address: 'no-such-host.invalid' }, throughGate())
  const unknown = await refusal(nobody)
  assert.match(unknown.message, 'does not get through to no-such-host.invalid:2222')
  assert.match(unknown.advice, 'The jump host looks the name up')

  const stranger = await refusal(await openOne(target, throughGate().replace('-J gate', '-J stranger@gate')))
  assert.is(stranger.reason, 'auth')
  assert.match(stranger.message, /The jump host stands in the way. ssh stranger@\S+ refused the login/)
  await Promise.all(sessions.map((session) => session.close()))

  await gate.must('echo AllowTcpForwarding no >/etc/ssh/sshd_config.d/no.conf && systemctl restart ssh')
  try {
    const forbidden = await refusal(await openOne(target, throughGate()))
    assert.is(forbidden.reason, 'settings')
    assert.match(forbidden.message, 'does not let anybody through')
    assert.match(forbidden.advice, 'AllowTcpForwarding')
  } finally {
    await gate.must('rm /etc/ssh/sshd_config.d/no.conf && systemctl restart ssh')
    await Promise.all(sessions.map((session) => session.close()))
  }
})

test('through a ProxyCommand that is ssh itself', async () => {
  const proxy = `ansible_ssh_common_args='-o ProxyCommand="ssh -F ${configFile} -q -W %h:%p gate"'`
  const opened = await open(fleet.slice(0, 3), `ansible_port=${port}\n${proxy}`)
  const names = await Promise.all(opened.map(({ session }) => said(session, 'hostname')))
  assert.equal(
    names,
    fleet.slice(0, 3).map(({ name }) => name),
  )
  await close(opened)
  assert.equal(await atGate(), { from: 0, on: 0 })
})

test('keyboard-interactive by PAM: the password is answered, a second question is not', async () => {
  const methods = 'AuthenticationMethods keyboard-interactive'
  await gate.must(
    `printf 'KbdInteractiveAuthentication yes\\nMatch User admin\\n${methods}\\n' >/etc/ssh/sshd_config.d/kbd.conf && ` +
      'systemctl restart ssh',
  )
  const asAdmin = `ansible_ssh_common_args="-F none"\nansible_user=admin\nansible_password=${passwords.admin}`
  const session = await openOne(gate, asAdmin)
  assert.is(await said(session, 'id -un'), 'admin')

  await gate.must('chage -d 0 admin')
  const { reason, message } = await refusal(await openOne(gate, asAdmin))
  assert.is(reason, 'auth')
  assert.match(message, /after the password it still asks ".*Current password:"/)
})
