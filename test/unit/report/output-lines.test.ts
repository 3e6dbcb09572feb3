import * as assert from 'uvu/assert'
import type { Event } from '../../../lib/report/events.ts'
import { OutputLines } from '../../../lib/report/output-lines.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'

const test = suite('report/output-lines')

const output = (text: string, host = 'node1'): Event => ({ type: 'output', host, text })
const end: Event = { type: 'task', task: 'Install', host: 'node1', status: 'ok', durationMs: 1 }
const texts = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'output' ? [event.text] : []))

test('a line is handed on when it is whole', () => {
  const lines = new OutputLines()
  assert.equal(texts(lines.pass(output('Unpack'))), [])
  assert.equal(texts(lines.pass(output('ing\nSetting up\nPro'))), ['Unpacking\nSetting up'])
})

test('the rest comes before the end of its task', () => {
  const lines = new OutputLines()
  lines.pass(output('no newline'))
  assert.equal(
    lines.pass(end).map(({ type }) => type),
    ['output', 'task'],
  )
})

test('hosts do not mix', () => {
  const lines = new OutputLines()
  lines.pass(output('from one', 'node1'))
  assert.equal(texts(lines.pass(output('from two\n', 'node2'))), ['from two'])
})

test('what is written over by a carriage return is a line too, and told as progress', () => {
  const events = new OutputLines().pass(output('Getting it\n10%\r20%\rGot it\r\nDone\n'))
  assert.equal(texts(events), ['Getting it', '10%\n20%', 'Got it\nDone'])
  assert.equal(
    events.map((event) => event.type === 'output' && event.progress === true),
    [false, true, false],
  )
})

test('a line without end is held to a limit', () => {
  const lines = new OutputLines()
  // What may be the beginning of a secret is held back to the end.
  assert.ok(new Secret('ends like the line, and goes on', 'a test'))
  for (let round = 0; round < 20; round++) lines.pass(output(`${'x'.repeat(10_000)}ends like the line`))
  assert.is(texts(lines.end())[0]?.length, 64 * 1024)
})

test('a secret of several lines is found although it comes in pieces', () => {
  const secret = new Secret('first half ✂\nsecond half ✂', 'a test')
  const lines = new OutputLines()
  const pieces = ['key: first ha', 'lf ✂\nsecond', ' half ✂\ndone\n']
  const seen = pieces.flatMap((piece) => texts(lines.pass(output(piece)))).join('\n')
  assert.is(seen, 'key: «secret»\ndone')
  assert.ok(secret)
})
