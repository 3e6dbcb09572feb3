import * as assert from 'uvu/assert'
import { defineRole } from '../../../lib/play/role.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import { etcdHost, member, membersOf, withEtcd } from '../../support/fake-etcd.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/08 member through a peer')
const peers = ['p1', 'p2', 'p3']
const before = { p1: 'voter', p2: 'voter', p3: 'voter' } as const

/** Adds this host as a learner through a peer, prepares it, and makes it a voter. */
const join = defineRole({
  name: 'join',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ host, task, on }) {
    const aiming = (atLeast: 'learner' | 'voter') =>
      on(peers, member({ name: host.name, atLeast }), { exclusive: 'etcd' })
    await task('Add the member', aiming('learner'))
    await task('Configure it', file({ path: '/etc/etcd.conf', content: host.name }))
    await task('Let it vote', aiming('voter'))
  },
})

const joining = (hosts: string) => [stage('Join', { hosts, roles: [join] })]

function clusterOf(...joiners: readonly string[]): FakeCluster {
  const hosts = [...peers, ...joiners].map((name) => new FakeHost(name))
  return new FakeCluster([...hosts, etcdHost(before)], undefined, withEtcd)
}

/** The peer dies right after it has carried out what matches, before it could answer. */
function dies(host: FakeHost, after: RegExp): void {
  host.traffic.afterWrite = (what) => {
    if (after.test(what))
      throw new Unreachable('network', `${host.name} does not answer.`, 'Is it switched on?')
  }
}

test('A peer that dies in the midst of its work is replaced by the next, which goes on from what it sees', async () => {
  const cluster = clusterOf('h1')
  dies(cluster.host('p1'), /member add/)
  const { end, events, tasks } = await cluster.run(joining('h1'))
  assert.equal(membersOf(cluster.host('etcd')), { h1: 'voter', ...before })
  assert.is(tasks['h1 Let it vote'], 'changed')
  assert.equal(lost(events), ['p1'])
  assert.ok(end.unreachable)
  assert.not(end.failed)
})

test('The death of a peer is told of once, and it leaves the run', async () => {
  const cluster = clusterOf('h1')
  dies(cluster.host('p1'), /member add/)
  const later = defineRole({
    name: 'later',
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ task }) => void (await task('Do something', file({ path: '/etc/x', content: '' }))),
  })
  const stages = [...joining('h1'), stage('Later', { hosts: 'p1,p2', roles: [later] })]
  const { events, tasks } = await cluster.run(stages)
  assert.equal(lost(events), ['p1'])
  assert.is(tasks['p1 Do something'], undefined)
  assert.is(tasks['p2 Do something'], 'changed')
})

test('When the host itself is lost, none of its peers is taken for lost', async () => {
  const mixed = defineRole({
    name: 'mixed',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ host, task, on }) {
      const joined = on(peers, member({ name: host.name, atLeast: 'voter' }))
      await task('Do both', file({ path: '/etc/etcd.conf', content: host.name }), joined)
    },
  })
  const cluster = clusterOf('h1')
  dies(cluster.host('h1'), /etcd\.conf/)
  const { events, end } = await cluster.run([stage('Join', { hosts: 'h1', roles: [mixed] })])
  assert.equal(lost(events), ['h1'])
  assert.ok(end.unreachable)
})

test('When all peers are lost, the host fails, and is told why', async () => {
  const cluster = clusterOf('h1')
  for (const name of peers) cluster.off.add(name)
  const { events, tasks } = await cluster.run(joining('h1'))
  assert.is(tasks['h1 Add the member'], 'failed')
  const failed = events.filter((event) => event.type === 'task' && event.status === 'failed')
  assert.match(JSON.stringify(failed), /None of p1, p2, p3 can do this for h1.*p3 does not answer/)
})

test('Killed after the member was added, with that peer gone, resume and revert go through another', async () => {
  const cluster = clusterOf('h1')
  const start = all(cluster)
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(joining('h1'), options))
  const end = all(cluster)
  for (const moment of moments) {
    const resumed = continuedFrom(moment, withEtcd)
    resumed.off.add('p1')
    await resumed.resume(run.directory, joining('h1'))
    assert.equal(all(resumed), end, `${moment.after}: resumed`)

    const reverted = continuedFrom(moment, withEtcd)
    reverted.off.add('p1')
    const back = await reverted.revert(run.directory, joining('h1'))
    assert.equal(all(reverted), start, `${moment.after}: reverted`)
    assert.not(back.end.failed, moment.after)
  }
})

test('A peer that dies in the midst of a revert is replaced by the next', async () => {
  const cluster = clusterOf('h1')
  const start = all(cluster)
  const run = await cluster.run(joining('h1'))
  const back = cluster.again()
  dies(back.host('p1'), /member remove/)
  const reverted = await back.revert(run.directory, joining('h1'))
  assert.equal(all(back), start)
  assert.equal(lost(reverted.events), ['p1'])
  assert.not(reverted.end.failed)
})

test('A revert leaves no trace on the peers either', async () => {
  const cluster = clusterOf('h1')
  const start = all(cluster, true)
  const run = await cluster.run(joining('h1'))
  const back = cluster.again()
  await back.revert(run.directory, joining('h1'))
  assert.equal(all(back, true), start)
})

test('Two hosts that join at once through the same peers do so one after the other, to the end of the role', async () => {
  const cluster = clusterOf('h1', 'h2')
  let most = 0
  const etcd = cluster.host('etcd')
  for (const { traffic } of cluster.hosts) {
    traffic.afterWrite = () => {
      most = Math.max(
        most,
        Object.values(membersOf(etcd)).filter((standing) => standing === 'learner').length,
      )
    }
  }
  const { end, events } = await cluster.run(joining('h1,h2'))
  assert.not(end.failed, JSON.stringify(events.filter(({ type }) => type === 'task')))
  assert.is(most, 1)
  assert.equal(membersOf(etcd), { h1: 'voter', h2: 'voter', ...before })
})

test('Who waits for its turn when the run is interrupted does not begin', async () => {
  const cluster = clusterOf('h1', 'h2')
  const interrupt = new AbortController()
  for (const { traffic } of cluster.hosts) {
    traffic.afterWrite = (what) => void (/member add/.test(what) && interrupt.abort())
  }
  const { end } = await cluster.run(joining('h1,h2'), { interrupted: interrupt.signal })
  assert.ok(end.interrupted)
  assert.not(end.failed)
  assert.is(Object.keys(membersOf(cluster.host('etcd'))).length, 4)
})

test('What is looked ahead at through a peer leaves no mark on that peer', async () => {
  const { drained, withNode } = await import('../../support/fake-node.ts')
  const { defineFact } = await import('../../../lib/host/fact.ts')
  const motd = defineFact('motd', async () => 'hello')
  const role = defineRole({
    name: 'bracket',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ host, task, during, on, fact }) {
      await during(drained('n1'), async () => {
        await task('Add the member', on(['p1'], member({ name: host.name, atLeast: 'learner' })))
      })
      await during(drained('n1'), async () => void (await fact('p1', motd)))
    },
  })
  const hosts = ['p1', 'h1'].map((name) => new FakeHost(name))
  const cluster = new FakeCluster([...hosts, etcdHost(before)], undefined, (all) => {
    withEtcd(all)
    all.forEach((host) => withNode(host))
  })
  // A second batch, so that what is pending at its start counts.
  const twice = [stage('One', { hosts: 'h1', roles: [role] }), stage('Two', { hosts: 'h1', roles: [role] })]
  const { end, events } = await cluster.run(twice)
  assert.not(end.failed)
  const entered = events.filter((event) => event.type === 'task' && event.task?.startsWith('Enter'))
  assert.is(entered.length, 1)
})

function lost(events: FakeRun['events']): readonly (string | undefined)[] {
  return events.filter((event) => event.type === 'contact').map(({ host }) => host)
}

function all(cluster: FakeCluster, ours = false): object {
  return cluster.hosts.map((host) => host.snapshot({ ours }))
}
