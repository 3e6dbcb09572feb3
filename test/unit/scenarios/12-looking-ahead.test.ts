import * as assert from 'uvu/assert'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { drained, nodeOf, withNode } from '../../support/fake-node.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/12 looking ahead')
const path = '/etc/x'
const inUse = { pods: 3 }

function role(tasks: (context: RoleContext<unknown, unknown>) => Promise<void>): Role {
  return defineRole({ name: 'work', folder: import.meta.dirname, vars: {}, tasks })
}

const clusterOf = () => new FakeCluster([withNode(new FakeHost('h1'))])

test('A body that is foreseen to fail is not begun, and the failure is told of', async () => {
  const misspelt = role(async ({ task, during }) => {
    await during(drained('n1'), async () => {
      await task('Write', file({ path: '/etc/hosts', state: 'absent' }))
      await task('Run', unit({ name: 'daemonn' }))
    })
  })
  const cluster = clusterOf()
  for (const mode of ['run', 'check'] as const) {
    const { end, events } = await cluster[mode](misspelt)
    assert.ok(end.failed, mode)
    assert.match(
      failures(events),
      'Look ahead: drained fake node:n1: There is no unit daemonn.service on h1.',
    )
  }
  assert.equal(nodeOf(cluster.host('h1')), inUse)
  assert.not(cluster.host('h1').traffic.writes.some((what) => what.includes('kubectl')))
})

test('A wrong program is told of also when only a look ahead meets it', async () => {
  const cluster = clusterOf()
  const owner = (name: string) => (tasks: Role['tasks']) =>
    defineRole({ name, folder: import.meta.dirname, vars: {}, tasks })
  const first = owner('first')(async ({ task }) => void (await task('Write', file({ path, content: 'x' }))))
  const second = owner('second')(async ({ task, during }) => {
    await during(drained('n1'), async () => void (await task('Write', file({ path, content: 'y' }))))
  })
  const { end, events } = await cluster.run([stage('Both', { hosts: 'all', roles: [first, second] })])
  assert.ok(end.failed)
  assert.match(failures(events), 'The roles first and second both want to own path:/etc/x')
})

test('What a body catches while it is looked ahead is forgotten', async () => {
  const trying = role(async ({ task, during }) => {
    await during(drained('n1'), async () => {
      await task('Install', file({ path: '/etc/systemd/system/new.service', content: '[Service]\n' }))
      await task('Run what may not be there', unit({ name: 'other' })).catch(() => {})
    })
  })
  const cluster = clusterOf()
  const { end, events } = await cluster.run(trying)
  assert.not(end.failed)
  const about = events.filter((event) => event.type === 'task' && event.task === 'Run what may not be there')
  assert.equal(
    about.map((event) => event.type === 'task' && event.status),
    ['failed', 'rescued'],
  )
})

test('Nothing may be begun beside a bracket: it would only be looked at', async () => {
  const beside = role(async ({ task, during }) => {
    await Promise.all([
      during(drained('n1'), async () => void (await task('Write', file({ path, content: 'x' })))),
      task('Beside', file({ path: '/etc/beside', content: 'x' })),
    ])
  })
  const cluster = clusterOf()
  const { end, events } = await cluster.run(beside)
  assert.ok(end.failed)
  assert.match(failures(events), 'began something beside a bracket')
})

test('A task that was begun before a bracket is through before the look ahead', async () => {
  const before = role(async ({ task, during }) => {
    await Promise.all([
      task('Before', file({ path: '/etc/before', content: 'x' }), file({ path: '/etc/more', content: 'x' })),
      during(drained('n1'), async () => void (await task('Write', file({ path, content: 'x' })))),
    ])
  })
  const cluster = clusterOf()
  const { end } = await cluster.run(before)
  assert.not(end.failed)
  for (const written of ['/etc/before', '/etc/more', path])
    assert.is(cluster.host('h1').files.read(written), 'x')
})

test('In a bracket, the user is asked about each task once, and its ends follow from the body', async () => {
  const asked: (string | undefined)[] = []
  const simple = role(async ({ task, during }) => {
    await during(drained('n1'), async () => {
      await task('Write', file({ path, content: 'x' }))
      await task('Write more', file({ path: '/etc/more', content: 'x' }))
    })
  })
  const cluster = clusterOf()
  const { tasks } = await cluster.run(simple, {
    wanted: async ({ task }) => {
      asked.push(task)
      return task !== 'Write'
    },
  })
  assert.equal(asked, ['Write', 'Write more'])
  assert.is(tasks['h1 Write'], 'skipped')
  assert.is(tasks['h1 Enter: drained fake node:n1'], 'changed')
})

function failures(events: FakeRun['events']): string {
  const failed = events.filter((event) => event.type === 'task').filter(({ status }) => status === 'failed')
  return failed.map(({ task, message }) => `${task}: ${message}`).join('\n')
}
