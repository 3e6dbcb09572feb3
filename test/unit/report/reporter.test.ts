import * as assert from 'uvu/assert'
import type { StampedEvent } from '../../../lib/report/events.ts'
import { openReporter } from '../../../lib/report/reporter.ts'
import type { Sink } from '../../../lib/report/sink.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'
import { noCounts, samples } from './samples.ts'

const test = suite('report/reporter')

function recording(name = 'the recorder'): Sink & { readonly events: StampedEvent[] } {
  const events: StampedEvent[] = []
  return { name, events, write: (event) => void events.push(event) }
}

const open = (...sinks: readonly Sink[]) => openReporter({ run: 'r1', playbook: 'prepare', sinks })

test('every event is stamped with version, time, run and playbook', () => {
  const sink = recording()
  open(sink).emit({ ...samples.warning, host: 'node1' })
  const [event] = sink.events
  assert.match(event?.time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.equal(
    { ...event, time: '' },
    { v: 1, time: '', run: 'r1', playbook: 'prepare', ...samples.warning, host: 'node1' },
  )
})

test('no known secret reaches a sink, wherever in an event it stands', () => {
  const value = 'correct-horse-battery'
  const secret = new Secret(value, 'a test')
  const sink = recording()
  const { emit } = open(sink)
  emit({ type: 'error', message: `token ${value}`, advice: Buffer.from(value).toString('base64') })
  emit({ ...samples.resource, differences: [{ field: 'content', from: '', to: `a\n${value}\n` }] })
  emit({ type: 'report', name: 'x', data: { deep: [{ [value]: secret }] } })
  assert.is(sink.events.length, 3)
  const text = JSON.stringify(sink.events)
  assert.ok(!text.includes(value) && !text.includes(Buffer.from(value).toString('base64')), text)
})

test('a secret with an escape sequence in it is found as well', () => {
  const secret = new Secret('blue-giraffe-swims', 'a test')
  const sink = recording()
  open(sink).emit({ type: 'warning', message: 'blue-\u001b[31mgiraffe\u001b[0m-swims' })
  assert.equal(
    sink.events.map((event) => 'message' in event && event.message),
    ['«secret»'],
  )
  assert.ok(secret)
})

test('a sink that fails is named once and left out; the others get everything', () => {
  let calls = 0
  const broken: Sink = {
    name: 'the log file',
    write() {
      calls++
      throw new Error('ENOSPC: no space left on device')
    },
  }
  const sink = recording()
  const { emit } = open(broken, sink)
  emit(samples['task-started'])
  emit({ type: 'recap', counts: noCounts })
  assert.is(calls, 1)
  assert.equal(sink.events.map(({ type }) => type).toSorted(), ['recap', 'task-started', 'warning'])
  const warning = sink.events.find((event) => event.type === 'warning')
  assert.match(JSON.stringify(warning), /the log file.*no space left/)
})

test('closing hands on what is still held, then closes the sinks', () => {
  const sink = recording()
  let closed = 0
  const reporter = open({ ...sink, close: () => void closed++ })
  reporter.emit({ type: 'output', host: 'node1', text: 'no newline' })
  assert.is(sink.events.length, 0)
  reporter.close()
  assert.is(sink.events.length, 1)
  assert.is(closed, 1)
})

test('sinks leave the terminal to a question, and take it back also when it fails', async () => {
  const calls: string[] = []
  const sink: Sink = {
    ...recording(),
    suspend() {
      calls.push('suspend')
      return () => void calls.push('resume')
    },
  }
  const reporter = open(sink)
  assert.is(await reporter.suspended(() => Promise.resolve(calls.push('asked'))), 2)
  await reporter.suspended(() => Promise.reject(new Error('no'))).catch(() => calls.push('failed'))
  assert.equal(calls, ['suspend', 'asked', 'resume', 'suspend', 'resume', 'failed'])
})
