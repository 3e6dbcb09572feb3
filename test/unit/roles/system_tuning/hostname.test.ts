import * as assert from 'uvu/assert'
import { hostName } from '../../../../roles/system_tuning/tasks/hostname.ts'
import { FakeGround } from '../../../support/fake-ground.ts'
import { FakeCluster } from '../../../support/fake-run.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { given, hostWith, roleOf, troubleIn } from './one-task.ts'
import { families, type Family } from './tuned.ts'

const test = suite('roles/system_tuning: hostname')
const role = roleOf(hostName)
const live = '/proc/sys/kernel/hostname'

/** A host that the inventory calls node1, and that is called otherwise. */
function hostCalled(name: string, family?: Family) {
  const host = hostWith('node1', '10.0.0.1', family)
  host.files.write('/etc/hostname', `${name}\n`)
  host.files.write(live, `${name}\n`)
  return host
}

for (const family of families) {
  test(`It keeps the four laws on ${family}`, () =>
    keepsLaws(
      () => new FakeGround(new FakeCluster([hostCalled('old', family)]), role, given({})),
      ({ host }): readonly Damage[] => [
        {
          title: 'another name, now',
          repairs: ['hostname:own'],
          do: () => host.files.write(live, 'other\n'),
        },
        {
          title: 'another name for the next boot',
          repairs: ['hostname:own'],
          do: () => host.files.write('/etc/hostname', 'other\n'),
        },
      ],
    ))
}

test('The line of the own name in /etc/hosts goes along only where the block of the cluster does not name it', async () => {
  for (const [etcHosts, line] of [
    ['keep', '127.0.1.1\tnode1'],
    ['managed', '127.0.1.1\tnode1.example.com node1'],
  ] as const) {
    const host = hostCalled('old')
    await new FakeCluster([host]).run(role, given({ etcHosts }))
    assert.match(host.files.read('/etc/hosts') ?? '', new RegExp(`^${line}$`, 'm'))
  }
})

test('A host keeps its name where that is wanted', async () => {
  const host = hostCalled('old')
  const { tasks } = await new FakeCluster([host]).run(role, given({ hostname: 'keep' }))
  assert.equal(tasks, {})
  assert.is(host.files.read(live), 'old\n')
})

for (const name of ['10.0.0.1', 'Node1', 'node_1']) {
  test(`${name} is no name, so that the host keeps its own, and its user is told`, async () => {
    const host = hostWith(name)
    host.files.write(live, 'old\n')
    const before = host.snapshot()
    const run = await new FakeCluster([host]).run(role, given({}))
    assert.match(troubleIn(run), `"class":"warning","found":"${name}"`)
    assert.match(troubleIn(run), 'put its address into ansible_host')
    assert.not.ok(run.end.failed)
    assert.equal(host.snapshot(), before)
  })
}

test('A node that has joined a cluster is not renamed, neither by a run nor in a plan', async () => {
  const host = hostCalled('old')
  host.systemd.define('k3s-agent.service')
  host.files.write('/etc/rancher/node/password', 'secret')
  const before = host.snapshot()
  const cluster = new FakeCluster([host])
  for (const run of [await cluster.check(role, given({})), await cluster.run(role, given({}))]) {
    assert.match(
      troubleIn(run),
      'node1 is a node of a cluster already, by the name of old: k3s-agent.service',
    )
    assert.match(troubleIn(run), 'Call it old in the inventory')
    assert.is(run.tasks['node1 Name the host as the inventory does'], 'failed')
  }
  assert.equal(host.snapshot(), before)
})

test('A node that bears its name already may go on, and so may one that is left out by its tag', async () => {
  const joined = (name: string) => {
    const host = hostCalled(name)
    host.files.write('/var/lib/kubelet/pki/kubelet.key', 'secret')
    return host
  }
  const right = joined('node1')
  right.files.write('/etc/hostname', 'other\n')
  assert.equal(troubleIn(await new FakeCluster([right]).run(role, given({}))), '')
  assert.is(right.files.read('/etc/hostname'), 'node1\n')
  const selection = { tags: [], skipTags: ['hostname'] }
  const left = await new FakeCluster([joined('old')]).run(role, { ...given({}), selection })
  assert.equal(troubleIn(left), '')
})
