import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { sh } from '../../../../lib/host/command.ts'
import { command } from '../../../../lib/resources/command/command.ts'
import { file } from '../../../../lib/resources/files/file.ts'
import { Secret } from '../../../../lib/secrets/secret.ts'
import { kindOf, type Inputs } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('command')
const made = '/opt/made'
const title = 'Make it'
const run = sh`make-it --well`
const undo = sh`unmake-it`
const create = command({ title, run, creates: made, undo })
const config = file({ path: '/etc/ca.crt', content: 'new' })

function inputs(digest: string, atBoot?: string): Inputs {
  return { [config.id]: atBoot === undefined ? { digest } : { digest, atBoot } }
}

function answers(host: FakeHost): FakeHost {
  host.onChange(run, () => (host.files.write(made, 'made'), ''))
  host.onChange(undo, () => (host.files.remove(made), ''))
  host.on('is-made', () => ({ code: host.files.get(made) === undefined ? 1 : 0 }))
  return host.onChange('update-it', () => {
    host.files.write('/etc/bundle', `made of ${host.files.read('/etc/ca.crt')}`)
    return ''
  })
}

const hostWith = () => answers(new FakeHost('a'))

for (const [guard, resource] of Object.entries({
  'what it creates': create,
  'a question that succeeds when it is done': command({ title, run, unless: sh`is-made`, undo }),
})) {
  test(`It runs once by ${guard}, and is undone by a revert`, () =>
    keepsContract({ host: hostWith(), resource, fixtures: answers }))
}

test('It runs only where a question succeeds', async () => {
  const host = hostWith()
  const resource = command({ title, run: undo, onlyIf: sh`is-made`, oneWay: 'what was made is gone' })
  assert.is(await bring(host, resource), undefined)
  host.files.write(made, 'made')
  await bring(host, resource)
  assert.is(host.files.get(made), undefined)
})

test('It runs as a job with its user, environment and input, none of which stands in its words', async () => {
  const host = new FakeHost('a')
  let heard = ''
  host.onChange('join', (_, { stdin }) => ((heard = stdin), host.files.write(made, ''), ''))
  const token = new Secret('very hidden', 'a test')
  await bring(host, command({ title, run: sh`join`, creates: made, oneWay: 'it joined', stdin: token }))
  assert.is(heard, 'very hidden')
  assert.equal(host.jobs, [`command:${title}`])
  assert.not(JSON.stringify(host.traffic.commands).includes('hidden'))
})

test('A command whose end this process did not see is not carried out twice', async () => {
  const host = hostWith()
  const from = await stateOf(host, create)
  const to = { ...from, is: 'done' }
  await kindOf('command').apply(host, create.ref, { from, to })
  await kindOf('command').apply(host, create.ref, { from, to })
  assert.is(host.traffic.commands.filter((text) => text === run.text).length, 1)
})

test('What was never begun is not undone', async () => {
  const host = hostWith()
  const from = await stateOf(host, create)
  await kindOf('command').apply(host, create.ref, { from, to: from })
  assert.not(host.traffic.commands.includes(undo.text))
})

test('What broke off half way is undone as far as it goes', async () => {
  const host = new FakeHost('a')
  host.onChange(run, { code: 1, stderr: 'broke off' })
  host.onChange(undo, { code: 3 })
  const from = await stateOf(host, create)
  await rejects(() => bring(host, create), /broke off/)
  await kindOf('command').apply(host, create.ref, { from, to: from })
  assert.ok(host.traffic.commands.includes(undo.text))
})

test('It says why it cannot be undone', () => {
  const resource = command({ title, run, creates: made, oneWay: 'The data is gone.' })
  const states = { from: { is: 'undone', took: {} }, to: { is: 'done', took: {} } }
  assert.is(kindOf('command').oneWay?.(states, resource.ref), 'The data is gone.')
  assert.is(kindOf('command').oneWay?.(states, create.ref), undefined)
})

test('A guard that is not there yet may still come; one that fails oddly is an error of its own', async () => {
  const host = hostWith()
  host.on('etcdctl status', { code: 127, stderr: 'sh: etcdctl: not found' })
  host.on('broken', { code: 137 })
  const absent = command({ title, run, unless: sh`etcdctl status`, undo })
  const broken = command({ title: 'Break', run, unless: sh`broken`, undo })
  const [first, second, third] = await kindOf('command').read(host, [absent.ref, broken.ref, create.ref])
  assert.ok(
    first instanceof NotYet && /"Make it" cannot ask on a: sh: etcdctl: not found/.test(first.message),
  )
  assert.ok(second instanceof Error && !(second instanceof NotYet))
  assert.equal(third, { is: 'undone', took: {} })
})

test('Many guards cost one round trip', async () => {
  const host = hostWith()
  const other = command({ title: 'Another', run, unless: sh`is-made`, undo })
  await kindOf('command').read(host, [create.ref, other.ref, { ...(create.ref as object), title: 'A third' }])
  assert.is(host.traffic.trips, 1)
})

const reaction = command({ title: 'Update the bundle', run: sh`update-it`, after: [config] })

test('A reaction runs once for each change of what it reacts to', async () => {
  const host = hostWith()
  await bring(host, reaction, inputs('h:1', 'h:0'))
  assert.is(await bring(host, reaction, inputs('h:1', 'h:0')), undefined)
  host.reboot()
  assert.is(await bring(host, reaction, inputs('h:1')), undefined)
  await bring(host, reaction, inputs('h:2'))
  assert.is(host.traffic.commands.filter((text) => text === 'update-it').length, 2)
})

test('A reaction to what always stood there has nothing to do', async () => {
  assert.is(await bring(hostWith(), reaction, inputs('h:0')), undefined)
})

test('A revert runs a reaction again on what stands again', () => {
  const host = hostWith()
  host.files.write('/etc/ca.crt', 'old')
  host.files.write('/etc/bundle', 'made of old')
  return keepsContract({
    host,
    resource: reaction,
    fixtures: answers,
    inputs: inputs('h:new', 'h:old'),
    inputsBefore: inputs('h:old', 'h:old'),
  })
})

test('A guarded command runs again when what it reacts to changed', async () => {
  const host = hostWith()
  const resource = command({ title, run, creates: made, undo, after: [config] })
  await bring(host, resource, inputs('h:1', 'h:0'))
  await bring(host, resource, inputs('h:2', 'h:0'))
  assert.is(host.traffic.commands.filter((text) => text === run.text).length, 2)
  assert.is(await bring(host, resource, inputs('h:2', 'h:0')), undefined)
})

test('Killed in the midst of a reaction, it runs again', async () => {
  const host = hostWith()
  host.traffic.failAfter(1)
  await rejects(() => bring(host, reaction, inputs('h:1', 'h:0')), /Killed/)
  const next = answers(host.clone())
  assert.ok(await bring(next, reaction, inputs('h:1', 'h:0')))
})

test('A reaction that ended well while nobody waited for it is not carried out again', async () => {
  const host = hostWith()
  host.traffic.afterWrite = (what) => {
    if (what === 'exec update-it') throw new Error('Killed')
  }
  await rejects(() => bring(host, reaction, inputs('h:1', 'h:0')), /Killed/)
  assert.is(await bring(answers(host.clone()), reaction, inputs('h:1', 'h:0')), undefined)
})

test('A command that nobody could tell when to run, or how to undo, does not compile', async () => {
  // @ts-expect-error no guard, no undo
  command({ title, run })
  // @ts-expect-error a guard, but no way back
  command({ title, run, creates: made })
  // @ts-expect-error a way back, but no guard
  command({ title, run, undo })
  // @ts-expect-error two guards
  command({ title, run, creates: made, unless: sh`is-made`, undo })
  // @ts-expect-error both a way back and none
  command({ title, run, creates: made, undo, oneWay: 'why' })
  // @ts-expect-error a revert would have nothing to give it
  command({ title, run, after: [config], stdin: 'x' })
  assert.ok((await reading(hostWith(), create)) instanceof Error === false)
})
