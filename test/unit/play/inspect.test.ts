import * as assert from 'uvu/assert'
import { defineFact } from '../../../lib/host/fact.ts'
import { sh } from '../../../lib/host/command.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import type { Finding } from '../../../lib/report/events.ts'
import { languageOf } from '../../../lib/report/language.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/inspect')
const names = ['h1', 'h2', 'h3']
const clusterOf = () => new FakeCluster(names.map((name) => new FakeHost(name)))

const finding = (grade: Finding['class'], message: string): Finding => ({
  check: 'disk',
  class: grade,
  found: 'full',
  wanted: 'room',
  message,
  advice: 'Make room.',
})

/** Finds these classes on these hosts, then writes a file. */
function judging(found: Readonly<Record<string, readonly Finding['class'][]>>): Role {
  return defineRole({
    name: 'judging',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ host, inspect, task, run }) {
      await inspect('Judge the host', async () => {
        return (found[host.name] ?? []).map((grade) => finding(grade, `${run.language}: ${host.name}`))
      })
      await task('Write', file({ path: '/etc/judged', content: '' }))
    },
    unreachable: async ({ host, why, run }) => [finding('fatal', `${run.language}: ${host} ${why.reason}`)],
  })
}

test('what is fatal ends the host once all of it is told, and the run with it', async () => {
  const cluster = clusterOf()
  const role = judging({ h1: ['warning', 'fatal', 'fix'], h2: ['fix', 'warning'] })
  const { end, events, tasks } = await cluster.run([
    stage('Judge', { hosts: 'all', roles: [role] }),
    stage('Next', { hosts: 'all', roles: [role] }),
  ])
  assert.ok(end.failed)
  const told = events.flatMap((event) => (event.type === 'finding' ? [`${event.host} ${event.class}`] : []))
  assert.equal(told.toSorted(), ['h1 fatal', 'h1 fix', 'h1 warning', 'h2 fix', 'h2 warning'])
  assert.equal(tasks, {
    'h1 Judge the host': 'failed',
    'h2 Judge the host': 'ok',
    'h2 Write': 'changed',
    'h3 Judge the host': 'ok',
    'h3 Write': 'changed',
  })
  assert.equal(
    events
      .filter((event) => event.type === 'task' && event.status === 'failed')
      .map((event) => 'message' in event),
    [false],
  )
})

test('of a host that cannot be reached the role tells in the same table, in the stage in which it is missed', async () => {
  const cluster = clusterOf()
  cluster.off.add('h2')
  const stages = ['One', 'Two'].map((title) => stage(title, { hosts: 'all', roles: [judging({})] }))
  const { end, events } = await cluster.run(stages, { language: 'zh' })
  assert.ok(end.unreachable)
  const told = events.flatMap((event) =>
    event.type === 'finding' ? [`${event.stage} ${event.message}`] : [],
  )
  assert.equal(told, ['One zh: h2 network'])
})

test('a task that is not selected looks at nothing', async () => {
  const cluster = clusterOf()
  const { events, tasks } = await cluster.run(judging({ h1: ['fatal'] }), {
    selection: { tags: ['other'], skipTags: [] },
  })
  assert.is(tasks['h1 Judge the host'], 'skipped')
  assert.not.ok(events.some((event) => event.type === 'finding'))
})

test('a host that is asked by itself and by others in one batch is asked once', async () => {
  const cluster = clusterOf()
  let asked = 0
  for (const host of cluster.hosts) host.on('uptime', () => (asked++, 'up'))
  const uptime = defineFact('the uptime', async (host) => (await host.query(sh`uptime`)).stdout)
  const role = defineRole({
    name: 'asking',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ fact, group }) {
      await Promise.all(group('all').map(({ name }) => fact(name, uptime)))
    },
  })
  await cluster.run(role)
  assert.is(asked, names.length)
})

test('the language is that of the environment, as programs read it there', () => {
  assert.is(languageOf({ LANG: 'zh_CN.UTF-8' }), 'zh')
  assert.is(languageOf({ LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8' }), 'en')
  assert.is(languageOf({ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'zh_TW' }), 'zh')
  assert.is(languageOf({}), 'en')
})
