import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { thisProcess } from '../../../lib/host/process-mark.ts'
import type { StampedEvent } from '../../../lib/report/events.ts'
import type { RunDirectory } from '../../../lib/state/run-directory.ts'
import { RunStore } from '../../../lib/state/run-store.ts'
import { eventsOf, followEvents } from '../../../lib/state/run-events.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { samples, stamped } from '../report/samples.ts'

const test = suite('state/run-events')

const newStore = () => new RunStore('c', scratchFolder())
const newRun = (store = newStore()) =>
  store.create({ playbook: 'p', arguments: [], inventory: [], user: 'u' })
const line = (event: StampedEvent) => `${JSON.stringify(event)}\n`
const warning = (message: string) => stamped({ type: 'warning', message })

/** Follows in the background; gives what came so far, and a promise of the end. */
function following(run: RunDirectory) {
  const types: string[] = []
  const ended = (async () => {
    for await (const event of followEvents(run))
      types.push(event.type === 'warning' ? event.message : event.type)
  })()
  return { types, ended }
}

test('a run is followed while it grows, whole lines only, until it has ended', async () => {
  const run = newRun()
  run.appendEvent(line(warning('one')))
  const { types, ended } = following(run)
  await sleep(50)
  assert.equal(types, ['one'])
  const text = line(warning('zwei ü'))
  const bytes = Buffer.from(text)
  const cut = bytes.indexOf(0xc3) + 1
  appendFileSync(run.eventsFile, bytes.subarray(0, cut))
  await sleep(300)
  assert.equal(types, ['one'])
  appendFileSync(run.eventsFile, bytes.subarray(cut))
  await sleep(300)
  assert.equal(types, ['one', 'zwei ü'])
  run.appendEvent(line(stamped(samples['run-ended'])))
  run.update({ ended: 'now', exitCode: 2 })
  await ended
  assert.equal(types, ['one', 'zwei ü', 'run-ended'])
})

test('a run that is gone on with does not end where it ended before', async () => {
  const run = newRun()
  run.appendEvent(line(stamped(samples['run-ended'])))
  run.update({ ended: 'now', exitCode: 2 })
  run.reopen()
  const { types, ended } = following(run)
  await sleep(300)
  run.appendEvent(line(warning('more')))
  run.appendEvent(line(stamped(samples['run-ended'])))
  run.update({ ended: 'now', exitCode: 0 })
  await ended
  assert.equal(types, ['run-ended', 'more', 'run-ended'])
})

test('following ends when the process is gone that would have ended the run', async () => {
  const run = newRun()
  run.appendEvent(line(warning('one')))
  appendFileSync(run.eventsFile, '{"half":')
  run.update({ process: { ...thisProcess(), started: '1' } })
  const { types, ended } = following(run)
  await ended
  assert.equal(types, ['one'])
})

test('what a kill has cut short spoils no event of whoever goes on', () => {
  const store = newStore()
  const run = newRun(store)
  run.appendEvent(line(warning('one')))
  appendFileSync(run.eventsFile, '{"half":')
  const again = store.find(run.record.id)
  again?.appendEvent(line(warning('two')))
  assert.equal(
    eventsOf(run).map((event) => event.type === 'warning' && event.message),
    ['one', 'two'],
  )
})
