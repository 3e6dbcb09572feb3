import * as assert from 'uvu/assert'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { cordonByHand, drained, nodeOf, withNode } from '../../support/fake-node.ts'
import { FakeCluster, type FakeRun, type Prepare } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/12 bracket broken off')
const inUse = { pods: 3 }
const prepare: Prepare = (hosts) => hosts.forEach((host) => withNode(host))

/** Two tasks on a drained node; the second one fails on these hosts. */
function work(...fails: readonly string[]): Role {
  return defineRole({
    name: 'work',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ host, task, during }) {
      await during(drained('n1'), async () => {
        await task('First', file({ path: '/etc/first', content: 'x' }))
        if (fails.includes(host.name)) await task('Fail', file({ path: '/nowhere/x', content: '' }))
        await task('Second', file({ path: '/etc/second', content: 'x' }))
      })
    },
  })
}

const clusterOf = (...names: readonly string[]) =>
  new FakeCluster(
    names.map((name) => new FakeHost(name)),
    undefined,
    prepare,
  )

/** What was said of brackets. */
function saidOf({ events }: FakeRun): readonly string[] {
  return events.flatMap((event) => {
    return event.type === 'error' && event.message.includes('bracket') ? [event.message] : []
  })
}

const stays = 'The bracket "drained fake node:n1" stays entered on h1.'

/** Another process runs it again, with nothing in its way. */
async function nextLeaves(cluster: FakeCluster): Promise<void> {
  const next = cluster.again()
  next.off.clear()
  const { end, tasks } = await next.run(work())
  assert.not(end.failed)
  assert.is(tasks['h1 Leave: drained fake node:n1'], 'changed')
  assert.equal(nodeOf(next.host('h1')), inUse)
}

/** Another process puts back what the run did. */
async function revertLeaves(cluster: FakeCluster, { directory }: FakeRun): Promise<void> {
  const back = cluster.again()
  const { end } = await back.revert(directory, work())
  assert.not(end.failed)
  const { files } = back.host('h1')
  assert.equal([files.read('/etc/first'), nodeOf(back.host('h1'))], [undefined, inUse])
}

test('Entered half-way, the bracket is named, and the next run enters, works and leaves', async () => {
  const cluster = clusterOf('h1')
  cluster.host('h1').onChange('kubectl drain n1', { code: 1, stderr: 'a budget forbids it' })
  const run = await cluster.run(work())
  assert.ok(run.end.failed)
  assert.is(run.tasks['h1 Enter: drained fake node:n1'], 'failed')
  assert.equal(saidOf(run), [stays])
  assert.equal(nodeOf(cluster.host('h1')), { by: 'us', pods: 3 })
  await revertLeaves(cluster, run)
  await nextLeaves(cluster)
})

test('What fails before anything is set aside names no bracket', async () => {
  const cluster = clusterOf('h1')
  cluster.host('h1').onChange('kubectl cordon n1', { code: 1, stderr: 'forbidden' })
  const run = await cluster.run(work())
  assert.ok(run.end.failed)
  assert.equal(saidOf(run), [])
})

test('A leaving that fails names the bracket, and the next run leaves', async () => {
  const cluster = clusterOf('h1')
  cluster.host('h1').onChange('kubectl uncordon n1', { code: 1, stderr: 'the server is away' })
  const run = await cluster.run(work())
  assert.ok(run.end.failed)
  assert.equal(saidOf(run), [stays])
  await nextLeaves(cluster)
})

test('A host that is lost inside leaves the run with its bracket entered, which is named', async () => {
  const cluster = clusterOf('h1')
  cluster.host('h1').traffic.beforeWrite = (what) => {
    if (what.includes('/etc/second')) throw new Unreachable('network', 'h1 does not answer.', 'Is it on?')
  }
  const run = await cluster.run(work())
  assert.ok(run.end.unreachable)
  assert.not(run.end.failed)
  assert.equal(saidOf(run), [stays])
  await revertLeaves(cluster, run)
  await nextLeaves(cluster)
})

test('A host that is lost in the entering may have it entered, and the run says so', async () => {
  const cluster = clusterOf('h1')
  cluster.host('h1').traffic.afterWrite = (what) => {
    if (what === 'exec kubectl cordon n1')
      throw new Unreachable('network', 'h1 does not answer.', 'Is it on?')
  }
  const run = await cluster.run(work())
  assert.equal(saidOf(run), ['The bracket "drained fake node:n1" may still be entered on h1.'])
  await nextLeaves(cluster)
})

test('A host that a human had set aside, lost inside, has no bracket of ours', async () => {
  const cluster = clusterOf('h1')
  cordonByHand(cluster.host('h1'), 0)
  cluster.host('h1').traffic.beforeWrite = (what) => {
    if (what.includes('/etc/second')) throw new Unreachable('network', 'h1 does not answer.', 'Is it on?')
  }
  assert.equal(saidOf(await cluster.run(work())), [])
})

for (const [moment, at] of [
  ['in the body', 'write /etc/first'],
  ['after the body', 'write /etc/second'],
] as const) {
  test(`Interrupted ${moment}, the bracket stays entered and is named, and the next run leaves`, async () => {
    const cluster = clusterOf('h1')
    const interrupt = new AbortController()
    cluster.host('h1').traffic.afterWrite = (what) => {
      if (what === at) interrupt.abort()
    }
    const run = await cluster.run(work(), { interrupted: interrupt.signal })
    assert.ok(run.end.interrupted)
    assert.not(run.end.failed)
    assert.equal(saidOf(run), [stays])
    await revertLeaves(cluster, run)
    await nextLeaves(cluster)
  })
}

test('When the budget of failures is spent inside, the others of the batch leave, and only the failed one stays', async () => {
  const cluster = clusterOf('h1', 'h2', 'h3')
  const failing = stage('Work', { hosts: 'all', roles: [work('h1')], serial: 2, maxFail: 0 })
  const run = await cluster.run([failing])
  assert.ok(run.end.failed)
  assert.equal(saidOf(run), [stays])
  const nodes = cluster.hosts.map((host) => nodeOf(host)?.by)
  assert.equal(nodes, ['us', undefined, undefined])
  assert.is(cluster.host('h3').files.read('/etc/first'), undefined)
  const next = cluster.again()
  const second = await next.run(work())
  assert.not(second.end.failed)
  assert.equal(
    next.hosts.map((host) => nodeOf(host)),
    [inUse, inUse, inUse],
  )
})
