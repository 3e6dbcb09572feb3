import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { defineFact, unlessLost } from '../../../lib/host/fact.ts'
import type { OpenHost } from '../../../lib/host/open.ts'
import { defineGuard } from '../../../lib/play/guard.ts'
import { putBack, stage, type Stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { line } from '../../../lib/resources/text/line.ts'
import { defineBracket } from '../../../lib/task/bracket.ts'
import { defineCondition } from '../../../lib/task/gate.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/idle')
const names = ['h1', 'h2', 'h3']

/** A cluster that notes which of its hosts are opened. */
class Watched extends FakeCluster {
  readonly opened: string[] = []

  protected override async open(name: string, forChanges: string | undefined): Promise<OpenHost> {
    this.opened.push(name)
    return super.open(name, forChanges)
  }
}

const clusterOf = () => new Watched(names.map((name) => new FakeHost(name)))

function doing(tasks: (context: RoleContext<unknown, unknown>) => Promise<void>, name = 'doing'): Role {
  return defineRole({ name, folder: import.meta.dirname, vars: {}, tasks })
}

const one = file({ path: '/etc/one', content: '1' })

/** Writes a file on these hosts alone. */
function writingOn(...hosts: readonly string[]): Role {
  return doing(async ({ host, task }) => {
    if (hosts.includes(host.name)) await task('Write', one)
  })
}

/** What was told of a host, in order. */
function toldOf(name: string, { events }: FakeRun): readonly string[] {
  return events.flatMap((event) => {
    if (event.type === 'stage-started') return [`${event.stage}: ${event.hosts.join(' ')}`]
    if (event.host !== name) return []
    if (event.type === 'task') return [`${event.role} ${event.task} ${event.status}`]
    return event.type === 'recap' ? [`skipped=${event.counts.skipped}`] : [event.type]
  })
}

const tagged = (...tags: readonly string[]) => ({ selection: { tags, skipTags: [] } })
const on = (hosts: string, ...roles: readonly Role[]) => stage('One', { hosts, roles })

test('A host on which no task would do anything is not opened, and counted all the same', async () => {
  for (const mode of ['run', 'check'] as const) {
    const cluster = clusterOf()
    const run = await cluster[mode](writingOn('h2'))
    assert.equal(cluster.opened, ['h2'])
    assert.equal(toldOf('h1', run), ['Test: h1 h2 h3', 'skipped=0'])
    assert.equal(
      run.events.flatMap((event) => (event.type === 'run-started' ? event.hosts : [])),
      names,
    )
  }
})

test('Where no task of a host is selected, each is told as skipped in its stage', async () => {
  const cluster = clusterOf()
  const later = defineCondition('later', async () => ({ holds: false, found: 'too early' }))
  const all = doing(async ({ task, gate, inspect, report }) => {
    const [written] = await task('Write', one, { tags: ['b'] })
    await gate(`Wait for ${written?.id}`, later, { deadline: '1ms', tags: ['b'] })
    await inspect('Inspect', async () => [])
    await report('Report', async () => ({ name: 'all', data: [] }))
  })
  const stages = [
    stage('One', { hosts: 'h1', roles: [writingOn('h1')], tags: ['a'] }),
    stage('Two', { hosts: 'h2:h3', roles: [all, writingOn('h3')] }),
  ]
  const run = await cluster.run(stages, tagged('a'))
  assert.equal(cluster.opened, ['h1'])
  const skipped = ['Write', 'Wait for file:/etc/one', 'Inspect', 'Report'].map(
    (task) => `doing ${task} skipped`,
  )
  assert.equal(toldOf('h2', run), ['One: h1', 'Two: h2 h3', ...skipped, 'skipped=4'])
  assert.equal(toldOf('h3', run), ['One: h1', 'Two: h2 h3', ...skipped, 'doing Write skipped', 'skipped=5'])
})

const holds = defineCondition('now', async () => ({ holds: true }))
const alive = defineFact('whether it lives', async () => true)
const marked = defineBracket('marked', {
  enter: () => line({ path: '/etc/marks', line: 'on' }),
  leave: () => line({ path: '/etc/marks', line: 'on', state: 'absent' }),
  mine: () => true,
})

const needs: Readonly<Record<string, (context: RoleContext<unknown, unknown>) => Promise<unknown>>> = {
  'does a task': ({ task }) => task('Write', one),
  'waits at a gate': ({ gate }) => gate('Wait', holds, { deadline: '1s' }),
  'inspects it': ({ inspect }) => inspect('Inspect', async () => []),
  'reports of it': ({ report }) => report('Report', async () => ({ name: 'all', data: [] })),
  'asks it something': ({ fact }) => fact(alive),
  'asks another host': ({ fact }) => fact('h2', alive),
  'works in a bracket': ({ during }) => during(marked(), async () => {}),
  'waits for something else': () => pause(5),
}

for (const [what, need] of Object.entries(needs)) {
  test(`A host is opened where a role ${what}, also where the role would catch what is wrong there`, async () => {
    const cluster = clusterOf()
    const role = doing(async (context) => {
      try {
        await need(context)
      } catch {
        return
      }
    })
    assert.not((await cluster.run([on('h1', role)])).end.failed)
    assert.is(cluster.opened[0], 'h1')
  })
}

test('A host is opened where a role does not await what it begins, or throws: the run tells of it', async () => {
  const forgetful = doing(async ({ task }) => void task('Write', one))
  const throwing = doing(async () => {
    throw new Error('Not like that.')
  })
  for (const [role, message] of [
    [forgetful, /await it/],
    [throwing, /Not like that/],
  ] as const) {
    const cluster = clusterOf()
    const { end, events } = await cluster.run([on('h1', role)])
    assert.equal(cluster.opened, ['h1'])
    assert.ok(end.failed)
    assert.match(JSON.stringify(events), message)
  }
})

test('That an idle host is off is no failure, and that another one is off is', async () => {
  for (const off of ['h1', 'h2']) {
    const cluster = clusterOf()
    cluster.off.add(off)
    const { end } = await cluster.run([on('h1:h2', writingOn('h2')), on('h3', writingOn('h3'))])
    assert.is(end.unreachable, off === 'h2')
  }
})

test('Nor is it one that it is off when another host would do without its answer', async () => {
  const cluster = clusterOf()
  cluster.off.add('h1')
  const asking = doing(async ({ fact }) => void (await fact('h1', unlessLost(alive))))
  const { end } = await cluster.run([on('h1', writingOn()), on('h2', asking)])
  assert.equal([cluster.opened, end.unreachable], [['h2', 'h1'], false])
})

test('What an earlier stage brings about is done, on a host that had seemed to be idle', async () => {
  const cluster = clusterOf()
  let brought = false
  const bringing = doing(async ({ task }) => {
    await task('Bring', one)
    brought = true
  })
  const taking = doing(async ({ task }) => {
    if (brought) await task('Take', one)
  })
  const { tasks } = await cluster.run([on('h1', bringing), stage('Two', { hosts: 'h2', roles: [taking] })])
  assert.equal(tasks, { 'h1 Bring': 'changed', 'h2 Take': 'changed' })
})

test('One of several hosts is chosen as if all were opened, and where none has work none is', async () => {
  for (const choice of [{ runOnce: true }, { anyOne: true }] as const) {
    const stages = (...roles: readonly Role[]): readonly Stage[] => [
      stage('One', { hosts: 'all', roles, ...choice }),
    ]
    const cluster = clusterOf()
    cluster.off.add('h2')
    const { tasks } = await cluster.run(stages(writingOn('h2', 'h3')))
    assert.equal([tasks, cluster.opened], [{}, names])
    cluster.off.add('h1')
    assert.equal((await cluster.run(stages(writingOn('h2', 'h3')))).tasks, { 'h3 Write': 'changed' })
    const nobody = clusterOf()
    const run = await nobody.run(stages(writingOn(...names)), tagged('other'))
    assert.equal([run.tasks, nobody.opened], [{ 'h1 Write': 'skipped' }, []])
  }
})

test('An idle host is in no batch and no canary, and counts for the budget of failures', async () => {
  const cluster = clusterOf()
  const asked: string[] = []
  const guard = defineGuard('the quorum', async ({ batch }) => {
    asked.push(batch.join(' '))
    return { holds: true }
  })
  const failing = doing(async ({ host, task }) => {
    if (host.name === 'h2') await task('Fail', file({ path: '/nowhere/x', content: '' }))
    if (host.name === 'h3') await task('Write', one)
  })
  const policy = { canary: 1, guards: [guard] } as const
  await cluster.run([stage('One', { hosts: 'all', roles: [writingOn('h2', 'h3')], ...policy })])
  assert.equal(asked, ['h2', 'h2', 'h3', 'h3'])
  const budget = await cluster.run([
    stage('One', { hosts: 'all', roles: [failing], maxFail: '34%' }),
    stage('Two', { hosts: 'h3', roles: [doing(async ({ task }) => void (await task('Go on')))] }),
  ])
  assert.is(budget.tasks['h3 Go on'], 'ok')
})

test('A stage that puts back opens its hosts, whatever other stages do there', async () => {
  const cluster = clusterOf()
  await cluster.run(writingOn('h1', 'h2'))
  const next = cluster.again()
  const { end } = await next.run([
    on('all', writingOn()),
    putBack('Back', { hosts: 'h2', roles: [writingOn()] }),
  ])
  assert.ok(end.changed)
  assert.is(next.host('h2').files.read('/etc/one'), undefined)
})

test('A host on which the run had begun is opened when it is gone on with: its stage may have to be undone', async () => {
  const cluster = clusterOf()
  const first = await cluster.run([on('all', writingOn('h1'))])
  const failing = doing(async ({ host, task }) => {
    if (host.name === 'h2') await task('Fail', file({ path: '/nowhere/x', content: '' }))
  })
  const next = new Watched(cluster.hosts, cluster.folder)
  await next.resume(first.directory, [stage('One', { hosts: 'all', roles: [failing], onFailure: 'revert' })])
  assert.equal(next.opened, ['h1', 'h2'])
  assert.is(next.host('h1').files.read('/etc/one'), undefined)
})
