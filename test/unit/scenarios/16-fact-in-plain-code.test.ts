import * as assert from 'uvu/assert'
import { defineFact } from '../../../lib/host/fact.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { osPackage } from '../../../lib/resources/package/package.ts'
import { NotYet } from '../../../lib/task/outcome.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { drained, nodeOf, withNode } from '../../support/fake-node.ts'
import { FakeCluster, type Prepare } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/16 fact in plain code')

/** What the package has brought; without it there is nothing to ask. */
const version = defineFact('version of the tool', async (host) => {
  const [text] = await host.readFiles(['/usr/bin/tool'])
  if (text === undefined) throw new NotYet('There is no /usr/bin/tool.')
  return text.toString()
})

const family = defineFact('family', async () => 'debian', { lasting: true })

function host(): FakeHost {
  const made = new FakeHost('h1')
  made.packages.offer({ name: 'tool', version: '2', files: { '/usr/bin/tool': '2' } })
  return made
}

const asking = defineRole({
  name: 'asking',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task, fact }) {
    await task('Install the tool', osPackage({ name: 'tool' }))
    await task(`Note ${await fact(family)}`, file({ path: '/etc/family', content: await fact(family) }))
    const found = await fact(version)
    await task('Note its version', file({ path: '/etc/version', content: found }))
  },
})

const after = defineRole({
  name: 'after',
  folder: import.meta.dirname,
  vars: {},
  tasks: async ({ task }) => void (await task('Go on', file({ path: '/etc/after', content: 'x' }))),
})

test('On a bare host the plan of the role ends at the question, with one unknown, and other roles go on', async () => {
  const cluster = new FakeCluster([host()])
  const { stage } = await import('../../../lib/play/playbook.ts')
  const stages = [stage('Both', { hosts: 'all', roles: [asking, after] })]
  const { tasks, end } = await cluster.check(stages)
  assert.equal(tasks, {
    'h1 Install the tool': 'changed',
    'h1 Note debian': 'changed',
    'h1 The rest of the plan': 'unknown',
    'h1 Go on': 'changed',
  })
  assert.not(end.failed)
  assert.ok(end.changed)
})

test('The run asks when the answer is there, and so does a check afterwards', async () => {
  const cluster = new FakeCluster([host()])
  assert.not((await cluster.run(asking)).end.failed)
  assert.is(cluster.host('h1').files.read('/etc/version'), '2')
  const { tasks } = await cluster.check(asking)
  assert.equal(new Set(Object.values(tasks)).size, 1)
  assert.is(tasks['h1 Note its version'], 'ok')
})

test('Where nothing is pending that could bring it, the question fails, under check as in the run', async () => {
  const bare = defineRole({
    name: 'bare',
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ fact }) => void (await fact(version)),
  })
  for (const mode of ['check', 'run'] as const) {
    const { end, events } = await new FakeCluster([host()])[mode](bare)
    assert.ok(end.failed, mode)
    assert.match(JSON.stringify(events), 'There is no /usr/bin/tool.')
  }
})

test('In the look ahead of a bracket it counts as pending, and the run succeeds', async () => {
  const bracketed: Role = defineRole({
    name: 'bracketed',
    folder: import.meta.dirname,
    vars: {},
    tasks: (context) => context.during(drained('n1'), () => asking.tasks(context)),
  })
  const prepare: Prepare = (hosts) => hosts.forEach((each) => withNode(each))
  const cluster = new FakeCluster([host()], undefined, prepare)
  const { end, tasks } = await cluster.run(bracketed)
  assert.not(end.failed)
  assert.is(tasks['h1 Note its version'], 'changed')
  assert.is(tasks['h1 Enter: drained fake node:n1'], 'changed')
  assert.is(tasks['h1 The rest of the plan'], undefined)
  assert.equal(nodeOf(cluster.host('h1')), { pods: 3 })
  assert.not((await cluster.run(bracketed)).end.changed)
})

test('Where a plan ends for the sake of another host, what comes later on this one may be unknown', async () => {
  const { stage } = await import('../../../lib/play/playbook.ts')
  const { unit } = await import('../../../lib/resources/unit/unit.ts')
  const installing = defineRole({
    name: 'installing',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ fact, task }) {
      await task('Install it', osPackage({ name: await fact('h2', version) }))
    },
  })
  const running = defineRole({
    name: 'running',
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ task }) => void (await task('Run it', unit({ name: 'daemon' }))),
  })
  const other = new FakeHost('h2')
  other.packages.offer({ name: 'tool', version: '2', files: { '/usr/bin/tool': '2' } })
  const { tasks, end } = await new FakeCluster([host(), other]).check([
    stage('Install the tool', { hosts: 'h2', roles: [asking] }),
    stage('Install the daemon', { hosts: 'h1', roles: [installing, running] }),
  ])
  assert.not(end.failed)
  assert.is(tasks['h1 The rest of the plan'], 'unknown')
  assert.is(tasks['h1 Run it'], 'unknown')
})

test('A fact is asked once, and again after the host has changed', async () => {
  let asked = 0
  const counted = defineFact('counted', async () => ++asked)
  const seen: number[] = []
  const role = defineRole({
    name: 'counting',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ task, fact }) {
      seen.push(await fact(counted), await fact(counted))
      await task('Write', file({ path: '/etc/x', content: 'x' }))
      seen.push(await fact(counted))
      await task('Write', file({ path: '/etc/x', content: 'x' }))
      seen.push(await fact(counted))
    },
  })
  await new FakeCluster([host()]).run(role)
  assert.equal(seen, [1, 1, 2, 2])
})
