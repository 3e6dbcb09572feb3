import * as assert from 'uvu/assert'
import { EventEmitter } from 'node:events'
import { watchInterrupts } from '../../../lib/cli/interrupt.ts'
import type { Event } from '../../../lib/report/events.ts'
import { suite } from '../../support/suite.ts'

const test = suite('cli/interrupt')

function watching() {
  const source = new EventEmitter()
  const calls: string[] = []
  const events: Event[] = []
  const stop = watchInterrupts({
    source,
    emit: (event) => void events.push(event),
    resumeCommand: 'npx tsx playbooks/prepare.ts --resume r1',
    onFirst: () => void calls.push('first'),
    onSecond: () => void calls.push('second'),
    onThird: () => void calls.push('third'),
  })
  return { source, calls, events, stop }
}

test('the first finishes, the second kills; both say how to resume', () => {
  const { source, calls, events } = watching()
  source.emit('SIGINT')
  source.emit('SIGINT')
  assert.equal(calls, ['first', 'second'])
  for (const event of events) {
    assert.ok(event.type === 'warning' && event.message.endsWith('npx tsx playbooks/prepare.ts --resume r1'))
  }
  assert.is(events.length, 2)
})

test('a third one ends the process, whatever the signal', () => {
  const { source, calls, events } = watching()
  source.emit('SIGINT')
  source.emit('SIGTERM')
  source.emit('SIGINT')
  assert.equal(calls, ['first', 'second', 'third'])
  assert.is(events.length, 2)
})

test('nobody watches after the end', () => {
  const { source, calls, stop } = watching()
  stop()
  source.emit('SIGINT')
  assert.equal(calls, [])
})
