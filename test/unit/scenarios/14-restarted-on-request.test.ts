import * as assert from 'uvu/assert'
import { defineRole } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { restarted } from '../../../lib/resources/unit/restarted.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/14 restarted on request')
const name = 'daemon.service'

const rotate = defineRole({
  name: 'rotate',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task, run }) {
    await task('Restart the daemon', restarted({ unit: name, run: run.id }))
    await task('Say so', file({ path: '/etc/motd', content: 'restarted\n' }))
  },
})

function clusterOf(): FakeCluster {
  const host = new FakeHost('h1')
  host.systemd.define(name, { enabled: true, running: true })
  return new FakeCluster([host])
}

const restarts = (cluster: FakeCluster) => cluster.host('h1').systemd.restarts(name)

test('A restart on request is made once a run, and named by each check', async () => {
  const cluster = clusterOf()
  for (const count of [1, 2]) {
    assert.is((await cluster.check(rotate)).resources[`h1 restarted:${name}`], 'changed')
    await cluster.run(rotate)
    assert.is(restarts(cluster), count)
  }
})

test('A resume does not make it again, wherever the run was killed', async () => {
  const cluster = clusterOf()
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(rotate, options))
  for (const moment of moments) {
    const resumed = continuedFrom(moment)
    const { end } = await resumed.resume(run.directory, rotate)
    assert.not(end.failed, moment.after)
    assert.is(restarts(resumed), 1, moment.after)
    await resumed.again().resume(run.directory, rotate)
    assert.is(restarts(resumed), 1, moment.after)
  }
})

test('No clock has a say in it: nothing that is asked or written holds a time', async () => {
  const cluster = clusterOf()
  const { directory } = await cluster.run(rotate)
  const { traffic, files } = cluster.host('h1')
  assert.not.match(traffic.commands.join('\n'), /date|Timestamp|stat -c .*%[XYZ]/)
  const mark = files.read(`/run/troupe/restarted/${name}`) ?? ''
  assert.equal(JSON.parse(mark), { run: directory.record.id })
})

test('Its revert is named as one-way, and the rest goes back', async () => {
  const cluster = clusterOf()
  const { directory } = await cluster.run(rotate)
  const back = cluster.again()
  const { events, resources } = await back.revert(directory, rotate)
  assert.equal(resources, { [`h1 restarted:${name}`]: 'kept', 'h1 file:/etc/motd': 'reverted' })
  const kept = events.find((event) => event.type === 'resource' && event.status === 'kept')
  assert.ok(kept?.type === 'resource' && kept.why === 'A restart cannot be undone.')
  assert.is(restarts(back), 1)
  const ours = back
    .host('h1')
    .files.paths()
    .filter((path) => path.includes('/troupe/'))
  assert.equal(ours, [], 'what nothing can undo is remembered on the host')
})

test('Killed before the restart, a revert has nothing to name as one-way', async () => {
  const cluster = clusterOf()
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(rotate, options))
  const first = moments.find(({ after }) => after === 'after intent 1')
  assert.ok(first !== undefined)
  const back = continuedFrom(first)
  const { resources } = await back.revert(run.directory, rotate)
  assert.equal(resources, { [`h1 restarted:${name}`]: 'reverted' })
})
