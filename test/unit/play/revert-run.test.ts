import * as assert from 'uvu/assert'
import { defineGuard } from '../../../lib/play/guard.ts'
import { stage, type Stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { sh } from '../../../lib/host/command.ts'
import { command } from '../../../lib/resources/command/command.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { restart, unit } from '../../../lib/resources/unit/unit.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/revert-run')
const conf = '/etc/daemon.conf'
const ca = '/etc/ca.pem'

function role(name: string, tasks: Role['tasks']): Role {
  return defineRole({ name, folder: import.meta.dirname, vars: {}, tasks })
}

/** The file of an earlier stage is what the daemon of a later one reacts to. */
const apart: readonly Stage[] = [
  stage('Trust', {
    hosts: 'all',
    roles: [
      role('trust', async ({ task }) => void (await task('Trust', file({ path: ca, content: 'new ca' })))),
    ],
  }),
  stage('Configure', {
    hosts: 'all',
    roles: [
      role('daemon', async ({ task }) => {
        const files = await task('Configure', file({ path: conf, content: 'new' }))
        const trusted = [{ ...file({ path: ca, content: 'new ca' }) }]
        await task('Run', unit({ name: 'daemon', restartAfter: [...files, ...trusted] }))
      }),
    ],
  }),
]

function running(): FakeCluster {
  const host = new FakeHost('h1')
  host.files.write(conf, 'old')
  host.files.write(ca, 'old ca')
  host.systemd.define('daemon.service', { reads: [conf, ca], enabled: true, running: true })
  return new FakeCluster([host])
}

test('A daemon runs on what stands again, also where an earlier stage had changed it, wherever a revert is killed', async () => {
  const cluster = running()
  const before = cluster.host('h1').snapshot({ ours: true })
  const { directory } = await cluster.run(apart)
  assert.is(cluster.host('h1').systemd.took('daemon.service', ca), 'new ca')
  const back = cluster.again()
  const { moments } = await momentsOf(back, (options) => back.revert(directory, apart, options))
  assert.equal(back.host('h1').snapshot({ ours: true }), before)
  for (const moment of moments) {
    const again = continuedFrom(moment)
    await again.revert(directory, apart)
    assert.equal(again.host('h1').snapshot({ ours: true }), before, moment.after)
  }
})

test('A daemon that an earlier stage had started stops, though a later one had restarted it', async () => {
  const stages = [
    stage('Start', {
      hosts: 'all',
      roles: [
        role('owner', async ({ task }) => {
          const files = await task('Configure', file({ path: conf, content: 'new' }))
          await task('Run', unit({ name: 'daemon', restartAfter: files }))
        }),
      ],
    }),
    stage('Trust', {
      hosts: 'all',
      roles: [
        role('trust', async ({ task }) => {
          const files = await task('Trust', file({ path: ca, content: 'new ca' }))
          await task('Restart', restart('daemon', { after: files }))
        }),
      ],
    }),
  ]
  const host = new FakeHost('h1')
  host.systemd.define('daemon.service', { reads: [conf, ca] })
  const cluster = new FakeCluster([host])
  const before = host.snapshot({ ours: true })
  const { directory } = await cluster.run(stages)
  assert.is(host.systemd.active('daemon.service'), 'active')
  const back = cluster.again()
  const { moments } = await momentsOf(back, (options) => back.revert(directory, stages, options))
  assert.equal(back.host('h1').snapshot({ ours: true }), before)
  for (const moment of moments) {
    const again = continuedFrom(moment)
    await again.revert(directory, stages)
    assert.equal(again.host('h1').snapshot({ ours: true }), before, moment.after)
  }
})

test('A daemon that reacted to two things in two tasks runs on both again', async () => {
  const both = role('both', async ({ task }) => {
    const first = await task('Configure', file({ path: conf, content: 'new' }))
    await task('Run', unit({ name: 'daemon', restartAfter: first }))
    const second = await task('Trust', file({ path: ca, content: 'new ca' }))
    await task('Run again', unit({ name: 'daemon', restartAfter: second }))
  })
  const cluster = running()
  const before = cluster.host('h1').snapshot({ ours: true })
  const { directory } = await cluster.run(both)
  const back = cluster.again()
  await back.revert(directory, both)
  assert.equal(back.host('h1').snapshot({ ours: true }), before)
})

test('What reacts to something and cannot be undone is kept with its reason, not run again', async () => {
  const told = role('told', async ({ task }) => {
    const files = await task('Configure', file({ path: conf, content: 'new' }))
    const oneWay = 'What was said stays said.'
    await task('Tell', command({ title: 'Tell', run: sh`tell`, after: files, oneWay }))
  })
  const host = new FakeHost('h1')
  host.files.write(conf, 'old')
  const answers = (on: FakeHost) => on.onChange('tell', '')
  const cluster = new FakeCluster([host], undefined, (hosts) => hosts.forEach(answers))
  const { directory } = await cluster.run(told)
  const back = cluster.again()
  const { resources, events } = await back.revert(directory, told)
  assert.equal(resources, { 'h1 command:Tell': 'kept', [`h1 file:${conf}`]: 'reverted' })
  assert.match(JSON.stringify(events), 'What was said stays said.')
  assert.not(back.host('h1').traffic.commands.includes('tell'))
})

const write = role('write', async ({ host, task }) => {
  await task('Write', file({ path: '/etc/x', content: host.name }))
})

function threeHosts(): FakeCluster {
  return new FakeCluster(['h1', 'h2', 'h3'].map((name) => new FakeHost(name)))
}

test('A host that is lost in the midst of a revert keeps the run from counting as reverted', async () => {
  const cluster = threeHosts()
  const { directory } = await cluster.run(write)
  const back = cluster.again()
  back.host('h2').traffic.beforeWrite = () => {
    throw new Unreachable('network', 'h2 does not answer.', 'Is it switched on?')
  }
  const { end } = await back.revert(directory, write)
  assert.ok(end.unreachable)
  assert.is(back.store.find(directory.record.id)?.record.reverted, undefined)
  const again = back.again()
  await again.revert(directory, write)
  assert.is(again.host('h2').files.read('/etc/x'), undefined)
  assert.is(again.store.find(directory.record.id)?.record.reverted, true)
})

test('An interrupt ends a revert after what it is at, and another one goes on', async () => {
  const several = role('several', async ({ task }) => {
    for (const n of [1, 2, 3]) await task(`Write ${n}`, file({ path: `/etc/${n}`, content: 'x' }))
  })
  const cluster = new FakeCluster([new FakeHost('h1')])
  const before = cluster.host('h1').snapshot({ ours: true })
  const { directory } = await cluster.run(several)
  const interrupt = new AbortController()
  const back = cluster.again()
  back.host('h1').traffic.afterWrite = () => interrupt.abort()
  const { end } = await back.revert(directory, several, { interrupted: interrupt.signal })
  assert.ok(end.interrupted)
  const { files } = back.host('h1')
  assert.equal([files.read('/etc/1'), files.read('/etc/2'), files.read('/etc/3')], ['x', 'x', undefined])
  const again = back.again()
  await again.revert(directory, several)
  assert.equal(again.host('h1').snapshot({ ours: true }), before)
})

test('Limited to some hosts, a revert leaves no trace on them, and the run still stands for the others', async () => {
  const cluster = threeHosts()
  const before = cluster.hosts.map((host) => host.snapshot({ ours: true }))
  const { directory } = await cluster.run(write)
  const back = cluster.again()
  await back.revert(directory, write, { limit: ['h1'] })
  assert.equal(back.host('h1').snapshot({ ours: true }), before[0])
  assert.is(back.host('h2').files.read('/etc/x'), 'h2')
  assert.is(back.store.find(directory.record.id)?.record.reverted, undefined)
  const rest = back.again()
  await rest.revert(directory, write)
  assert.equal(
    rest.hosts.map((host) => host.snapshot({ ours: true })),
    before,
  )
})

test('Batches go back one by one, last first, and a guard that does not hold stops there', async () => {
  let asked = 0
  const guard = defineGuard('the quorum', async () => {
    return ++asked < 8 ? { holds: true } : { holds: false, found: 'nobody is left' }
  })
  const cluster = threeHosts()
  const stages = [stage('Write', { hosts: 'all', roles: [write], serial: 1, guards: [guard] })]
  const { directory } = await cluster.run(stages)
  assert.is(asked, 6)
  const back = cluster.again()
  const { end, events } = await back.revert(directory, stages)
  assert.ok(end.failed)
  const standing = back.hosts
    .filter(({ files }) => files.read('/etc/x') !== undefined)
    .map(({ name }) => name)
  assert.equal(standing, ['h1'])
  assert.match(JSON.stringify(events), 'After this was put back: the quorum must hold, but nobody is left')
})

test('What cannot be put back is told of, the rest goes back, and another revert tries again', async () => {
  const two = role('two', async ({ task }) => {
    await task(
      'Write',
      file({ path: '/etc/first', content: 'x' }),
      file({ path: '/etc/second', content: 'x' }),
    )
  })
  const host = new FakeHost('h1')
  host.files.write('/etc/second', 'old')
  const cluster = new FakeCluster([host])
  const before = host.snapshot({ ours: true })
  const { directory } = await cluster.run(two)
  const back = cluster.again()
  const images = back.host('h1').files.children('/var/lib/troupe/before')
  const [image = ''] = images
  const kept = back.host('h1').files.bytes(image) ?? Buffer.of()
  back.host('h1').files.remove(image)
  const first = await back.revert(directory, two)
  assert.equal(first.resources, { 'h1 file:/etc/second': 'failed', 'h1 file:/etc/first': 'reverted' })
  assert.ok(first.end.failed)
  back.host('h1').files.write(image, kept, { mode: 0o600 })
  const again = back.again()
  assert.not((await again.revert(directory, two)).end.failed)
  assert.equal(again.host('h1').snapshot({ ours: true }), before)
})
