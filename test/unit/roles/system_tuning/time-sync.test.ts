import * as assert from 'uvu/assert'
import { chronyPlaces, parseTracking } from '../../../../roles/system_tuning/facts.ts'
import { timeSync } from '../../../../roles/system_tuning/tasks/time-sync.ts'
import { FakeGround } from '../../../support/fake-ground.ts'
import type { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster, type FakeRunOptions } from '../../../support/fake-run.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { given, hostWith, roleOf, troubleIn } from './one-task.ts'
import { families, type Family } from './tuned.ts'

const test = suite('roles/system_tuning: time-sync')
const role = roleOf(timeSync)

// Captured from chrony 4.3 on Debian 12: following a server, and right after its start.
const synchronised =
  '0AD20201,10.210.2.1,9,1795188853.764471487,-0.000004300,0.000004299,0.000004299,0.002,0.000,93.964,0.000014045,0.000130344,0.0,Normal\n'
const lonely =
  '00000000,,0,0.000000000,0.000000001,0.000000000,0.000000000,-0.113,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n'

/** A host that can have chrony. */
function bareHost(name: string, family: Family = 'debian'): FakeHost {
  const { config, unit } = chronyPlaces[family]
  const host = hostWith(name, `10.0.0.${name.slice(-1)}`, family)
  host.packages.offer({
    name: 'chrony',
    version: '4.3',
    conffiles: { [config]: 'pool as shipped\n' },
    units: { [unit]: { reads: [config] } },
  })
  host.on('chronyc -c tracking', () => (host.systemd.active(unit) === 'active' ? synchronised : lonely))
  return host
}

/** A host whose clock is kept by timesyncd, which is a package of its own on Debian. */
async function hostWithTimesyncd(family: Family = 'debian'): Promise<FakeHost> {
  const host = bareHost('h1', family)
  const unit = 'systemd-timesyncd.service'
  if (family === 'redhat') host.systemd.define(unit, { enabled: true, running: true })
  else {
    host.packages.offer({ name: 'systemd-timesyncd', version: '252', units: { [unit]: {} } })
    await host.packages.install('systemd-timesyncd', undefined, false, async () => undefined)
  }
  return host
}

async function configs(names: readonly string[], options: FakeRunOptions): Promise<readonly string[]> {
  const hosts = names.map((name) => bareHost(name))
  assert.equal(troubleIn(await new FakeCluster(hosts).run(role, options)), '')
  return hosts.map((host) => host.files.read(chronyPlaces.debian.config) ?? '')
}

for (const family of families) {
  const { config, unit } = chronyPlaces[family]
  const followed = given({ timeServers: ['192.0.2.1'] })

  test(`It keeps the four laws on ${family}`, () =>
    keepsLaws(
      () => new FakeGround(new FakeCluster([bareHost('h1', family)]), role, followed),
      ({ host }): readonly Damage[] => [
        {
          title: 'edited',
          repairs: [`file:${config}`],
          do: () => host.files.write(config, 'pool by hand\n'),
        },
        {
          title: 'another mode',
          repairs: [`file:${config}`],
          do: () => host.files.chmod(config, { mode: 0o600 }),
        },
        { title: 'stopped', repairs: [`unit:${unit}`], do: () => host.systemd.stop(unit) },
      ],
    ))

  test(`It keeps them where another service gives way on ${family}`, () =>
    keepsLaws(
      async () => new FakeGround(new FakeCluster([await hostWithTimesyncd(family)]), role, followed),
      ({ host }): readonly Damage[] => [
        { title: 'stopped', repairs: [`unit:${unit}`], do: () => host.systemd.stop(unit) },
      ],
    ))

  test(`It keeps them with the configuration of the system on ${family}`, () =>
    keepsLaws(
      () => new FakeGround(new FakeCluster([bareHost('h1', family)]), role, given({})),
      ({ host }): readonly Damage[] => [
        { title: 'stopped', repairs: [`unit:${unit}`], do: () => host.systemd.stop(unit) },
      ],
    ))
}

test('One host of the inventory serves the others, which follow its address', async () => {
  const [server = '', client = ''] = await configs(
    ['h1', 'h2'],
    given({ timeServers: ['h1'], timeClients: ['10.0.0.0/8'] }),
  )
  assert.match(server, 'local stratum 10\nallow 10.0.0.0/8\n')
  assert.not.match(server, /^server/m)
  assert.match(client, 'server 10.0.0.1 iburst\n')
  assert.not.match(client, 'allow')
})

test('Of several servers, those of the inventory serve and follow only those outside', async () => {
  const [server = '', client = ''] = await configs(['h1', 'h2'], given({ timeServers: ['h1', '192.0.2.1'] }))
  assert.match(server, /^server 192\.0\.2\.1 iburst\n[^]*local stratum 10/m)
  assert.not.match(server, '10.0.0.1')
  assert.match(client, 'server 10.0.0.1 iburst\nserver 192.0.2.1 iburst\n')
})

test('Offline and without time servers, the first server serves, else the first host', async () => {
  const offline = given({}, { cluster: { offline: true } })
  const [first = '', second = ''] = await configs(['h1', 'h2'], { ...offline, groups: { server: ['h2'] } })
  assert.match(first, 'server 10.0.0.2 iburst\n')
  assert.match(second, 'local stratum 10')
  const [only = ''] = await configs(['h1', 'h2'], offline)
  assert.match(only, 'local stratum 10')
})

test('Without time servers, chrony runs as it is shipped, and nobody waits for a server', async () => {
  const host = bareHost('h1')
  host.on('chronyc -c tracking', lonely)
  const run = await new FakeCluster([host]).run(role, given({}))
  assert.equal(troubleIn(run), '')
  assert.is(host.files.read(chronyPlaces.debian.config), 'pool as shipped\n')
  assert.not.ok(Object.keys(run.tasks).some((title) => title.includes('follows')))
})

test('With time servers, another service gives way: its package where it cannot stay, else the service', async () => {
  const [debian, redhat] = [await hostWithTimesyncd('debian'), await hostWithTimesyncd('redhat')]
  for (const host of [debian, redhat]) {
    await new FakeCluster([host]).run(role, given({ timeServers: ['192.0.2.1'] }))
    assert.is(host.systemd.active('systemd-timesyncd.service'), 'inactive')
  }
  assert.not.ok(debian.packages.installed('systemd-timesyncd'))
})

test('Without time servers, another service that keeps the clock goes on with that', async () => {
  const host = await hostWithTimesyncd()
  const before = host.snapshot()
  assert.equal((await new FakeCluster([host]).run(role, given({}))).tasks, {})
  assert.equal(host.snapshot(), before)
})

test('A clock that follows nobody is waited for as long as its user says', async () => {
  const host = bareHost('h1')
  host.on('chronyc -c tracking', lonely)
  const run = await new FakeCluster([host]).run(
    role,
    given({ timeServers: ['192.0.2.1'], clockDeadline: '1ms' }),
  )
  assert.match(troubleIn(run), 'within 1ms: chronyd runs, but has chosen no source yet')
})

test('Where the clock is kept as it is, nothing is touched', async () => {
  const options = given({ timeSync: 'keep', timeServers: ['192.0.2.1'] })
  assert.equal((await new FakeCluster([bareHost('h1')]).run(role, options)).tasks, {})
})

test('A system without known packages is refused with what to do', async () => {
  const host = bareHost('h1')
  host.files.write('/etc/os-release', 'ID=alpine\n')
  const run = await new FakeCluster([host]).run(role, given({ timeServers: ['192.0.2.1'] }))
  assert.match(troubleIn(run), 'What packages are called on alpine is not known')
  assert.match(troubleIn(run), 'system_tuning.timeSync: keep')
})

test('What chronyc says of its source is read by field', () => {
  assert.equal(parseTracking(synchronised), { source: '10.210.2.1', stratum: 9, leap: 'Normal' })
  assert.is(parseTracking(lonely).leap, 'Not synchronised')
})
