import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { defineFact } from '../../../lib/host/fact.ts'
import type { Stat } from '../../../lib/host/host.ts'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { defineBracket } from '../../../lib/task/bracket.ts'
import { defineCondition } from '../../../lib/task/gate.ts'
import { HostRun } from '../../../lib/task/host-run.ts'
import { Origins } from '../../../lib/task/origins.ts'
import { glanceAt } from '../../../lib/task/reading.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/glance')

type Tasks = (context: RoleContext<unknown, unknown>) => Promise<void>

/** A host that notes which files are looked at together. */
class Watched extends FakeHost {
  readonly looks: string[] = []
  /** Comes to pass once, after the next look. */
  then: (() => void) | undefined

  override async stat(paths: readonly string[]): Promise<readonly Stat[]> {
    const files = paths.filter((path) => /^\/etc\/./.test(path)).map((path) => path.slice('/etc/'.length))
    if (files.length > 0) this.looks.push(files.join(' '))
    const seen = await super.stat(paths)
    const then = this.then
    this.then = undefined
    then?.()
    return seen
  }
}

const fileOf = (name: string) => file({ path: `/etc/${name}`, content: name })
const [one, two, three] = [fileOf('one'), fileOf('two'), fileOf('three')]
const roleOf = (tasks: Tasks): Role =>
  defineRole({ name: 'three', folder: import.meta.dirname, vars: {}, tasks })

const inARow = roleOf(async ({ task }) => {
  await task('One', one)
  await task('Two', two)
  await task('Three', three)
})

/** A host on which the role has run once. */
async function known(role: Role) {
  const host = new Watched('h1')
  const cluster = new FakeCluster([host])
  await cluster.run(role)
  host.looks.length = 0
  return { host, cluster }
}

const statuses = ({ events }: FakeRun) =>
  events.flatMap((event) => (event.type === 'task' ? [event.status] : [])).join(' ')

test('On a host that was changed before, all that a role is about is looked at in one go', async () => {
  const { host, cluster } = await known(inARow)
  assert.is(statuses(await cluster.run(inARow)), 'ok ok ok')
  assert.equal(host.looks, ['one two three'])
})

test('On a host that was never changed each task looks for itself', async () => {
  const host = new Watched('h1')
  await new FakeCluster([host]).check(inARow)
  assert.equal(host.looks, ['one', 'two', 'three'])
})

test('Before anything is done about a thing it is looked at again, and so is all that comes after it', async () => {
  const { host, cluster } = await known(inARow)
  host.files.write('/etc/two', 'of a human')
  assert.is(statuses(await cluster.run(inARow)), 'ok changed ok')
  assert.equal(host.looks, ['one two three', 'two', 'two', 'three'])
})

test('What somebody else puts right in between is left alone', async () => {
  const { host, cluster } = await known(inARow)
  host.files.write('/etc/two', 'of a human')
  host.then = () => host.files.write('/etc/two', 'two')
  assert.is(statuses(await cluster.run(inARow)), 'ok ok ok')
  assert.equal(host.looks, ['one two three', 'two', 'three'])
})

test('Under check, one look is enough for all that is pending', async () => {
  const { host, cluster } = await known(inARow)
  host.files.write('/etc/two', 'of a human')
  assert.is(statuses(await cluster.check(inARow)), 'ok changed ok')
  assert.equal(host.looks, ['one two three'])
})

test('Only what is selected is looked at', async () => {
  const { host, cluster } = await known(inARow)
  const chosen = roleOf(async ({ task }) => {
    await task('One', one, { tags: ['a'] })
    await task('Two', two, { tags: ['b'] })
    await task('Three', three, { tags: ['a'] })
  })
  await cluster.run(chosen, { selection: { tags: ['a'], skipTags: [] } })
  assert.equal(host.looks, ['one three'])
})

const passing = defineFact('something', async () => 1)
const lasting = defineFact('something lasting', async () => 1, { lasting: true })
const holds = defineCondition('It holds', async () => ({ holds: true }))
const bracket = defineBracket('Set aside', {
  enter: () => fileOf('mark'),
  leave: () => fileOf('mark'),
  mine: () => false,
})()

const between: readonly (readonly [
  string,
  (context: RoleContext<unknown, unknown>) => Promise<unknown>,
  string[],
])[] = [
  ['a gate', ({ gate }) => gate('Wait', holds, { deadline: '1s' }), ['one two', 'three']],
  ['a fact that an earlier task may bring about', ({ fact }) => fact(passing), ['one two', 'three']],
  ['something that the role itself waits for', () => pause(5), ['one two', 'three']],
  [
    'a bracket',
    ({ during, task }) => during(bracket, async () => void (await task('In it', one))),
    ['one two', 'one', 'one', 'mark', 'three'],
  ],
  ['a fact that lasts', ({ fact }) => fact(lasting), ['one two three']],
  ['findings', ({ inspect }) => inspect('Look', async () => []), ['one two three']],
  ['a report', ({ report }) => report('Tell', async () => ({ name: 'it', data: [] })), ['one two three']],
]

for (const [what, step, looks] of between) {
  test(`How far a glance goes: ${what}`, async () => {
    const role = roleOf(async (context) => {
      await context.fact(passing)
      await context.task('One', one)
      await context.task('Two', two)
      await step(context)
      await context.task('Three', three)
    })
    const { host, cluster } = await known(role)
    const after = await cluster.run(role)
    assert.not.match(statuses(after), 'failed')
    assert.equal(host.looks, looks)
  })
}

test('Who comes to a thing again sees what became of it', async () => {
  const spoilt = defineCondition('It is spoilt', async (reader) => {
    ;(reader as FakeHost).files.write('/etc/one', 'of a human')
    return { holds: true }
  })
  const role = roleOf(async ({ task, gate }) => {
    await task('One', one)
    await task('Two', two)
    await gate('Spoil it', spoilt, { deadline: '1s' })
    await task('One again', one)
  })
  const { host, cluster } = await known(role)
  assert.is(statuses(await cluster.run(role)), 'ok ok ok changed')
  assert.is(host.files.read('/etc/one'), 'one')
})

test('A change that somebody else makes on the host ends what was seen there', async () => {
  const on = new HostRun({
    reader: new FakeHost('h1'),
    memory: { changed: new Map(), origins: new Origins() },
    onLost: () => {},
  })
  await glanceAt(on, [one])
  assert.is(on.glance.isEmpty, false)
  on.forget()
  assert.is(on.glance.isEmpty, true)
})

test('A role is not waited for that waits for its own run', async () => {
  const { host, cluster } = await known(inARow)
  const looked = new Promise<void>((resolve) => (host.then = resolve))
  const role = roleOf(async ({ task }) => {
    await task('One', one)
    await looked
    await task('Two', two)
  })
  assert.is(statuses(await cluster.run(role)), 'ok ok')
  assert.equal(host.looks, ['one', 'two'])
})

test('What a role throws is told once, by its run', async () => {
  const { cluster } = await known(inARow)
  const role = roleOf(async ({ task }) => {
    await task('One', one)
    await task('Two', two)
    throw new Error('This role is broken.')
  })
  const { events } = await cluster.run(role)
  assert.is(events.filter((event) => JSON.stringify(event).includes('This role is broken.')).length, 1)
})
