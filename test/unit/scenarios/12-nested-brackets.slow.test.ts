import * as assert from 'uvu/assert'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { FakeGround } from '../../support/fake-ground.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { drained, nodeOf, withNode } from '../../support/fake-node.ts'
import { FakeCluster, type Prepare } from '../../support/fake-run.ts'
import { isHonest, isIdempotent, isReversible } from '../../support/laws.ts'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/12 nested brackets')
const path = '/etc/x'
const inUse = { pods: 3 }

const prepare: Prepare = (hosts) => hosts.forEach((host) => withNode(host, 'n1', 'n2'))

function role(tasks: (context: RoleContext<unknown, unknown>) => Promise<void>): Role {
  return defineRole({ name: 'work', folder: import.meta.dirname, vars: {}, tasks })
}

const clusterOf = (host = new FakeHost('h1')) => new FakeCluster([host], undefined, prepare)

let passes = 0
const nestedOn = (outer: string, inner: string) =>
  role(async ({ task, during }) => {
    await during(drained(outer), async () => {
      await task('Outside', file({ path: '/etc/outside', content: 'x' }))
      await during(drained(inner), async () => {
        passes++
        await task('Inside', file({ path, content: 'x' }))
      })
      await task('Outside again', file({ path: '/etc/again', content: 'x' }))
    })
  })
const nested = nestedOn('n1', 'n2')

test('The inner bracket is entered within the outer one, and left before it', async () => {
  const { tasks } = await clusterOf().run(nested)
  assert.equal(Object.keys(tasks), [
    'h1 Enter: drained fake node:n1',
    'h1 Outside',
    'h1 Enter: drained fake node:n2',
    'h1 Inside',
    'h1 Leave: drained fake node:n2',
    'h1 Outside again',
    'h1 Leave: drained fake node:n1',
  ])
})

test('Of two brackets on one thing, the outer one holds for both', async () => {
  const cluster = clusterOf()
  const { tasks } = await cluster.run(nestedOn('n1', 'n1'))
  assert.equal(Object.keys(tasks), [
    'h1 Enter: drained fake node:n1',
    'h1 Outside',
    'h1 Inside',
    'h1 Outside again',
    'h1 Leave: drained fake node:n1',
  ])
  assert.equal(nodeOf(cluster.host('h1')), inUse)
})

test('Nested brackets keep the laws that one keeps', async () => {
  const ground = () => new FakeGround(clusterOf(), nested)
  await isHonest(ground)
  await isIdempotent(ground)
  await isReversible(ground)
})

test('Killed anywhere in nested brackets, a resume and a revert come to their ends', async () => {
  const cluster = clusterOf()
  const before = cluster.host('h1').snapshot({ ours: true })
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(nested, options))
  const end = cluster.host('h1').snapshot()
  for (const moment of moments) {
    const resumed = continuedFrom(moment, prepare)
    await resumed.resume(run.directory, nested)
    assert.equal(resumed.host('h1').snapshot(), end, `${moment.after}: resumed`)
    const reverted = continuedFrom(moment, prepare)
    await reverted.revert(run.directory, nested)
    assert.equal(reverted.host('h1').snapshot({ ours: true }), before, `${moment.after}: reverted`)
  }
})

test('Plain code in a body is gone through twice in a run and in a check, also when there is nothing to do', async () => {
  let count = 0
  const counting = role(async ({ task, during }) => {
    await during(drained('n1'), async () => {
      count++
      await task('Write', file({ path, content: 'x' }))
    })
  })
  const cluster = clusterOf()
  for (const mode of ['check', 'run', 'run'] as const) {
    count = 0
    await cluster[mode](counting)
    assert.is(count, 2, mode)
  }
})

test('With each bracket around it, plain code is gone through twice as often', async () => {
  passes = 0
  await clusterOf().run(nested)
  assert.is(passes, 4)
})

test('A body returns what its plain code made in the run itself', async () => {
  const seen: string[] = []
  const returning = role(async ({ task, during }) => {
    let pass = 0
    seen.push(
      await during(drained('n1'), async () => {
        await task('Write', file({ path, content: 'x' }))
        return `pass ${++pass}`
      }),
    )
  })
  await clusterOf().run(returning)
  assert.equal(seen, ['pass 2'])
})

test('When leaving fails, the run fails; the next one only leaves', async () => {
  const host = new FakeHost('h1')
  const cluster = clusterOf(host)
  host.onChange(/^kubectl uncordon /, { code: 1, stderr: 'the server is away' })
  const simple = role(async ({ task, during }) => {
    await during(drained('n1'), async () => void (await task('Write', file({ path, content: 'x' }))))
  })
  const first = await cluster.run(simple)
  assert.ok(first.end.failed)
  assert.is(first.tasks['h1 Leave: drained fake node:n1'], 'failed')
  assert.is(nodeOf(host)?.by, 'us')
  const next = cluster.again()
  const second = await next.run(simple)
  assert.equal(second.tasks, { 'h1 Write': 'ok', 'h1 Leave: drained fake node:n1': 'changed' })
  assert.equal(nodeOf(next.host('h1')), inUse)
})

/** The daemon does not start on what is written. */
function failing(content: string): Role {
  return role(async ({ task, during }) => {
    await during(drained('n1'), async () => {
      const files = await task('Configure', file({ path, content }))
      await task('Run', unit({ name: 'daemon', restartAfter: files }))
    })
  })
}

function daemonHost(): FakeHost {
  const host = new FakeHost('h1')
  host.files.write(path, 'old')
  host.systemd.define('daemon.service', {
    reads: [path],
    refuses: { path, text: 'bad' },
    enabled: true,
    running: true,
  })
  return host
}

test('When the body fails the bracket stays entered, the error names it once, and a later run leaves it', async () => {
  const cluster = clusterOf(daemonHost())
  const { end, events, tasks } = await cluster.run(failing('bad'))
  assert.ok(end.failed)
  assert.is(tasks['h1 Run'], 'failed')
  assert.is(events.filter((event) => event.type === 'task' && event.status === 'failed').length, 1)
  const said = events.filter((event) => event.type === 'error')
  assert.is(said.length, 1)
  assert.match(JSON.stringify(said), 'The bracket \\"drained fake node:n1\\" stays entered on h1')
  assert.is(nodeOf(cluster.host('h1'))?.by, 'us')
  const next = cluster.again()
  const second = await next.run(failing('good'))
  assert.not(second.end.failed)
  assert.equal(nodeOf(next.host('h1')), inUse)
})

test('When the body fails, a revert leaves the bracket too', async () => {
  const cluster = clusterOf(daemonHost())
  const before = cluster.host('h1').snapshot({ ours: true })
  const { directory } = await cluster.run(failing('bad'))
  const back = cluster.again()
  const { end } = await back.revert(directory, failing('bad'))
  assert.not(end.failed)
  assert.equal(back.host('h1').snapshot({ ours: true }), before)
})

test('A role that catches a failed body reads in it which bracket stays entered', async () => {
  let message = ''
  const catching = role(async (context) => {
    await failing('bad')
      .tasks(context)
      .catch((error: unknown) => (message = error instanceof Error ? error.message : ''))
  })
  await clusterOf(daemonHost()).run(catching)
  assert.match(message, /daemon\.service does not run[^]*stays entered on h1/)
})
