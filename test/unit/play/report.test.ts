import * as assert from 'uvu/assert'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Report, type Role } from '../../../lib/play/role.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/report')
const clusterOf = () => new FakeCluster(['h1', 'h2'].map((name) => new FakeHost(name)))

function reporting(report: Report): Role {
  return defineRole({
    name: 'reporting',
    folder: import.meta.dirname,
    vars: {},
    tasks: (context) => context.report('Look', async () => report, { tags: ['look'] }),
    explain: async () => ({ message: 'explained', seen: [{ what: 'a journal', text: 'full' }] }),
  })
}

const once = (report: Report) => [stage('See', { hosts: 'all', roles: [reporting(report)], runOnce: true })]

test('a report is one event of its task, and the run ends well', async () => {
  const { end, events } = await clusterOf().run(once({ name: 'health', data: [{ host: 'h1' }] }))
  assert.not(end.failed)
  const place = { stage: 'See', role: 'reporting', task: 'Look', host: 'h1' }
  assert.equal(
    events.filter(({ type }) => type === 'report'),
    [{ ...place, type: 'report', name: 'health', data: [{ host: 'h1' }] }],
  )
})

test('one that is not well is told all the same, and fails the task with its sentence and no evidence', async () => {
  const { end, events } = await clusterOf().run(once({ name: 'health', data: [], wrong: 'It is ill.' }))
  assert.ok(end.failed)
  const told = events.filter(({ type }) => type === 'report' || type === 'task')
  assert.equal(
    told.map(({ type }) => type),
    ['report', 'task'],
  )
  const task = told.find((event) => event.type === 'task')
  assert.equal([task?.status, task?.message, task?.evidence], ['failed', 'It is ill.', undefined])
})

test('a report that is not selected is not made', async () => {
  const selection = { tags: [], skipTags: ['look'] }
  const { end, events } = await clusterOf().run(once({ name: 'health', data: [], wrong: 'Ill.' }), {
    selection,
  })
  assert.not(end.failed)
  assert.not.ok(events.some(({ type }) => type === 'report'))
})
