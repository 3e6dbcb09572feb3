import * as assert from 'uvu/assert'
import { defineRole } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { defineVars, string } from '../../../lib/vars/schema.ts'
import { FakeGround } from '../../support/fake-ground.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { cordonByHand, drained, nodeOf, withNode } from '../../support/fake-node.ts'
import { FakeCluster, type FakeRun, type Prepare } from '../../support/fake-run.ts'
import { isHonest, isIdempotent, isReversible } from '../../support/laws.ts'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/03 bracket')
const path = '/etc/kubelet.conf'
const inUse = { pods: 3 }

const upgrade = defineRole({
  name: 'upgrade',
  folder: import.meta.dirname,
  vars: defineVars({ version: string({ default: '2', doc: 'The one that is wanted.' }) }),
  async tasks({ task, during, vars }) {
    await during(drained('n1'), async () => {
      const files = await task('Upgrade the kubelet', file({ path, content: vars.version }))
      await task('Run the kubelet', unit({ name: 'kubelet', restartAfter: files }))
    })
  },
})

const prepare: Prepare = (hosts) => hosts.forEach((host) => withNode(host))
const vars = { vars: { upgrade: { version: '2' } } }

/** A node that runs version 1. */
function clusterOf(change: (host: FakeHost) => void = () => {}): FakeCluster {
  const host = new FakeHost('h1')
  host.files.write(path, '1')
  host.systemd.define('kubelet.service', { reads: [path], enabled: true, running: true })
  withNode(host)
  change(host)
  return new FakeCluster([host], undefined, prepare)
}

const ground = (change?: (host: FakeHost) => void) => () => new FakeGround(clusterOf(change), upgrade, vars)

test('A node is drained, upgraded and put back to use, in this order', async () => {
  const cluster = clusterOf()
  const run = await cluster.run(upgrade, vars)
  assert.equal(Object.entries(run.tasks), [
    ['h1 Enter: drained fake node:n1', 'changed'],
    ['h1 Upgrade the kubelet', 'changed'],
    ['h1 Run the kubelet', 'changed'],
    ['h1 Leave: drained fake node:n1', 'changed'],
  ])
  const writes = cluster
    .host('h1')
    .traffic.writes.filter((what) => /kubectl|restart|kubelet\.conf$/.test(what))
  assert.equal(writes, [
    'exec kubectl cordon n1',
    'exec kubectl drain n1',
    `write ${path}`,
    'exec systemctl reset-failed -- kubelet.service 2>/dev/null; systemctl restart -- kubelet.service',
    'exec kubectl uncordon n1',
  ])
})

test('On the second run the node is left alone', async () => {
  const cluster = clusterOf()
  await cluster.run(upgrade, vars)
  const second = await cluster.run(upgrade, vars)
  assert.equal(second.tasks, { 'h1 Upgrade the kubelet': 'ok', 'h1 Run the kubelet': 'ok' })
})

test('A check names both ends of the bracket, and what is between them', async () => {
  const { tasks } = await clusterOf().check(upgrade, vars)
  assert.equal(Object.entries(tasks), [
    ['h1 Enter: drained fake node:n1', 'changed'],
    ['h1 Upgrade the kubelet', 'changed'],
    ['h1 Run the kubelet', 'changed'],
    ['h1 Leave: drained fake node:n1', 'changed'],
  ])
  await isHonest(ground())
  await isIdempotent(ground())
  await isReversible(ground())
})

test('Killed anywhere, a resume ends with the upgraded node in use, and a revert with the old one', async () => {
  const cluster = clusterOf()
  const before = cluster.host('h1').snapshot({ ours: true })
  const { run, moments } = await momentsOf(cluster, (options) =>
    cluster.run(upgrade, { ...vars, ...options }),
  )
  const end = cluster.host('h1').snapshot()
  assert.ok(
    moments.some(({ after }) => after === 'after "exec kubectl cordon n1" on h1'),
    'half drained',
  )
  for (const moment of moments) {
    const resumed = continuedFrom(moment, prepare)
    assert.not((await resumed.resume(run.directory, upgrade, vars)).end.failed, moment.after)
    assert.equal(resumed.host('h1').snapshot(), end, `${moment.after}: resumed`)
    const back = resumed.again()
    await back.revert(run.directory, upgrade)
    assert.equal(back.host('h1').snapshot({ ours: true }), before, `${moment.after}: resumed, then reverted`)

    const reverted = continuedFrom(moment, prepare)
    assertClean(await reverted.revert(run.directory, upgrade), moment.after)
    assert.equal(reverted.host('h1').snapshot({ ours: true }), before, `${moment.after}: reverted`)
  }
})

test('Killed anywhere, the next run, too, leaves the bracket that the killed one had entered', async () => {
  const cluster = clusterOf()
  const { moments } = await momentsOf(cluster, (options) => cluster.run(upgrade, { ...vars, ...options }))
  const end = cluster.host('h1').snapshot()
  for (const moment of moments) {
    const next = continuedFrom(moment, prepare)
    await next.run(upgrade, vars)
    assert.equal(next.host('h1').snapshot(), end, moment.after)
  }
})

test('Killed after the body, the next run only leaves the bracket', async () => {
  const cluster = clusterOf()
  const { moments } = await momentsOf(cluster, (options) => cluster.run(upgrade, { ...vars, ...options }))
  const late = moments[moments.findIndex(({ after }) => after.includes('exec kubectl uncordon')) - 1]
  assert.ok(late !== undefined)
  const next = continuedFrom(late, prepare)
  const planned = await next.check(upgrade, vars)
  assert.equal(leaving(planned), ['h1 Leave: drained fake node:n1'])
  assert.equal(leaving(await next.run(upgrade, vars)), ['h1 Leave: drained fake node:n1'])
  assert.equal(nodeOf(next.host('h1')), inUse)
})

test('A node that a human has set aside stays so, also after a revert', async () => {
  const cluster = clusterOf((host) => cordonByHand(host, 0))
  const before = cluster.host('h1').snapshot({ ours: true })
  const run = await cluster.run(upgrade, vars)
  assert.is(run.tasks['h1 Enter: drained fake node:n1'], 'ok')
  assert.is(run.tasks['h1 Leave: drained fake node:n1'], undefined)
  assert.equal(nodeOf(cluster.host('h1')), { by: 'human', pods: 0 })
  const back = cluster.again()
  await back.revert(run.directory, upgrade)
  assert.equal(back.host('h1').snapshot({ ours: true }), before)
})

test('What a human has set aside, but not drained, is drained; that this cannot be undone is named', async () => {
  const cluster = clusterOf((host) => cordonByHand(host))
  const run = await cluster.run(upgrade, vars)
  assert.equal(nodeOf(cluster.host('h1')), { by: 'human', pods: 0 })
  const { resources } = await cluster.again().revert(run.directory, upgrade)
  assert.is(resources['h1 fake node:n1'], 'kept')
  assert.is(resources[`h1 file:${path}`], 'reverted')
})

test('What a bracket sets aside is nothing to go back to for ever', async () => {
  const cluster = clusterOf()
  await cluster.run(upgrade, vars)
  const origins = cluster.host('h1').files.read('/var/lib/troupe/origins') ?? ''
  assert.match(origins, `file:${path}`)
  assert.not.match(origins, 'fake node')
})

function leaving({ tasks }: FakeRun): readonly string[] {
  return Object.keys(tasks).filter((task) => tasks[task] === 'changed')
}

function assertClean({ end, events }: FakeRun, what: string): void {
  const rest = events.filter((event) => event.type === 'resource' && event.status !== 'reverted')
  assert.equal(rest, [], what)
  assert.not(end.failed, what)
}
