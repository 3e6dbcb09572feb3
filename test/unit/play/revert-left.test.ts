import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sh } from '../../../lib/host/command.ts'
import { defineGuard } from '../../../lib/play/guard.ts'
import { stage, type Stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { command } from '../../../lib/resources/command/command.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun, type Prepare } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/revert-left')

function role(name: string, tasks: Role['tasks']): Role {
  return defineRole({ name, folder: import.meta.dirname, vars: {}, tasks })
}

/** A join that its host does not undo while `/stuck` stands there, between two files. */
const join2 = role('joining', async ({ task }) => {
  await task('Write', file({ path: '/etc/before', content: 'x' }))
  const run = { title: 'Join', run: sh`join`, creates: '/joined', undo: sh`leave` }
  await task('Join the cluster', command(run))
  await task('Note it', file({ path: '/etc/after', content: 'x' }))
})

const stages: readonly Stage[] = [
  stage('Prepare', {
    hosts: 'all',
    roles: [
      role(
        'first',
        async ({ task }) => void (await task('Begin', file({ path: '/etc/begun', content: 'x' }))),
      ),
    ],
  }),
  stage('Join', { hosts: 'all', roles: [join2], serial: 2 }),
]

const prepare: Prepare = (hosts) => {
  for (const host of hosts) {
    host.onChange('join', () => (host.files.write('/joined', ''), ''))
    host.onChange('leave', () => {
      if (host.files.read('/stuck') !== undefined) return { code: 4, stderr: 'the API server is away' }
      host.files.remove('/joined')
      return ''
    })
  }
}

const clusterOf = (...names: readonly string[]) =>
  new FakeCluster(
    names.map((name) => new FakeHost(name)),
    undefined,
    prepare,
  )

const snapshots = (cluster: FakeCluster) => cluster.hosts.map((host) => host.snapshot({ ours: true }))

/** What was said at last of each host. */
function restsOf({ events }: FakeRun): readonly string[] {
  return events.flatMap((event) => (event.type === 'error' ? [`${event.host}: ${event.message}`] : []))
}

test('What cannot be undone is named at the end, all the rest is put back, and another revert does only that', async () => {
  const cluster = clusterOf('h1', 'h2', 'h3')
  const before = snapshots(cluster)
  const { directory } = await cluster.run(stages)
  const back = cluster.again()
  back.host('h2').files.write('/stuck', '')
  const run = await back.revert(directory, stages)
  assert.ok(run.end.failed)
  assert.not(run.end.unreachable)
  const [rest, ...others] = restsOf(run)
  assert.equal(others, [])
  assert.match(
    rest ?? '',
    /^h2: 1 change of this run is left\.\n {2}command:Join \(Join the cluster\): [^]*the API server is away/,
  )
  const { files } = back.host('h2')
  const left = ['/etc/begun', '/etc/before', '/joined', '/etc/after'].filter(
    (path) => files.read(path) !== undefined,
  )
  assert.equal(left, ['/joined'])
  const recaps = run.events.flatMap((event) => (event.type === 'recap' ? [event.counts.failed] : []))
  assert.equal(recaps, [0, 1, 0])
  assert.is(back.store.find(directory.record.id)?.record.reverted, undefined)

  const again = back.again()
  again.host('h2').files.remove('/stuck')
  const second = await again.revert(directory, stages)
  assert.not(second.end.failed)
  assert.equal(second.resources, { 'h2 command:Join': 'reverted' })
  const begun = second.events.flatMap((event) =>
    event.type === 'stage-started' ? [[event.stage, ...event.hosts]] : [],
  )
  assert.equal(begun, [['Join', 'h2']])
  assert.equal(snapshots(again), before)
  assert.ok(again.store.find(directory.record.id)?.record.reverted)
})

test('What two stages changed goes back as a whole, though the newer change could not be undone at first', async () => {
  const writing = (content: string) =>
    stage(`Write ${content}`, {
      hosts: 'all',
      roles: [
        role('write', async ({ task }) => void (await task('Write', file({ path: '/etc/x', content })))),
      ],
    })
  const both = [writing('first'), writing('second')]
  const host = new FakeHost('h1')
  host.files.write('/etc/x', 'old')
  const cluster = new FakeCluster([host])
  const before = snapshots(cluster)
  const { directory } = await cluster.run(both)
  const back = cluster.again()
  const readOnly = back.host('h1')
  const write = readOnly.writeFile.bind(readOnly)
  readOnly.writeFile = async (path, ...rest) => {
    if (path === '/etc/x') throw new Error('mv: Read-only file system')
    await write(path, ...rest)
  }
  const run = await back.revert(directory, both)
  assert.equal(run.resources, { 'h1 file:/etc/x': 'failed' })
  assert.match(restsOf(run).join(), /^h1: 1 change of this run is left/)
  const again = back.again()
  assert.not((await again.revert(directory, both)).end.failed)
  assert.equal(snapshots(again), before)
})

test('A lost host is named with how much of the run stands there', async () => {
  const cluster = clusterOf('h1', 'h2')
  const { directory } = await cluster.run(stages)
  const back = cluster.again()
  back.off.add('h2')
  const run = await back.revert(directory, stages)
  assert.ok(run.end.unreachable)
  assert.equal(restsOf(run), ['h2: 4 changes of this run are left: it cannot be reached.'])
})

test('What a guard or an interrupt kept it from is named too', async () => {
  const cluster = clusterOf('h1')
  const guard = defineGuard('the quorum', async () => ({ holds: false, found: 'nobody is left' }))
  const guarded = stages.map((each) => (each.title === 'Join' ? { ...each, guards: [guard] } : each))
  const { directory } = await cluster.run(stages)
  const run = await cluster.again().revert(directory, guarded)
  assert.ok(run.end.failed)
  assert.match(restsOf(run).join('\n'), 'h1: 1 change of this run is left.')
})

test('A host that the inventory has no more keeps its changes and is named, the others go back', async () => {
  const cluster = clusterOf('h1', 'h2')
  const { directory } = await cluster.run(stages)
  const back = cluster.again()
  const run = await back.revert(directory, stages, { inventory: ['h1'] })
  assert.equal(restsOf(run), [
    'h2: 4 changes of this run are left: h2 is not in the inventory any more, so its changes stay. Give an inventory that has it.',
  ])
  assert.ok(run.end.failed)
  assert.is(back.host('h1').files.read('/etc/begun'), undefined)
  assert.is(back.host('h2').files.read('/etc/begun'), 'x')
  const again = back.again()
  const second = await again.revert(directory, stages)
  assert.equal(restsOf(second), [])
  assert.not(second.end.failed)
  assert.is(again.host('h2').files.read('/etc/begun'), undefined)
})

test('Whoever limits a revert to some hosts has not failed for those that are gone', async () => {
  const cluster = clusterOf('h1', 'h2', 'h3')
  const { directory } = await cluster.run(stages)
  const { end } = await cluster.again().revert(directory, stages, { inventory: ['h1', 'h3'], limit: ['h1'] })
  assert.not(end.failed)
})

test('Of a stage that the playbook has no more, all goes back, and the user hears that no guard is asked', async () => {
  const cluster = clusterOf('h1')
  const before = snapshots(cluster)
  const { directory } = await cluster.run(stages)
  const back = cluster.again()
  const { end, events } = await back.revert(directory, [{ ...(stages[0] as Stage), title: 'Another' }])
  assert.not(end.failed)
  assert.equal(snapshots(back), before)
  const warned = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
  assert.equal(warned, [
    'The playbook has no stage "Join" any more, so no guards of it are asked.',
    'The playbook has no stage "Prepare" any more, so no guards of it are asked.',
  ])
})

test('A kind that is no longer imported fails alone, with the role that knew it', async () => {
  const cluster = clusterOf('h1')
  const { directory } = await cluster.run(stages)
  const journal = join(directory.folder, 'journal/h1.jsonl')
  writeFileSync(journal, readFileSync(journal, 'utf8').replaceAll('"kind":"command"', '"kind":"member"'))
  const back = cluster.again()
  const run = await back.revert(directory, stages)
  assert.equal(Object.values(run.resources).toSorted(), ['failed', 'reverted', 'reverted', 'reverted'])
  assert.match(
    restsOf(run).join(),
    'The kind "member" is not known here: the role joining, in test/unit/play, used it, and this playbook does not import it.',
  )
})

test('A journal that was cut in the midst of a line is reverted without that line', async () => {
  const cluster = clusterOf('h1')
  const before = snapshots(cluster)
  const { directory } = await cluster.run(stages)
  appendFileSync(join(directory.folder, 'journal/h1.jsonl'), '{"type":"intent","n":9,"at":{"stage":1,"ba')
  const back = cluster.again()
  assert.not((await back.revert(directory, stages)).end.failed)
  assert.equal(snapshots(back), before)
})

test('A daemon that runs again only once an earlier stage is back has not failed in the end', async () => {
  const conf = '/etc/daemon.conf'
  const wanted = file({ path: conf, content: 'new' })
  const apart = [
    stage('Configure', {
      hosts: 'all',
      roles: [role('conf', async ({ task }) => void (await task('Configure', wanted)))],
    }),
    stage('Run', {
      hosts: 'all',
      roles: [
        role('daemon', async ({ task }) => {
          const files = await task('Unit', file({ path: '/etc/daemon.env', content: 'new' }))
          await task('Run', unit({ name: 'daemon', restartAfter: [...files, { ...wanted }] }))
        }),
      ],
    }),
  ]
  const host = new FakeHost('h1')
  host.files.write(conf, 'old')
  host.systemd.define('daemon.service', { reads: [conf], enabled: true, running: true })
  const cluster = new FakeCluster([host])
  const before = snapshots(cluster)
  const { directory } = await cluster.run(apart)
  const back = cluster.again()
  back.host('h1').systemd.behave('daemon.service', { reads: [conf], refuses: { path: conf, text: 'new' } })
  const run = await back.revert(directory, apart)
  assert.not(run.end.failed)
  assert.equal(restsOf(run), [])
  assert.is(run.resources['h1 unit:daemon.service'], 'reverted')
  assert.equal(snapshots(back), before)
})
