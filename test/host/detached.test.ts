import * as assert from 'uvu/assert'
import { setTimeout as pause } from 'node:timers/promises'
import type { StampedEvent } from '../../lib/report/events.ts'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { expectCode, PlaybookOnLab, resourcesOf } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

const test = suite('host/detached')
const long = { timeoutMs: 150_000 }
const [second, lostWithin] = [1000, 15_500]

let lab: Lab
/** Each fault has hosts of its own, so all of them happen at the same time. */
let cut: Promise<{ run: TroupeRun; cutAt: number }>
let killed: Promise<{ first: TroupeRun; next: TroupeRun; check: TroupeRun }>
let watched: Promise<{ run: TroupeRun; check: TroupeRun }>
let unseen: Promise<{ host: LabHost; revert: TroupeRun }>
let powerless: Promise<{ run: TroupeRun; offAt: number }>

test.before(async () => {
  lab = await createLab({ hosts: 8 })
  cut = cutTheNetwork(hostAt(0), hostAt(1))
  killed = killTheController(hostAt(2))
  powerless = cutThePower(hostAt(3))
  watched = checkMeanwhile(hostAt(6))
  unseen = revertWhatEndedUnseen(hostAt(7))
  // Each is awaited by a test of its own; until then a failure is nobody's.
  void Promise.allSettled([cut, killed, powerless, watched, unseen])
})
test.after(() => lab.destroy())

const working = (event: StampedEvent) => event.type === 'output' && event.text.includes('working')

/** For 20 seconds, while a command of 30 seconds runs on two hosts, to end well on one and badly on the other. */
async function cutTheNetwork(...hosts: readonly LabHost[]): Promise<{ run: TroupeRun; cutAt: number }> {
  const names = hosts.map(({ name }) => name)
  let begun = 0
  let faults: Promise<unknown> = Promise.resolve()
  let cutAt = 0
  const run = await playbook().run(
    ['-l', names.join(','), '-e', JSON.stringify({ long: { seconds: 30, failing: names.slice(1) } })],
    (event) => {
      if (!working(event) || ++begun < names.length) return
      cutAt = Date.now()
      faults = Promise.all(
        hosts.map(async (host) => {
          await host.cutNetwork()
          await pause(20 * second)
          await host.restoreNetwork()
        }),
      )
    },
  )
  await faults
  return { run, cutAt }
}

async function killTheController(host: LabHost): Promise<{
  first: TroupeRun
  next: TroupeRun
  check: TroupeRun
}> {
  const args = ['-l', host.name, '-e', 'long.seconds=8']
  const long = playbook()
  const first = await long.killed(working, args)
  const next = await long.run(args)
  return { first, next, check: await long.check(args) }
}

/** The command ends after its controller was killed, and before anybody else looks. */
async function revertWhatEndedUnseen(host: LabHost): Promise<{ host: LabHost; revert: TroupeRun }> {
  const long = playbook()
  const killedRun = await long.killed(working, ['-l', host.name, '-e', 'long.seconds=2'])
  await host.must('until [ -e /srv/long ]; do sleep 0.1; done; sleep 0.5')
  return { host, revert: await long.revert(killedRun) }
}

/** While the command of another run is under way. */
async function checkMeanwhile(host: LabHost): Promise<{ run: TroupeRun; check: TroupeRun }> {
  const args = ['-l', host.name, '-e', 'long.seconds=5']
  const long = playbook()
  let check: Promise<TroupeRun> | undefined
  const run = await long.run(args, (event) => {
    if (working(event)) check = long.check(args)
  })
  if (check === undefined) throw new Error('The command never said that it was working.')
  return { run, check: await check }
}

/** Of one host of three, in the midst of a task. */
async function cutThePower(host: LabHost): Promise<{ run: TroupeRun; offAt: number }> {
  let off: Promise<void> | undefined
  let offAt = 0
  const run = await playbook().run(['-l', 'node4,node5,node6', '-e', 'long.seconds=5'], (event) => {
    if (!working(event) || event.host !== host.name) return
    offAt = Date.now()
    off = host.powerOff()
  })
  await off
  return { run, offAt }
}

function playbook(): PlaybookOnLab {
  return new PlaybookOnLab(lab, 'long')
}

function hostAt(index: number): LabHost {
  const host = lab.hosts[index]
  if (host === undefined) throw new Error(`The lab has no host ${index}.`)
  return host
}

const startsOn = async (host: LabHost) => (await host.must('cat /srv/starts')).split('\n').length - 1

/** How long after a moment contact with the host was shown to be in this state. */
function shownAfter({ events }: TroupeRun, since: number, state: string, host: LabHost): number {
  const shown = events.find(
    (event) => event.type === 'contact' && event.state === state && event.host === host.name,
  )
  if (shown === undefined) throw new Error(`Contact with ${host.name} was never shown as ${state}.`)
  const afterMs = Date.parse(shown.time) - since
  console.log(`  contact with ${host.name} shown as ${state} after ${(afterMs / second).toFixed(1)} s`)
  return afterMs
}

function taskOf({ events }: TroupeRun, task: string, host: LabHost) {
  const found = events.find(
    (event) => event.type === 'task' && event.task === task && event.host === host.name,
  )
  if (found?.type !== 'task') throw new Error(`Nothing became of "${task}" on ${host.name}.`)
  return found
}

test(
  'a command outlives a network cut of 20 s and is reported as it ended',
  async () => {
    const [well, badly] = [hostAt(0), hostAt(1)]
    const { run, cutAt } = await cut
    for (const host of [well, badly]) {
      assert.ok(shownAfter(run, cutAt, 'lost', host) < lostWithin)
      assert.ok(shownAfter(run, cutAt, 'back', host) > 20 * second)
      assert.is(await startsOn(host), 1)
    }
    assert.is(taskOf(run, 'Take long', well).status, 'changed')
    const failed = taskOf(run, 'Take long', badly)
    assert.is(failed.status, 'failed')
    assert.match(failed.message ?? '', /exit code 7[^]*no luck today/)
    assert.is(run.code, 2)
  },
  long,
)

test(
  'a command outlives its controller: the next run waits for it and starts no second one',
  async () => {
    const host = hostAt(2)
    const { next, check } = await killed
    expectCode(next, 0, 'The next run')
    const warned = next.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    assert.match(warned.join(), /waiting for "command:Take long"/)
    assert.is(resourcesOf(next)['command:Take long'], 'ok')
    assert.is(await startsOn(host), 1)
    assert.equal([...new Set(Object.values(resourcesOf(check)))], ['ok'])
    assert.is(await host.must('ls -A /run/troupe/jobs 2>/dev/null || true'), '')
  },
  long,
)

test(
  'a command that reacts to a file outlives its controller, and is not carried out again for that file',
  async () => {
    const host = hostAt(2)
    await killed
    const reacting = new PlaybookOnLab(lab, 'reacting')
    await reacting.killed(working, ['-l', host.name])
    const next = await reacting.run(['-l', host.name])
    expectCode(next, 0, 'The next run')
    assert.is(resourcesOf(next)['command:React'], 'ok')
    assert.is(await host.must('cat /srv/reactions'), 'began\nended\n')
  },
  long,
)

test(
  'a check that finds the command of a living run waits for its end, and takes nothing from that run',
  async () => {
    const { run, check } = await watched
    expectCode(run, 0, 'The run')
    expectCode(check, 0, 'The check')
    assert.is(resourcesOf(run)['command:Take long'], 'changed')
    assert.is(resourcesOf(check)['command:Take long'], 'ok')
    assert.is(await startsOn(hostAt(6)), 1)
  },
  long,
)

test(
  'what ended unseen after its controller was killed is undone by a revert',
  async () => {
    const { host, revert } = await unseen
    expectCode(revert, 0, 'The revert')
    assert.is(resourcesOf(revert)['command:Take long'], 'reverted')
    assert.is(await host.must('ls /srv'), 'starts\n')
  },
  long,
)

test(
  'a host that loses power leaves the run, the others go on, and a later run completes it',
  async () => {
    const [off, ...others] = [hostAt(3), hostAt(4), hostAt(5)]
    const { run, offAt } = await powerless
    assert.ok(shownAfter(run, offAt, 'lost', off) < lostWithin)
    const givenUp = shownAfter(run, offAt, 'given-up', off)
    assert.ok(givenUp > 50 * second && givenUp < 80 * second, `given up after ${givenUp} ms`)
    assert.is(run.code, 4)
    assert.is(taskOf(run, 'Take long', off).status, 'unreachable')
    for (const host of others) {
      assert.is(taskOf(run, 'Take long', host).status, 'changed')
      assert.is(taskOf(run, 'Go on', host).status, 'changed')
    }
    await off.powerOn()
    const later = await playbook().run(['-l', 'node4,node5,node6', '-e', 'long.seconds=5'])
    expectCode(later, 0, 'The later run')
    assert.is(taskOf(later, 'Go on', off).status, 'changed')
    for (const host of others) assert.is(taskOf(later, 'Take long', host).status, 'ok')
    assert.is(await off.must('cat /srv/long /srv/went-on'), 'done\nyes\n')
  },
  long,
)
