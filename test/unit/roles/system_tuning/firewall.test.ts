import * as assert from 'uvu/assert'
import { zoneFile } from '../../../support/fake-host/firewall.ts'
import type { FakeHost } from '../../../support/fake-host.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { families, groundOf, hostOf, tuned, type Family, type Given } from './tuned.ts'
import { FakeCluster } from '../../../support/fake-run.ts'
import { systemTuning } from '../../../../roles/system_tuning/index.ts'

const test = suite('roles/system_tuning: firewall')
const groups = { server: ['h1', 'h2'], agent: ['h3'], lb: ['h4'] }
const open: Given = { firewall: 'open' }
const ufw = '/etc/ufw/user.rules'

/** With the firewall that its family has, letting in nobody but ssh. */
function walled(family: Family, name = 'h1'): FakeHost {
  const address = `192.0.2.${name.slice(1)}`
  const host = hostOf(family, {}, name)
  host.on(
    'ip -4 -o addr show scope global',
    `2: eth0    inet ${address}/24 brd 192.0.2.255 scope global eth0\n`,
  )
  if (family === 'redhat') {
    host.systemd.define('firewalld.service', { running: true, enabled: true })
    for (const permanent of [true, false]) host.files.write(zoneFile('public', permanent), 'port 22/tcp\n')
  } else {
    host.files.write('/etc/ufw/ufw.conf', 'ENABLED=yes\n')
    host.files.write('/etc/default/ufw', 'IPV6=no\n')
    host.files.write(ufw, '### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n')
    host.files.write('/etc/ufw/user6.rules', '')
  }
  return host
}

const all = (family: Family) => ['h1', 'h2', 'h3', 'h4'].map((name) => walled(family, name))

/** What ufw lets in, as `6443/tcp from 192.0.2.2`. */
function letIn(host: FakeHost): readonly string[] {
  const rules = (host.files.read(ufw) ?? '').matchAll(/allow (\S+) (\S+) \S+ any (\S+) in/g)
  return [...rules].map(([, protocol, port, from]) => `${port}/${protocol} from ${from}`).toSorted()
}

const everybody = (...ports: readonly string[]) => ports.map((port) => `${port} from 0.0.0.0/0`)

for (const family of families) {
  test(`The ports of a server are let in on ${family}, and that keeps the four laws`, () => {
    const api = 'firewallPort:6443/tcp,10256/tcp,30000-32767/tcp'
    const paths = family === 'redhat' ? [zoneFile('public', true), zoneFile('public', false)] : [ufw]
    const shut = (host: FakeHost) => {
      for (const path of paths) {
        const text = host.files.read(path) ?? ''
        host.files.write(path, text.replace('port 6443/tcp\n', '').replace('allow tcp 6443', 'deny tcp 6443'))
      }
    }
    return keepsLaws(
      () => groundOf(all(family), open, { groups }),
      ({ host }): readonly Damage[] => [{ title: 'the API is shut', repairs: [api], do: () => shut(host) }],
    )
  })

  test(`It is turned off on ${family} where that is asked for, and on again by a revert`, async () => {
    const host = walled(family)
    const before = host.snapshot()
    const ground = groundOf([host], { firewall: 'off' })
    assert.equal((await ground.run()).failed, [])
    assert.is(host.systemd.active('firewalld.service'), 'inactive')
    assert.not.match(host.files.read('/etc/ufw/ufw.conf') ?? '', 'ENABLED=yes')
    await ground.revert()
    assert.equal(host.snapshot(), before)
  })
}

test('What only other hosts of the cluster use is let in from them alone, by what each of them is', async () => {
  const hosts = all('debian')
  await groundOf(hosts, open, { groups }).run()
  const [server, , agent, balancer] = hosts.map((host) => letIn(host))
  const nodePorts = ['10256/tcp', '30000:32767/tcp', '30000:32767/udp']
  const pods = ['1:65535/tcp from 10.42.0.0/16', '1:65535/udp from 10.42.0.0/16']
  assert.equal(
    server,
    [
      ...everybody('22/tcp', '6443/tcp', ...nodePorts),
      ...pods,
      ...['2379/tcp', '2380/tcp', '10250/tcp', '8472/udp'].map((port) => `${port} from 192.0.2.2`),
      ...['10250/tcp', '8472/udp'].map((port) => `${port} from 192.0.2.3`),
    ].toSorted(),
  )
  assert.not.match(agent?.join() ?? '', /6443|2379/)
  assert.equal(balancer, everybody('22/tcp'), 'a host without ports of its own is left alone')
})

test('The network of the pods is the one that is given', async () => {
  const hosts = all('debian')
  await groundOf(hosts, open, { groups, shared: { network: { podCidr: '10.9.0.0/16' } } }).run()
  for (const host of hosts.slice(0, 3)) assert.ok(letIn(host).includes('1:65535/udp from 10.9.0.0/16'))
})

test('A host without an active firewall has nothing to do', async () => {
  const hosts = all('debian')
  for (const host of hosts) host.files.write('/etc/ufw/ufw.conf', 'ENABLED=no\n')
  assert.equal((await groundOf(hosts, open, { groups }).run()).changed, [])
})

test('Who gives the others the time lets them ask for it', async () => {
  const asked = async (given: Given, shared = {}) => {
    const hosts = all('debian')
    await groundOf(hosts, { ...open, timeClients: ['192.0.2.0/24'], ...given }, { groups, shared }).run()
    return hosts.filter((host) => letIn(host).includes('123/udp from 192.0.2.0/24')).map(({ name }) => name)
  }
  const managed = { timeSync: 'managed' } as const
  assert.equal(await asked({ ...managed, timeServers: ['h4', '192.0.2.9', 'h3'] }), ['h3', 'h4'])
  assert.equal(await asked(managed, { cluster: { offline: true } }), ['h1'])
  assert.equal(await asked(managed), [], 'the clocks follow those of the system')
  assert.equal(await asked({ timeServers: ['h4'] }), [], 'chrony is left alone')
})

test('A host that is off is named, let in once it is back, and hinders none of the others', async () => {
  const hosts = all('debian')
  const cluster = new FakeCluster(hosts)
  cluster.off.add('h3')
  const { events } = await cluster.run(systemTuning, tuned(open, { groups, limit: ['h1', 'h2'] }))
  assert.match(
    JSON.stringify(events),
    'h3 cannot be asked for its address, so a firewall of h1 does not let it in',
  )
  const [server] = hosts
  assert.ok(server && letIn(server).includes('10250/tcp from 192.0.2.2'))
  assert.not.ok(letIn(server).includes('10250/tcp from 192.0.2.3'))
  cluster.off.clear()
  await cluster.run(systemTuning, tuned(open, { groups }))
  assert.ok(letIn(server).includes('10250/tcp from 192.0.2.3'))
})
