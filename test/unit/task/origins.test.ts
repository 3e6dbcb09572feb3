import * as assert from 'uvu/assert'
import { ourPaths } from '../../../lib/host/paths.ts'
import { sh } from '../../../lib/host/command.ts'
import { defineRole } from '../../../lib/play/role.ts'
import { command } from '../../../lib/resources/command/command.ts'
import { file } from '../../../lib/resources/files/file.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { Origins } from '../../../lib/task/origins.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/origins')
const by = { role: 'r', task: 't' }
const thing = (name: string, ref: string = name) => ({ kind: 'file', id: `file:${name}`, ref })
const state = (hash: string, more: object = {}) => ({ is: 'file', hash, ...more })

function role(...resources: readonly Resource[]) {
  return defineRole({
    name: 'app',
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ task }) => void (await task('Configure it', ...resources)),
  })
}

function remembered(cluster: FakeCluster): readonly Readonly<Record<string, unknown>>[] {
  return JSON.parse(cluster.host('h1').files.read(ourPaths.origins) ?? '[]')
}

test('What stood first stays first, and what our changes left is what the last of them left', () => {
  const origins = new Origins()
  for (const [from, to] of [
    ['a', 'b'],
    ['b', 'c'],
  ] as const) {
    origins.foresee({ thing: thing('x'), from: state(from), to: state(to) }, by)
    origins.begin('file:x')
    origins.arrived('file:x')
  }
  assert.equal(origins.all, [{ ...thing('x'), ...by, from: state('a'), left: state('c') }])
})

test('A field that others changed meanwhile, and that we passed over, is none of ours', () => {
  const origins = new Origins()
  const [ours, theirs] = [{ mode: 0o644 }, { mode: 0o600 }]
  origins.foresee({ thing: thing('x'), from: state('a', ours), to: state('b', ours) }, by)
  origins.arrived('file:x')
  origins.begin('file:x')
  origins.foresee({ thing: thing('x'), from: state('a', ours), to: state('b', ours) }, by)
  origins.begin('file:x')
  origins.arrived('file:x')
  origins.foresee({ thing: thing('x'), from: state('b', theirs), to: state('c', theirs) }, by)
  assert.equal(origins.of('file:x')?.left, state('c', ours))
})

test('A move that was not begun is dropped, whatever was known before', () => {
  const origins = new Origins()
  origins.foresee({ thing: thing('x'), from: state('a'), to: state('b') }, by)
  origins.foresee({ thing: thing('y'), from: state('a'), to: state('b') }, by)
  origins.begin('file:y')
  origins.drop('file:x')
  origins.drop('file:y')
  assert.equal(
    origins.all.map(({ id }) => id),
    ['file:y'],
  )
})

test('What is no longer looked at in the same way is remembered apart, the newest first to go', () => {
  const origins = new Origins()
  for (const [ref, from, to] of [
    ['a b', '1', '2'],
    ['b c', '2', '3'],
    ['a b', '3', '4'],
  ] as const) {
    origins.foresee({ thing: thing('x', ref), from: state(from), to: state(to) }, by)
    origins.begin('file:x')
  }
  assert.equal(
    origins.all.map(({ ref }) => ref),
    ['a b', 'b c', 'a b'],
  )
  origins.back(thing('x', 'b c'), state('2'))
  assert.is(origins.all.length, 3)
  origins.back(thing('x', 'a b'), state('3'))
  origins.back(thing('x', 'b c'), state('2'))
  assert.equal(
    origins.all.map(({ from }) => from),
    [state('1')],
  )
})

test('What a task did not come to is not remembered, and what it did is known to have come to its end', async () => {
  const host = new FakeHost('h1')
  const cluster = new FakeCluster([host])
  host.onChange('join', { code: 1 })
  const join = command({ title: 'Join', run: sh`join`, creates: '/etc/2', undo: sh`leave` })
  const three = role(file({ path: '/etc/1', content: 'x' }), join, file({ path: '/etc/3', content: 'x' }))
  assert.ok((await cluster.run(three)).end.failed)
  assert.equal(
    remembered(cluster).map(({ id, moving }) => [id, moving !== undefined]),
    [
      ['file:/etc/1', false],
      ['command:Join', true],
    ],
  )
})

test('A task costs one write for all that it changes, and the run one for how that ended', async () => {
  const host = new FakeHost('h1')
  await new FakeCluster([host]).run(role(...[1, 2, 3].map((n) => file({ path: `/etc/${n}`, content: 'x' }))))
  assert.is(host.traffic.writes.filter((what) => what === `write ${ourPaths.origins}`).length, 2)
})

test('A revert takes out of what is remembered only what is as it was at first', async () => {
  const host = new FakeHost('h1')
  host.files.write('/etc/1', 'old')
  const cluster = new FakeCluster([host])
  const first = await cluster.run(role(file({ path: '/etc/1', content: 'one' })))
  const second = await cluster.run(role(file({ path: '/etc/1', content: 'two' })))
  const once = cluster.again()
  await once.revert(second.directory, role())
  assert.equal(
    remembered(once).map(({ left }) => left),
    [{ ...(remembered(cluster)[0]?.['left'] as object), hash: host.keep('one') }],
  )
  await once.again().revert(first.directory, role())
})
