import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../lib/report/events.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { backEndProgram } from '../playbooks/back-end.ts'
import { expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

const test = suite('host/bracket')
const program = '/usr/local/bin/back-end'
const midway = 500

let lab: Lab
let host: LabHost
let playbook: PlaybookOnLab

test.before(async () => {
  lab = await createLab({ hosts: 1 })
  const [only] = lab.hosts
  if (only === undefined) throw new Error('The lab has no host.')
  host = only
  playbook = new PlaybookOnLab(lab, 'rolling')
  await host.must(`cat > ${program} <<'END'\n${backEndProgram}END\nchmod +x ${program}`)
})
test.after(() => lab.destroy())

const saying = (words: string) => ['-e', `rolling.words=${words}`]

async function apply(words: string): Promise<TroupeRun> {
  await host.must(': > /srv/back-end.log')
  const run = await playbook.run(saying(words))
  expectCode(run, 0, `The run that says ${words}`)
  return run
}

/** Where work is sent, what was done about that since the last run began, and which start of the greeter says what. */
async function look(): Promise<{ state: string; log: readonly string[]; start: string; says: string }> {
  const text = await host.must(
    `${program} state greeter; systemctl show -p InvocationID --value greeter; cat /run/greeter.says /srv/back-end.log`,
  )
  const [state = '', start = '', says = '', ...log] = text.trimEnd().split('\n')
  return { state, start, says, log }
}

const isWritten = (event: StampedEvent) =>
  event.type === 'resource' && event.id === 'file:/etc/greeter.conf' && event.status === 'changed'
const isLeaving = (event: StampedEvent) =>
  event.type === 'task-started' && event.task?.startsWith('Leave') === true

test('work is done while the service is drained; a second run does nothing', async () => {
  await apply('hello')
  const first = await look()
  assert.equal([first.state, first.says, first.log], ['in', 'hello', ['out troupe', 'in']])
  const second = await apply('hello')
  assert.equal([...new Set(Object.values(resourcesOf(second)))], ['ok'])
  assert.is(resourcesOf(second)['backEnd:greeter'], undefined)
  assert.equal(await look(), { ...first, log: [] })
})

test('a check names both ends of the bracket and drains nothing', async () => {
  const before = await host.fingerprint()
  const { events } = await playbook.check(saying('two'))
  const tasks = events.flatMap((event) => (event.type === 'task' ? [`${event.task}: ${event.status}`] : []))
  assert.equal(tasks, [
    'Enter: drained backEnd:greeter: changed',
    'Install the greeter: ok',
    'Configure the greeter: changed',
    'Run the greeter: changed',
    'Leave: drained backEnd:greeter: changed',
  ])
  assert.equal(await host.fingerprint(), before)
})

test('killed in the body, the next run ends the work and lets work in again', async () => {
  await playbook.killed(isWritten, saying('two'))
  assert.is((await look()).state, 'out troupe')
  await apply('two')
  const { state, says, log } = await look()
  assert.equal([state, says, log], ['in', 'two', ['in']])
})

test('killed after the body, the next run only lets work in again', async () => {
  await playbook.killed(isLeaving, saying('three'))
  const killed = await look()
  assert.equal([killed.state, killed.says], ['out troupe', 'three'])
  const run = await apply('three')
  assert.equal(await look(), { ...killed, state: 'in', log: ['in'] })
  assert.is(resourcesOf(run)['unit:greeter.service'], 'ok')
})

test('killed in the leaving, the next run finds work let in, or lets it in', async () => {
  const { signal } = await playbook.run(saying('four'), (event, child) => {
    if (isLeaving(event)) setTimeout(() => child.kill('SIGKILL'), midway)
  })
  assert.is(signal, 'SIGKILL')
  const killed = await look()
  assert.is(killed.says, 'four')
  await apply('four')
  const { state, start } = await look()
  assert.equal([state, start], ['in', killed.start])
})

test('what a human had set aside stays aside, in the run, a second one and its revert', async () => {
  await host.must(`${program} out greeter somebody`)
  const run = await apply('five')
  const after = await look()
  assert.equal([after.state, after.says, after.log], ['out somebody', 'five', []])
  await apply('five')
  assert.equal(await look(), after)
  expectCode(await playbook.revert(run), 0, 'The revert')
  const reverted = await look()
  assert.equal([reverted.state, reverted.says, reverted.log], ['out somebody', 'four', []])
  await host.must(`${program} in greeter`)
})

test('killed in the body and reverted, work is let in again', async () => {
  const run = await playbook.killed(isWritten, saying('six'))
  assert.is((await look()).state, 'out troupe')
  expectCode(await playbook.revert(run), 0, 'The revert')
  const { state, says } = await look()
  assert.equal([state, says], ['in', 'four'])
  assert.is(await host.must('cat /etc/greeter.conf'), 'four\n')
})

test('the revert of a run drains the service for its time, too', async () => {
  const run = await apply('seven')
  await host.must(': > /srv/back-end.log')
  expectCode(await playbook.revert(run), 0, 'The revert')
  const { state, says, log } = await look()
  assert.equal([state, says, log], ['in', 'four', ['out troupe', 'in']])
})
