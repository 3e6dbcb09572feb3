import * as assert from 'uvu/assert'
import { packageNames, packagesOn } from '../../../../lib/cluster/packages.ts'
import { neededPackages } from '../../../../roles/system_tuning/tasks/packages.ts'
import { FakeGround } from '../../../support/fake-ground.ts'
import type { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster } from '../../../support/fake-run.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { configurationOf } from '../../cluster/configuration.ts'
import { given, hostWith, roleOf, troubleIn } from './one-task.ts'
import { families, type Family } from './tuned.ts'

const test = suite('roles/system_tuning: packages')
const role = roleOf(neededPackages)
const further = { debian: 'nvme-cli', redhat: 'tcpdump' } as const
const nothing = configurationOf({})
const versions = { debian: '12', redhat: '9.4' } as const
const own = { debs: [further.debian], rpms: [further.redhat] }

const base = (family: Family) => packageNames(packagesOn([], nothing), { family, version: versions[family] })

/** A host whose repository has all that is asked for; the first of the names is installed, and one brings another. */
async function hostBefore(family: Family): Promise<FakeHost> {
  const host = hostWith('node1', '10.0.0.1', family)
  for (const name of [...base(family), further[family]]) {
    host.packages.offer({ name, version: '1', ...(name === 'ipset' ? { depends: ['libipset'] } : {}) })
  }
  host.packages.offer({ name: 'libipset', version: '1' })
  await host.packages.install('tar', undefined, false, async () => undefined)
  return host
}

for (const family of families) {
  const id = `packages:${[...base(family), further[family]].toSorted().join('+')}`

  test(`It keeps the four laws on ${family}, and what was there before stays`, () =>
    keepsLaws(
      async () => new FakeGround(new FakeCluster([await hostBefore(family)]), role, given(own)),
      ({ host }): readonly Damage[] => [
        { title: 'one is gone', repairs: [id], do: () => host.packages.remove('socat', true) },
      ],
    ))
}

test('All of them come in one transaction', async () => {
  const host = await hostBefore('debian')
  await new FakeCluster([host]).run(role, given(own))
  assert.is(host.traffic.commands.filter((text) => text.startsWith('apt-get install')).length, 1)
  assert.ok([...base('debian'), 'nvme-cli', 'libipset'].every((name) => host.packages.installed(name)))
})

test('What a host is decides on what it needs besides', () => {
  const on = (
    roles: Parameters<typeof packagesOn>[0],
    settings: Parameters<typeof configurationOf>[0],
    system: Parameters<typeof packageNames>[1] = { family: 'debian', version: '12' },
  ) => {
    const all = packageNames(packagesOn(roles, configurationOf(settings)), system)
    const usual = packageNames(packagesOn([], nothing), system)
    return all.filter((name) => !usual.includes(name))
  }
  const redhat = { family: 'redhat', version: '9.4' } as const
  assert.equal(on(['server'], {}), [])
  assert.equal(on(['agent'], { kubernetes: { proxyMode: 'ipvs' } }), ['ipvsadm'])
  assert.equal(on(['etcd'], { kubernetes: { proxyMode: 'ipvs' } }), [])
  assert.equal(on(['lb'], { loadBalancer: { type: 'haproxy' } }), ['keepalived', 'haproxy'])
  assert.equal(on(['lb'], { loadBalancer: { type: 'nginx' } }), [
    'keepalived',
    'nginx',
    'libnginx-mod-stream',
  ])
  assert.equal(on(['lb'], { loadBalancer: { type: 'nginx' } }, redhat), [
    'keepalived',
    'nginx',
    'nginx-mod-stream',
  ])
  assert.equal(on(['lb'], { loadBalancer: { type: 'external' } }), [])
  assert.equal(on(['server'], { loadBalancer: { type: 'haproxy' } }), [])
})

test('Each family has its own names, and version 8 some of its own', () => {
  assert.ok(base('debian').includes('conntrack'))
  assert.ok(base('redhat').includes('conntrack-tools'))
  assert.not.ok(base('redhat').includes('curl'))
  assert.is(base('redhat').filter((name) => name === 'iptables-nft').length, 1)
  const on8 = packageNames(packagesOn([], nothing), { family: 'redhat', version: '8.10' })
  assert.ok(on8.includes('iptables') && on8.includes('iptables-ebtables') && !on8.includes('iptables-nft'))
  assert.equal(packageNames(packagesOn([], nothing), { family: 'other', version: '3' }), [])
})

test('A system without known packages is refused, unless its packages are kept', async () => {
  const host = await hostBefore('debian')
  host.files.write('/etc/os-release', 'ID=alpine\n')
  const cluster = new FakeCluster([host])
  assert.match(troubleIn(await cluster.run(role, given({}))), 'system_tuning.packages: keep')
  assert.equal((await cluster.run(role, given({ packages: 'keep' }))).tasks, {})
})
