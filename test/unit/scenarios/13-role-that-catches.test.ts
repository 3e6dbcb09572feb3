import * as assert from 'uvu/assert'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { osPackage } from '../../../lib/resources/package/package.ts'
import { defineCondition } from '../../../lib/task/gate.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/13 role that catches')

function role(tasks: (context: RoleContext<unknown, unknown>) => Promise<void>, name = 'try'): Role {
  return defineRole({ name, folder: import.meta.dirname, vars: {}, tasks })
}

/** What the package needs is installed before it turns out that the rest is nowhere to be had. */
function brokenPackage(): FakeHost {
  const host = new FakeHost('h1')
  host.packages.offer({ name: 'library', version: '1' })
  host.packages.offer({ name: 'broken', version: '1', depends: ['library', 'nowhere'] })
  return host
}

const install = (context: RoleContext<unknown, unknown>) =>
  context.task(
    'Install it',
    file({ path: '/etc/first', content: 'new' }),
    osPackage({ name: 'broken' }),
    file({ path: '/etc/never', content: 'new' }),
  )

test('A failure that the role catches counts as rescued, and the role goes on', async () => {
  const cluster = new FakeCluster([brokenPackage()])
  const catching = role(async (context) => {
    await install(context).catch(() => {})
    await context.task('Go on', file({ path: '/etc/second', content: 'new' }))
  })
  const run = await cluster.run(catching)
  assert.not(run.end.failed)
  assert.equal(run.tasks, { 'h1 Install it': 'rescued', 'h1 Go on': 'changed' })
  assert.equal(countsOf(run), { failed: 0, rescued: 1 })
})

test('What a rescued task left half done is undone, what it had done stays', async () => {
  const cluster = new FakeCluster([brokenPackage()])
  let halfDone: readonly string[] = []
  const catching = role(async (context) => {
    await install(context).catch(() => (halfDone = cluster.host('h1').packages.names()))
  })
  const run = await cluster.run(catching)
  assert.equal(halfDone, ['library'])
  assert.is(run.resources['h1 package:broken'], 'reverted')
  assert.is(run.resources['h1 file:/etc/first'], 'changed')
  const { files, packages } = cluster.host('h1')
  assert.equal(packages.names(), [])
  assert.is(files.read('/etc/first'), 'new')
  assert.is(files.read('/etc/never'), undefined)
  const undone = run.directory.journal('h1').entries.filter(({ type }) => type === 'undone')
  assert.is(undone.length, 1)
})

test('Rescued counts beside what fails, once in a resume too, and its half change is no revert of the host', async () => {
  const other = new FakeHost('h2')
  const cluster = new FakeCluster([brokenPackage(), other])
  const catching = role(async (context) => {
    if (context.host.name === 'h1') await install(context).catch(() => {})
    else await context.task('Fail', file({ path: '/nowhere/x', content: '' }))
  })
  const stages = [stage('Try', { hosts: 'all', roles: [catching], onFailure: 'continue' })]
  const first = await cluster.run(stages)
  const wanted = [
    { failed: 0, rescued: 1, reverted: 0 },
    { failed: 1, rescued: 0, reverted: 0 },
  ]
  assert.equal(recapsOf(first), wanted)
  assert.ok(first.end.failed)
  const next = cluster.again()
  assert.equal(recapsOf(await next.resume(first.directory, stages)), wanted)
  const back = next.again()
  const revert = await back.revert(first.directory, stages)
  assert.not(revert.end.failed)
  assert.equal(recapsOf(revert), [{ failed: 0, rescued: 0, reverted: 1 }])
})

test('A role that catches a failure, looks around and throws it again, has failed', async () => {
  const rethrowing = role(async (context) => {
    try {
      await install(context)
    } catch (error) {
      await context.task('Look around', file({ path: '/etc/evidence', content: 'x' }))
      throw error
    }
  })
  const run = await new FakeCluster([brokenPackage()]).run(rethrowing)
  assert.ok(run.end.failed)
  assert.equal(countsOf(run), { failed: 1, rescued: 1 })
})

test('Of tasks that were begun together, none runs after one has failed, and nothing counts as rescued', async () => {
  const together = role(async (context) => {
    await Promise.all([install(context), context.task('Beside', file({ path: '/etc/beside', content: 'x' }))])
  })
  const cluster = new FakeCluster([brokenPackage()])
  const run = await cluster.run(together)
  assert.ok(run.end.failed)
  assert.equal(countsOf(run), { failed: 1, rescued: 0 })
  assert.is(cluster.host('h1').files.read('/etc/beside'), undefined)
})

test('A lost host cannot be caught', async () => {
  const host = new FakeHost('h1')
  host.traffic.beforeWrite = (what) => {
    if (what.includes('/etc/first')) throw new Unreachable('network', 'h1 does not answer.', 'Is it on?')
  }
  const run = await new FakeCluster([host]).run(stubborn())
  assert.ok(run.end.unreachable)
  assert.not(run.end.failed)
  assert.equal(run.tasks, { 'h1 Write': 'unreachable' })
  assert.is(run.events.filter(({ type }) => type === 'contact').length, 1)
})

test('An interrupt cannot be caught; the task that runs is finished, and nothing fails', async () => {
  const interrupt = new AbortController()
  const host = new FakeHost('h1')
  host.traffic.beforeWrite = () => interrupt.abort()
  const cluster = new FakeCluster([host])
  const run = await cluster.run(stubborn(), { interrupted: interrupt.signal })
  assert.ok(run.end.interrupted)
  assert.not(run.end.failed)
  assert.is(run.tasks['h1 Write'], 'changed')
  assert.is(host.files.read('/etc/more'), 'x')
  assert.is(host.files.read('/etc/second'), undefined)
  assert.equal(countsOf(run), { failed: 0, rescued: 0 })
})

test('Plain code that asks after an interrupt counts as no failure either', async () => {
  const interrupt = new AbortController()
  const asking = role(async ({ task, fact }) => {
    await task('Write', file({ path: '/etc/first', content: 'x' }))
    const { defineFact } = await import('../../../lib/host/fact.ts')
    await fact(defineFact('nothing', async () => 0))
  })
  const host = new FakeHost('h1')
  host.traffic.beforeWrite = () => interrupt.abort()
  const { end } = await new FakeCluster([host]).run(asking, { interrupted: interrupt.signal })
  assert.ok(end.interrupted)
  assert.not(end.failed)
})

test('After an interrupt no other host begins, no other stage, and a gate does not wait any longer', async () => {
  const interrupt = new AbortController()
  let asked = 0
  const never = defineCondition('What never holds', async () => {
    asked++
    interrupt.abort()
    return { holds: false, found: 'nothing' }
  })
  const waiting = role(async ({ gate }) => {
    await gate('Wait', never, { deadline: '1s', every: '5ms' })
  })
  const hosts = ['h1', 'h2'].map((name) => new FakeHost(name))
  const stages = ['One', 'Two'].map((title) => stage(title, { hosts: 'all', roles: [waiting] }))
  const { end } = await new FakeCluster(hosts).run(stages, { interrupted: interrupt.signal, forks: 1 })
  assert.ok(end.interrupted)
  assert.not(end.failed)
  assert.is(asked, 1)
})

test('A wrong program cannot be caught', async () => {
  const other = role(
    async ({ task }) => void (await task('Write', file({ path: '/etc/first', content: 'y' }))),
    'other',
  )
  const cluster = new FakeCluster([new FakeHost('h1')])
  const run = await cluster.run([stage('Both', { hosts: 'all', roles: [other, stubborn()] })])
  assert.ok(run.end.failed)
  assert.is(cluster.host('h1').files.read('/etc/second'), undefined)
})

test('A role that ends while a task of it still runs is a wrong program, and that task is waited for', async () => {
  const forgetful = role(async ({ task }) => {
    void task(
      'Write',
      file({ path: '/etc/first', content: 'x' }),
      file({ path: '/etc/second', content: 'x' }),
    )
    void task('Write more', file({ path: '/etc/third', content: 'x' }))
  })
  const cluster = new FakeCluster([new FakeHost('h1')])
  const { end, events } = await cluster.run(forgetful)
  assert.ok(end.failed)
  const failed = events.filter((event) => event.type === 'task' && event.status === 'failed')
  assert.match(JSON.stringify(failed), 'ended while a task of it was still running')
  const { files } = cluster.host('h1')
  assert.equal([files.read('/etc/first'), files.read('/etc/second')], ['x', 'x'])
  assert.is(files.read('/etc/third'), undefined)
})

test('A forgotten task that fails does not take the process with it', async () => {
  const forgetful = role(async (context) => void install(context))
  const { end } = await new FakeCluster([brokenPackage()]).run(forgetful)
  assert.ok(end.failed)
})

test('An error of plain code fails the host with its place in the source', async () => {
  const broken = role(async () => {
    throw new RangeError('off by one')
  })
  const { end, events } = await new FakeCluster([new FakeHost('h1')]).run(broken)
  assert.ok(end.failed)
  assert.match(JSON.stringify(events), /RangeError: off by one.*13-role-that-catches/)
})

test('The end of a plan cannot be caught either: what follows would rest on a guess', async () => {
  const { defineFact } = await import('../../../lib/host/fact.ts')
  const answer = defineFact('answer', async () => 'yes')
  const guessing = role(async ({ task, fact }) => {
    await task('Write', file({ path: '/etc/first', content: 'x' }))
    const said = await fact(answer).catch(() => 'no')
    if (said === 'no') await task('Guess', file({ path: '/etc/guess', content: 'x' }))
  })
  const { tasks } = await new FakeCluster([new FakeHost('h1')]).check(guessing)
  assert.equal(tasks, { 'h1 Write': 'changed', 'h1 The rest of the plan': 'unknown' })
})

/** Catches whatever comes, and goes on. */
function stubborn(): Role {
  return role(async ({ task }) => {
    await task(
      'Write',
      file({ path: '/etc/first', content: 'x' }),
      file({ path: '/etc/more', content: 'x' }),
    ).catch(() => {})
    await task('Go on', file({ path: '/etc/second', content: 'x' })).catch(() => {})
  })
}

/** What was counted of each host. */
function recapsOf({ events }: FakeRun): readonly object[] {
  return events.flatMap((event) => {
    if (event.type !== 'recap') return []
    const { failed, rescued, reverted } = event.counts
    return [{ failed, rescued, reverted }]
  })
}

function countsOf({ events }: FakeRun): object {
  const recap = events.find((event) => event.type === 'recap')
  assert.ok(recap?.type === 'recap')
  const { failed, rescued } = recap.counts
  return { failed, rescued }
}
