import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../lib/report/events.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import type { LabHost } from '../lab/host.ts'
import { idOf, PlaybookOnLab, resourcesOf, expectCode } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

const test = suite('host/service')
const config = 'file:/etc/greeter.conf'
const service = 'unit:greeter.service'
const [hello, two, three] = ['hello', 'two', 'three'].map((words) => ['-e', `greeter.words=${words}`])

let lab: Lab
let host: LabHost
let playbook: PlaybookOnLab

test.before(async () => {
  lab = await createLab({ hosts: 1 })
  const [only] = lab.hosts
  if (only === undefined) throw new Error('The lab has no host.')
  host = only
  playbook = new PlaybookOnLab(lab, 'greeter')
})
test.after(() => lab.destroy())

async function apply(args: readonly string[] | undefined): Promise<TroupeRun> {
  const run = await playbook.run(args)
  expectCode(run, 0, `The run with ${args?.join(' ')}`)
  return run
}

/** Which start of the service runs, and what it says. */
async function greeting(): Promise<{ start: string; says: string }> {
  const [start = '', says = ''] = (
    await host.must('systemctl show -p InvocationID --value greeter; cat /run/greeter.says')
  ).split('\n')
  return { start, says }
}

const isWritten = (event: StampedEvent) => event.type === 'resource' && event.id === config

test('a check names the restart, and changes nothing', async () => {
  await apply(hello)
  const before = await greeting()
  const fingerprint = await host.fingerprint()
  const { events } = await playbook.check(two)
  const restart = events.find((event) => event.type === 'resource' && event.id === service)
  if (restart?.type !== 'resource') throw new Error('The check says nothing of the service.')
  assert.is(restart.status, 'changed')
  assert.match(JSON.stringify(restart.differences), /"restart".*\/etc\/greeter\.conf/)
  assert.equal(await greeting(), before)
  assert.equal(await host.fingerprint(), fingerprint)
})

test('a new configuration restarts the service once; a second run is idle', async () => {
  const before = await greeting()
  const run = await apply(two)
  assert.equal([resourcesOf(run)[config], resourcesOf(run)[service]], ['changed', 'changed'])
  const after = await greeting()
  assert.is(after.says, 'two')
  assert.is.not(after.start, before.start)
  const second = await apply(two)
  assert.equal([...new Set(Object.values(resourcesOf(second)))], ['ok'])
  assert.equal(await greeting(), after)
})

test('killed between write and restart, the next run restarts', async () => {
  const before = await greeting()
  await playbook.killed(isWritten, three)
  assert.equal(await greeting(), before)
  assert.is(await host.must('cat /etc/greeter.conf'), 'three\n')
  const run = await apply(three)
  assert.equal([resourcesOf(run)[config], resourcesOf(run)[service]], ['ok', 'changed'])
  const after = await greeting()
  assert.is(after.says, 'three')
  await apply(three)
  assert.equal(await greeting(), after)
})

test('killed between write and restart, and rebooted, the host is right and is left alone', async () => {
  await playbook.killed(isWritten, hello)
  await host.reboot()
  const booted = await greeting()
  assert.is(booted.says, 'hello')
  const run = await apply(hello)
  assert.equal([...new Set(Object.values(resourcesOf(run)))], ['ok'])
  assert.equal(await greeting(), booted)
})

test('a service that another tool set up rightly is not restarted', async () => {
  await host.must('rm -rf /var/lib/troupe /run/troupe')
  const before = await greeting()
  const run = await apply(hello)
  assert.equal([...new Set(Object.values(resourcesOf(run)))], ['ok'])
  assert.equal(await greeting(), before)
})

test('a revert brings back the configuration, and the service onto it', async () => {
  const run = await apply(two)
  expectCode(await playbook.revert(run), 0, 'The revert')
  assert.is((await greeting()).says, 'hello')
})

test("a human's edit after us survives a revert, and is named", async () => {
  const run = await apply(two)
  await host.must('echo by hand > /etc/greeter.conf')
  const revert = await playbook.revert(run)
  assert.match(whyKept(revert), /Somebody changed hash after this run/)
  assert.is(await host.must('cat /etc/greeter.conf'), 'by hand\n')
})

test("a human's mode survives a revert that brings back the content", async () => {
  const run = await apply(two)
  await host.must('chmod 600 /etc/greeter.conf')
  const revert = await playbook.revert(run)
  assert.is(await host.must('cat /etc/greeter.conf'), 'by hand\n')
  assert.is(await host.must('stat -c %a /etc/greeter.conf'), '600\n')
  assert.is(resourcesOf(revert)[config], 'reverted')
})

test('the older of two runs is reverted: what the later one changed stays, and that one is named', async () => {
  const older = await apply(two)
  const later = await apply(three)
  const revert = await playbook.revert(older)
  assert.match(whyKept(revert), new RegExp(`The later run ${idOf(later)} changed`))
  assert.is(await host.must('cat /etc/greeter.conf'), 'three\n')
  assert.is((await greeting()).says, 'three')
})

/** What a revert says of the configuration that it left. */
function whyKept({ events }: TroupeRun): string {
  const event = events.find((candidate) => candidate.type === 'resource' && candidate.id === config)
  if (event?.type !== 'resource' || event.status !== 'kept')
    throw new Error(`Nothing was kept: ${JSON.stringify(event)}`)
  return event.why ?? ''
}
