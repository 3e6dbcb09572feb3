import * as assert from 'uvu/assert'
import { chronyPlaces, parseTracking } from '../../../roles/system_tuning/facts.ts'
import { systemTuning } from '../../../roles/system_tuning/index.ts'
import { FakeGround } from '../../support/fake-ground.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { keepsLaws, type Damage } from '../../support/laws.ts'
import { suite } from '../../support/suite.ts'
import { tuned } from './system_tuning/tuned.ts'

const test = suite('roles/system_tuning')

const families = {
  debian: { release: 'ID=debian\nVERSION_ID="12"\n', tools: 'apt' },
  redhat: { release: 'ID="rocky"\nID_LIKE="rhel"\nVERSION_ID="9.4"\n', tools: 'dnf' },
} as const

// Captured from chrony 4.3 on Debian 12: following a server, and right after its start.
const synchronised =
  '0AD20201,10.210.2.1,9,1795188853.764471487,-0.000004300,0.000004299,0.000004299,0.002,0.000,93.964,0.000014045,0.000130344,0.0,Normal\n'
const lonely =
  '00000000,,0,0.000000000,0.000000001,0.000000000,0.000000000,-0.113,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n'

function bareHost(name: string, family: keyof typeof families): FakeHost {
  const { release, tools } = families[family]
  const { config, unit } = chronyPlaces[family]
  const host = new FakeHost(name, { family: tools })
  host.files.write('/etc/os-release', release)
  host.packages.offer({
    name: 'chrony',
    version: '4.3',
    conffiles: { [config]: 'pool as shipped\n' },
    units: { [unit]: { reads: [config] } },
  })
  host.on('chronyc -c tracking', () => (host.systemd.active(unit) === 'active' ? synchronised : lonely))
  return host
}

const vars = (timeServers: readonly string[]) => tuned({ timeServers, timeClients: ['10.0.0.0/8'] })

for (const family of ['debian', 'redhat'] as const) {
  const { config, unit } = chronyPlaces[family]
  const start = () =>
    new FakeGround(new FakeCluster([bareHost('h1', family)]), systemTuning, vars(['192.0.2.1']))

  test(`It keeps the four laws on ${family}`, () =>
    keepsLaws(start, ({ host }): readonly Damage[] => [
      { title: 'edited', repairs: [`file:${config}`], do: () => host.files.write(config, 'pool by hand\n') },
      {
        title: 'another mode',
        repairs: [`file:${config}`],
        do: () => host.files.chmod(config, { mode: 0o600 }),
      },
      { title: 'stopped', repairs: [`unit:${unit}`], do: () => host.systemd.stop(unit) },
    ]))

  test(`One host of the inventory serves the others on ${family}`, async () => {
    const hosts = [bareHost('h1', family), bareHost('h2', family)]
    await new FakeCluster(hosts).run(systemTuning, vars(['h1']))
    const [server = '', client = ''] = hosts.map((host) => host.files.read(config) ?? '')
    assert.match(server, 'local stratum 10\nallow 10.0.0.0/8\n')
    assert.not.match(server, /^server/m)
    assert.match(client, 'server address of h1 iburst\n')
    assert.not.match(client, 'allow')
  })
}

test('Without time servers nothing is touched', async () => {
  const host = bareHost('h1', 'debian')
  const before = host.snapshot()
  const { tasks } = await new FakeCluster([host]).run(systemTuning, vars([]))
  assert.equal(tasks, {})
  assert.equal(host.snapshot(), before)
})

test('A system without known places for chrony is refused with what to do', async () => {
  const host = bareHost('h1', 'debian')
  host.files.write('/etc/os-release', 'ID=alpine\n')
  const { events } = await new FakeCluster([host]).run(systemTuning, vars(['192.0.2.1']))
  const failed = events.find((event) => event.type === 'task' && event.status === 'failed')
  assert.match(JSON.stringify(failed), 'Where alpine has chrony is not known')
})

test('What chronyc says of its source is read by field', () => {
  assert.equal(parseTracking(synchronised), { source: '10.210.2.1', stratum: 9, leap: 'Normal' })
  assert.is(parseTracking(lonely).leap, 'Not synchronised')
})
