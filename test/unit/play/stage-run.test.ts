import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { defineFact } from '../../../lib/host/fact.ts'
import { defineGuard } from '../../../lib/play/guard.ts'
import { stage, type StageOptions } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
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

type WithoutHosts<S> = S extends unknown ? Omit<S, 'hosts'> & Partial<Pick<StageOptions, 'hosts'>> : never
const on = (options: WithoutHosts<StageOptions>): StageOptions => ({ hosts: 'all', ...options })

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
  const failing = { roles: [two, writing('/etc/more', 'h2')], serial: 1 }
  const first = await cluster.run([stage('Two', on({ ...failing, onFailure: 'stop' }))])
  assert.equal(having(cluster, '/etc/two'), ['h1', 'h2'])
  const next = cluster.again()
  // Without h1, h2 is in another batch than before.
  next.off.add('h1')
  await next.resume(first.directory, [stage('Two', on({ ...failing, onFailure: 'revert' }))])
  assert.equal(having(next, '/etc/two'), ['h1'])
})

test('With a budget, the stage goes on without those that fail, and so does the run', async () => {
  const cluster = clusterOf()
  const { end, events } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one', 'h1', 'h3')], serial: 1, maxFail: 2 })),
    stage('Two', on({ roles: [writing('/etc/two')] })),
  ])
  assert.ok(end.failed)
  assert.equal(having(cluster, '/etc/one'), names)
  assert.equal(having(cluster, '/etc/two'), ['h2', 'h4'])
  assert.is(said(events), '[]')
})

for (const maxFail of [1, '25%', '49.9%'] as const) {
  test(`More than a budget of ${maxFail} ends the stage, counted over all of its batches`, async () => {
    const cluster = clusterOf()
    const { events } = await cluster.run([
      stage('One', on({ roles: [writing('/etc/one', 'h1', 'h3')], serial: 1, maxFail })),
      stage('Two', on({ roles: [writing('/etc/two')] })),
    ])
    assert.equal(having(cluster, '/etc/one'), ['h1', 'h2', 'h3'])
    assert.equal(having(cluster, '/etc/two'), [])
    assert.match(said(events), `2 of 4 hosts failed or were lost (h1, h3); maxFail is ${maxFail}.`)
  })
}

test('A budget of exactly so many holds, as does a part that is not exceeded', async () => {
  for (const maxFail of [1, '25%'] as const) {
    const cluster = clusterOf()
    await cluster.run([stage('One', on({ roles: [writing('/etc/one', 'h1')], serial: 1, maxFail }))])
    assert.equal(having(cluster, '/etc/one'), names)
  }
})

test('A batch that is in the midst of its work when the budget is spent comes to its end', async () => {
  const cluster = clusterOf()
  await cluster.run([stage('One', on({ roles: [writing('/etc/one', 'h1')], serial: 3, maxFail: 0 }))], {
    forks: 1,
  })
  assert.equal(having(cluster, '/etc/one'), ['h1', 'h2', 'h3'])
})

test('Lost hosts count, also those that were never there, each in the first stage that it belongs to', async () => {
  const cluster = clusterOf()
  cluster.off.add('h1')
  const { events } = await cluster.run([stage('One', on({ roles: [writing('/etc/one')], maxFail: 0 }))])
  assert.equal(having(cluster, '/etc/one'), [])
  assert.match(said(events), '1 of 4 hosts failed or were lost (h1); maxFail is 0.')
  await cluster.run([
    stage('One', on({ roles: [writing('/etc/one')], maxFail: 1 })),
    stage('Two', on({ roles: [writing('/etc/two')], maxFail: 0 })),
  ])
  assert.equal(having(cluster, '/etc/two'), ['h2', 'h3', 'h4'])
})

test('The canary goes first, alone; then the others, as many at a time as serial says', async () => {
  const cluster = clusterOf()
  const { events } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one')], serial: 2, canary: 1 })),
  ])
  const begun = events.flatMap((event) => (event.type === 'batch-started' ? [event] : []))
  assert.equal(
    begun.map(({ hosts, canary }) => [hosts.join(' '), canary]),
    [
      ['h1', true],
      ['h2 h3', undefined],
      ['h4', undefined],
    ],
  )
})

for (const policy of [{ maxFail: 4 }, { onFailure: 'continue' }, {}] as const) {
  test(`When a canary fails the stage ends, with ${JSON.stringify(policy)} too`, async () => {
    const cluster = clusterOf()
    const { events, end } = await cluster.run([
      stage('One', on({ roles: [writing('/etc/one', 'h1')], canary: '25%', ...policy })),
      stage('Two', on({ roles: [writing('/etc/two')] })),
    ])
    assert.ok(end.failed)
    assert.equal(having(cluster, '/etc/one'), ['h1'])
    assert.equal(having(cluster, '/etc/two'), [])
    assert.match(said(events), 'The canary failed or was lost (h1): the stage goes to no other host.')
  })
}

test('A canary that is lost ends the stage too, and one that fails is undone where that is asked for', async () => {
  const lost = clusterOf()
  lost.host('h1').traffic.beforeWrite = () => {
    throw unreachable('h1')
  }
  await lost.run([stage('One', on({ roles: [writing('/etc/one')], canary: 1, onFailure: 'continue' }))])
  assert.equal(having(lost, '/etc/one'), [])
  const failed = clusterOf()
  await failed.run([stage('One', on({ roles: [writing('/etc/one', 'h1')], canary: 1, onFailure: 'revert' }))])
  assert.equal(having(failed, '/etc/one'), [])
})

test('After a failure within the budget the guards are asked as after any batch', async () => {
  let asked = 0
  const guard = defineGuard('the quorum', async () => {
    return ++asked < 2 ? { holds: true } : { holds: false, found: 'nobody is left' }
  })
  const cluster = clusterOf()
  await cluster.run([
    stage('One', on({ roles: [writing('/etc/one', 'h1')], serial: 1, maxFail: 3, guards: [guard] })),
  ])
  assert.equal(having(cluster, '/etc/one'), ['h1'])
})

test('A guard that holds again within its patience lets the run go on', async () => {
  let asked = 0
  const ask = async () =>
    ++asked % 2 === 0 ? { holds: true as const } : { holds: false, found: 'an election' }
  const withPatience = async (patience: '0s' | '2s') => {
    asked = 0
    const cluster = clusterOf()
    const guards = [defineGuard('the quorum', ask, { patience })]
    await cluster.run([stage('One', on({ roles: [writing('/etc/one')], guards }))])
    return having(cluster, '/etc/one').length > 0
  }
  assert.is(await withPatience('2s'), true)
  assert.is(await withPatience('0s'), false)
})

test('What cannot be asked of a stage does not compile, and is refused before any host is touched', async () => {
  const roles = [writing('/etc/one')]
  // @ts-expect-error what a failure means is said twice
  const both = stage('Both', { hosts: 'all', roles, maxFail: 1, onFailure: 'stop' })
  // @ts-expect-error no number of hosts, nor a part of them
  const word = stage('Word', { hosts: 'all', roles, maxFail: 'some' })
  const wrong = [
    [both, /"Both" has both maxFail and onFailure: "stop"/],
    [word, /"Word" has maxFail: "some"/],
    [stage('Too many', on({ roles, maxFail: '101%' })), /"Too many" has maxFail: "101%"/],
    [stage('Half', on({ roles, maxFail: 0.5 })), /"Half" has maxFail: 0.5/],
    [stage('Nobody', on({ roles, canary: 0 })), /has canary: 0/],
  ] as const
  for (const [bad, message] of wrong) {
    const cluster = clusterOf()
    const first = stage('First', on({ roles: [writing('/etc/first')] }))
    await rejects(() => cluster.run([first, bad]), message)
    assert.equal(having(cluster, '/etc/first'), [])
  }
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
  const { unit } = await import('../../../lib/resources/unit/unit.ts')
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

test('Any one of the hosts does: the first that can be reached, and those that are off are no failure', async () => {
  const cluster = clusterOf()
  cluster.off.add('h1')
  const { end } = await cluster.run([
    stage('One', on({ roles: [writing('/etc/one')], anyOne: true })),
    stage('Two', on({ hosts: 'h3', roles: [writing('/etc/two')] })),
  ])
  assert.not(end.unreachable)
  assert.equal([having(cluster, '/etc/one'), having(cluster, '/etc/two')], [['h2'], ['h3']])
})

test('Where none of them can be reached, the run goes no further', async () => {
  const cluster = clusterOf()
  for (const name of names.slice(0, 2)) cluster.off.add(name)
  const { end } = await cluster.run([
    stage('One', on({ hosts: 'h1:h2', roles: [writing('/etc/one')], anyOne: true })),
    stage('Two', on({ hosts: 'h3', roles: [writing('/etc/two')] })),
  ])
  assert.ok(end.unreachable)
  assert.equal(having(cluster, '/etc/two'), [])
})
