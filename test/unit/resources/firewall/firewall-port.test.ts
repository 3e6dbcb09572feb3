import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { parseZone } from '../../../../lib/resources/firewall/firewalld.ts'
import { firewallPort } from '../../../../lib/resources/firewall/firewall-port.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { TaskFailed } from '../../../../lib/task/outcome.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { zoneFile } from '../../../support/fake-host/firewall.ts'
import { kernelRules } from '../../../support/fake-host/nft.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('firewall-port')
const api = firewallPort({ port: 6443 })
const peers = firewallPort({ ports: ['2379-2380', 9100], from: '10.0.0.0/24' })

function withFirewalld(lines: readonly string[] = ['port 22/tcp'], permanent = lines): FakeHost {
  const host = new FakeHost('a')
  host.systemd.define('firewalld.service', { running: true, enabled: true })
  for (const zone of ['public', 'internal']) {
    host.files.write(zoneFile(zone, false), lines.map((line) => `${line}\n`).join(''))
    host.files.write(zoneFile(zone, true), permanent.map((line) => `${line}\n`).join(''))
  }
  return host
}

function withUfw({ rules = '', rules6 = forV6(rules), ipv6 = 'yes', enabled = 'yes' } = {}): FakeHost {
  const host = new FakeHost('a')
  host.files.write('/etc/ufw/ufw.conf', `# comment\nENABLED=${enabled}\nLOGLEVEL=low\n`)
  host.files.write('/etc/default/ufw', `IPV6=${ipv6}\n`)
  host.files.write('/etc/ufw/user.rules', rules)
  host.files.write('/etc/ufw/user6.rules', rules6)
  return host
}

const forV6 = (rules: string) => rules.replaceAll('0.0.0.0/0', '::/0')
const rule = (action: string, port: string | number) =>
  `### tuple ### ${action} tcp ${port} 0.0.0.0/0 any 0.0.0.0/0 in\n`

test('firewalld opens a port now and for the next start, and closes it in a revert', () =>
  keepsContract({ host: withFirewalld(), resource: api }))

test('firewalld opens ports to one network only', async () => {
  await keepsContract({ host: withFirewalld(), resource: peers })
  const host = withFirewalld()
  await bring(host, peers)
  assert.match(
    host.files.read(zoneFile('public', true)) ?? '',
    'rule family="ipv4" source address="10.0.0.0/24" port port="2379-2380" protocol="tcp" accept\n',
  )
})

test('A port that firewalld opens only now is opened for the next start too', async () => {
  const host = withFirewalld(['port 6443/tcp'], [])
  await keepsContract({ host, resource: api })
  await bring(host, api)
  assert.is(host.files.read(zoneFile('public', true)), 'port 6443/tcp\n')
})

test('A port inside of a range is open', async () => {
  assert.is(await bring(withFirewalld(['port 6000-7000/tcp']), api), undefined)
  assert.ok(await bring(withFirewalld(['port 6000-7000/udp']), api))
  assert.ok(await bring(withFirewalld(['port 6000-6442/tcp']), api))
})

test('What was open inside of a range is open after a revert, though firewalld joins them', async () => {
  const host = withFirewalld(['port 30080/tcp', 'port 30080/udp'])
  const range = firewallPort({ ports: ['30000-32767'] })
  const { hint } = await stateOf(host, range)
  assert.equal(hint, { runtime: ['30080/tcp'], permanent: ['30080/tcp'] })
  const { commands } = host.traffic
  const change = await bring(host, range)
  assert.ok(change)
  // As if firewalld had joined them.
  for (const permanent of [true, false])
    host.files.write(zoneFile('public', permanent), 'port 30000-32767/tcp\n')
  await kindOf('firewallPort').apply(host, range.ref, { from: change.to, to: change.from })
  assert.match(commands.at(-1) ?? '', 'firewall-cmd --zone=public --add-port=30080/tcp')
})

test('Another zone is asked for by its name', async () => {
  await keepsContract({
    host: withFirewalld(),
    resource: firewallPort({ port: 53, protocol: 'udp', zone: 'internal' }),
  })
  const missing = await reading(withFirewalld(), firewallPort({ port: 53, zone: 'office' }))
  assert.match(missing instanceof Error ? missing.message : '', 'The firewalld of a has no zone office')
})

test('ufw opens a port for both kinds of address, and closes it in a revert', async () => {
  await keepsContract({ host: withUfw({ rules: rule('allow', 22) }), resource: api })
  const host = withUfw()
  await bring(host, firewallPort({ ports: ['30000-32767'] }))
  assert.is(host.files.read('/etc/ufw/user.rules'), rule('allow', '30000:32767'))
  assert.is(host.files.read('/etc/ufw/user6.rules'), '### tuple ### allow tcp 30000:32767 ::/0 any ::/0 in\n')
})

test('ufw opens ports to one network only, of its own kind of address', async () => {
  await keepsContract({ host: withUfw(), resource: peers })
  const host = withUfw()
  await bring(host, firewallPort({ port: 1, from: 'FD00:0:0::/64' }))
  assert.is(host.files.read('/etc/ufw/user6.rules'), '### tuple ### allow tcp 1 ::/0 any fd00::/64 in\n')
  assert.is(host.files.read('/etc/ufw/user.rules'), '')
})

test('A rule of ufw that refuses is replaced, and refuses again after a revert', () =>
  keepsContract({ host: withUfw({ rules: rule('deny', 6443) + rule('allow', 22) }), resource: api }))

test('A rule of ufw for one kind of address only is made up for', () =>
  keepsContract({ host: withUfw({ rules: rule('allow', 6443), rules6: '' }), resource: api }))

test('A rule of ufw that lets in with a limit, or with a comment, is left as it is', async () => {
  assert.is(await bring(withUfw({ rules: rule('limit', 6443) }), api), undefined)
  assert.is(
    await bring(withUfw({ rules: rule('allow', 6443).replace('in\n', 'in comment=6869\n') }), api),
    undefined,
  )
  assert.ok(await bring(withUfw({ rules: rule('allow', 6443).replace('in\n', 'in_eth0\n') }), api))
})

test('An opening is taken away, and what refuses stays', async () => {
  const absent = firewallPort({ ports: [6443, 80], state: 'absent' })
  await keepsContract({ host: withUfw({ rules: rule('allow', 6443) + rule('deny', 80) }), resource: absent })
  await keepsContract({ host: withFirewalld(['port 22/tcp', 'port 6443/tcp']), resource: absent })
  assert.is(await bring(withUfw({ rules: rule('deny', 80) }), absent), undefined)
})

test('Without an active firewall there is nothing to do, and none is made', async () => {
  const inactive = withUfw({ enabled: 'no' })
  for (const host of [new FakeHost('a'), inactive]) {
    assert.is(await bring(host, api), undefined)
    assert.equal(await stateOf(host, api), { is: 'no firewall' })
  }
})

const iptables = [
  '-P INPUT DROP\n',
  '-P INPUT ACCEPT\n-A INPUT -j REJECT --reject-with icmp-port-unreachable\n',
]

test('Rules of iptables are refused with advice, and not added to', async () => {
  const host = new FakeHost('a')
  for (const text of iptables) {
    host.files.write(kernelRules, text)
    const failed = await bring(host, api).catch((error: unknown) => error)
    if (!(failed instanceof TaskFailed)) throw failed ?? new Error('It was not refused.')
    assert.match(failed.message, '6443/tcp is not among that')
    assert.match(failed.advice ?? '', 'rules of iptables, which keeps none over a boot')
    assert.match(failed.advice ?? '', '/etc/iptables/rules.v4')
  }
  assert.equal(host.traffic.writes, [])
})

test('What rules of iptables let in already is open', async () => {
  const host = new FakeHost('a')
  const rules =
    '-A INPUT -p tcp -m multiport --dports 80,6400:6500 -j ACCEPT\n-A INPUT -s 10.0.0.1/32 -p udp -m udp --dport 53 -j ACCEPT\n'
  host.files.write(kernelRules, `-P INPUT DROP\n${rules}`)
  for (const args of [
    { port: 6443 },
    { port: 53, protocol: 'udp', from: '10.0.0.1' },
    { port: 1, state: 'absent' },
  ] as const)
    assert.is(await bring(host, firewallPort(args)), undefined, JSON.stringify(args))
  for (const args of [{ ports: ['6443-6501'] }, { port: 53, protocol: 'udp' }] as const)
    await rejects(() => bring(host, firewallPort(args)), /drops/, JSON.stringify(args))
})

test('A host without a firewall is looked at in two rounds, however many ports there are', async () => {
  const host = new FakeHost('a')
  await stateOf(host, firewallPort({ ports: [1, 2, 3] }))
  assert.is(host.traffic.trips, 2)
})

test('The answer of firewalld is read as it prints it', () => {
  // Captured from firewalld 1.3.3 on Debian 12, shortened.
  const text = `public (default, active)
  target: default
  interfaces: host0
  services: dhcpv6-client ssh
  ports: 30000-32767/tcp 6443/tcp
  protocols: \n  forward: yes
  forward-ports: \n  source-ports: 68/udp
  rich rules: \n\trule family="ipv6" source address="fd00::/64" port port="2379" protocol="udp" accept
`
  assert.equal(parseZone(text), {
    name: 'public',
    ports: ['30000-32767/tcp', '6443/tcp'],
    rules: ['rule family="ipv6" source address="fd00::/64" port port="2379" protocol="udp" accept'],
  })
  assert.equal(parseZone('public\n  ports: \n  rich rules: \n').ports, [])
})

test('Two openings are two things, and one port is one thing', () => {
  const ids = [api, peers, firewallPort({ port: 6443, from: '10.0.0.1/32' })].map(({ id }) => id)
  assert.equal(ids, [
    'firewallPort:6443/tcp',
    'firewallPort:2379-2380/tcp from 10.0.0.0/24,9100/tcp from 10.0.0.0/24',
    'firewallPort:6443/tcp from 10.0.0.1',
  ])
})

test('What is no port, no network and no zone is refused', () => {
  for (const port of [0, 65_536, 1.5, '1-', '2-1', '5-5'] as const)
    assert.throws(() => firewallPort({ port: port as number }), /neither a port nor a range/, String(port))
  for (const from of [
    'here',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '10.0.0.1/24',
    'fe80::1%eth0',
    '::/129',
    '10.0.0.0/24/1',
  ])
    assert.throws(() => firewallPort({ port: 1, from }), /is neither|is no network/, from)
  assert.throws(() => firewallPort({ port: 1, zone: 'a b' }), /no name of a zone/)
  assert.throws(() => firewallPort({ ports: [] }), /opens nothing/)
})
