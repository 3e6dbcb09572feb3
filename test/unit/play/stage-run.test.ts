import * as assert from 'uvu/assert'
import { defineFact } from '../../../lib/host/fact.ts'
import { defineGuard } from '../../../lib/play/guard.ts'
import { stage, type StageOptions } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/file.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/stage-run')
const names = ['h1', 'h2', 'h3', 'h4']

const clusterOf = () => new FakeCluster(names.map((name) => new FakeHost(name)))

function writing(path: string, ...fails: readonly string[]): Role {
  return defineRole({
    name: `write ${path}`,
    folder: import.meta.dirname,
    vars: {},
    async tasks({ host, task }) {
      await task('Write', file({ path, content: host.name }))
      if (fails.includes(host.name)) await task('Fail', file({ path: '/nowhere/x', content: '' }))
    },
  })
}

const on = (options: Partial<StageOptions> & Pick<StageOptions, 'roles'>) => ({ hosts: 'all', ...options })

/** The hosts on which a path stands. */
function having(cluster: FakeCluster, path: string): readonly string[] {
  return cluster.hosts.filter(({ files }) => files.read(path) !== undefined).map(({ name }) => name)
}

test('By default a failure lets the batch finish and goes no further', async () => {
  const cluster = clusterOf()
  const { end } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one', 'h1')], serial: 2 })),
    stage('Two', on({ roles: [writing('/etc/two')] })),
  ])
  assert.ok(end.failed)
  assert.equal(having(cluster, '/etc/one'), ['h1', 'h2'])
  assert.equal(having(cluster, '/etc/two'), [])
})

test('"continue" drops the host from the rest of the run, also with one host at a time', async () => {
  const cluster = clusterOf()
  const { end } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one', 'h2')], serial: 1, onFailure: 'continue' })),
    stage('Two', on({ roles: [writing('/etc/two')], serial: 1 })),
  ])
  assert.ok(end.failed)
  assert.equal(having(cluster, '/etc/one'), names)
  assert.equal(having(cluster, '/etc/two'), ['h1', 'h3', 'h4'])
})

test('"revert" undoes the stage on the hosts of the failing batch, and nothing before it', async () => {
  const cluster = clusterOf()
  const { end, resources } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one')] })),
    stage('Two', on({ roles: [writing('/etc/two', 'h4')], serial: 2, onFailure: 'revert' })),
    stage('Three', on({ roles: [writing('/etc/three')] })),
  ])
  assert.ok(end.failed)
  assert.equal(having(cluster, '/etc/one'), names)
  assert.equal(having(cluster, '/etc/two'), ['h1', 'h2'])
  assert.equal(having(cluster, '/etc/three'), [])
  assert.is(resources['h3 file:/etc/two'], 'reverted')
})

test('"revert" also undoes what the run did in that stage before it was taken up again', async () => {
  const cluster = clusterOf()
  const two = writing('/etc/two')
  const failing = stage('Two', on({ roles: [two, writing('/etc/more', 'h2')], serial: 1, onFailure: 'stop' }))
  const first = await cluster.run([failing])
  assert.equal(having(cluster, '/etc/two'), ['h1', 'h2'])
  const next = cluster.again()
  // Without h1, h2 is in another batch than before.
  next.off.add('h1')
  await next.resume(first.directory, [{ ...failing, onFailure: 'revert' }])
  assert.equal(having(next, '/etc/two'), ['h1'])
})

test('When a whole batch is lost, the run goes no further, and is not taken for good', async () => {
  const cluster = clusterOf()
  const gone = cluster.host('h2')
  gone.traffic.beforeWrite = (what) => {
    if (what.includes('/etc/one')) throw unreachable('h2')
  }
  const { end } = await cluster.run([stage('One', on({ roles: [writing('/etc/one')], serial: 1 }))])
  assert.ok(end.unreachable)
  assert.equal(having(cluster, '/etc/one'), ['h1'])
})

test('A host that was lost at the beginning is no batch of its own', async () => {
  const cluster = clusterOf()
  cluster.off.add('h1')
  const { end } = await cluster.run([stage('One', on({ roles: [writing('/etc/one')], serial: 1 }))])
  assert.ok(end.unreachable)
  assert.equal(having(cluster, '/etc/one'), ['h2', 'h3', 'h4'])
})

test('Where nobody is left for a stage, the run goes no further', async () => {
  const cluster = clusterOf()
  cluster.off.add('h1')
  await cluster.run([
    stage('One', on({ hosts: 'h1', roles: [writing('/etc/one')] })),
    stage('Two', on({ roles: [writing('/etc/two')] })),
  ])
  assert.equal(having(cluster, '/etc/two'), [])
})

test('A stage whose group is empty is passed over', async () => {
  const cluster = clusterOf()
  const { end } = await cluster.run([
    stage('One', on({ hosts: () => [], roles: [writing('/etc/one')] })),
    stage('Two', on({ roles: [writing('/etc/two')] })),
  ])
  assert.not(end.failed)
  assert.equal(having(cluster, '/etc/two'), names)
})

test('A stage that runs once takes the first host that is left', async () => {
  const cluster = clusterOf()
  cluster.off.add('h1')
  await cluster.run([stage('One', on({ roles: [writing('/etc/one')], runOnce: true }))])
  assert.equal(having(cluster, '/etc/one'), ['h2'])
})

test('Guards are asked before and after every batch, and one that does not hold stops the run', async () => {
  const asked: string[] = []
  const cluster = clusterOf()
  const guard = defineGuard('the quorum', async ({ batch }) => {
    asked.push(batch.join(' '))
    return asked.length < 4 ? { holds: true } : { holds: false, found: 'one of three is left' }
  })
  const { end, events } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one')], serial: 2, guards: [guard] })),
  ])
  assert.equal(asked, ['h1 h2', 'h1 h2', 'h3 h4', 'h3 h4'])
  assert.ok(end.failed)
  assert.match(said(events), 'After h3, h4: the quorum must hold, but one of three is left')
})

test('A guard that cannot be asked does not hold', async () => {
  const cluster = clusterOf()
  const guard = defineGuard('the quorum', async () => {
    throw new Error('etcdctl is not there')
  })
  const { end, events } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one')], guards: [guard] })),
  ])
  assert.ok(end.failed)
  assert.match(said(events), 'Before h1, h2, h3, h4: the quorum must hold, but etcdctl is not there')
  assert.equal(having(cluster, '/etc/one'), [])
})

test('Under check, a guard that only the run itself can bring to hold stops nothing', async () => {
  const cluster = clusterOf()
  const guard = defineGuard('the first stage', async ({ fact }) => {
    const there = await fact(
      'h1',
      defineFact('one', async (host) => (await host.readFiles(['/etc/one']))[0]),
    )
    return there === undefined ? { holds: false, found: 'nothing' } : { holds: true }
  })
  const stages = [
    stage('One', on({ roles: [writing('/etc/one')] })),
    stage('Two', on({ roles: [writing('/etc/two')], guards: [guard] })),
  ]
  const { end, resources } = await cluster.check(stages)
  assert.not(end.failed)
  assert.is(resources['h4 file:/etc/two'], 'changed')
  assert.not((await cluster.run(stages)).end.failed)
  const alone = await new FakeCluster([new FakeHost('h1')]).check([
    stage('Two', on({ roles: [writing('/etc/two')], guards: [guard] })),
  ])
  assert.ok(alone.end.failed)
})

test('A task that is skipped leaves its files as they are, and who reacts to them sees to that', async () => {
  const { unit } = await import('../../../lib/resources/unit.ts')
  const path = '/etc/daemon.conf'
  const role = defineRole({
    name: 'daemon',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ task }) {
      const files = await task('Configure', { tags: ['config'] }, file({ path, content: 'ours' }))
      await task('Run', { tags: ['run'] }, unit({ name: 'daemon', restartAfter: files }))
    },
  })
  const host = new FakeHost('h1')
  host.systemd.define('daemon.service', { reads: [path] })
  const cluster = new FakeCluster([host])
  await cluster.run(role)
  const only = { selection: { tags: ['run'], skipTags: [] } }
  assert.equal((await cluster.run(role, only)).tasks, { 'h1 Configure': 'skipped', 'h1 Run': 'ok' })
  host.files.write(path, 'theirs')
  assert.is((await cluster.check(role, only)).tasks['h1 Run'], 'changed')
  const begun = { wanted: async ({ task }: { readonly task?: string }) => task === 'Run' }
  assert.equal((await cluster.run(role, begun)).tasks, { 'h1 Configure': 'skipped', 'h1 Run': 'changed' })
  assert.is(host.systemd.took('daemon.service', path), 'theirs')
})

function said(events: FakeRun['events']): string {
  return JSON.stringify(events.filter(({ type }) => type === 'error'))
}

function unreachable(name: string): Error {
  return new Unreachable('network', `${name} does not answer.`, 'Is it switched on?')
}
