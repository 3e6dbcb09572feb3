import * as assert from 'uvu/assert'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../../../lib/errors.ts'
import type { Event } from '../../../lib/report/events.ts'
import { logEntry, logFile } from '../../../lib/report/log-file.ts'
import { suite } from '../../support/suite.ts'
import { ended, samples, stamped } from './samples.ts'

const test = suite('report/log-file')
const folder = mkdtempSync(join(tmpdir(), 'log-file-'))
test.after(() => rmSync(folder, { recursive: true }))

test('an entry has the nine fields in the words of the specification', () => {
  const event = ended('node1', 'Install', { status: 'failed', message: 'no such package' })
  assert.equal(logEntry(stamped(event)), {
    timestamp: '2025-07-14T10:15:00.000Z',
    level: 'error',
    pipeline_id: 'r1',
    module: 'Time',
    task: 'time',
    step: 'Install',
    node: 'node1',
    message: 'Install: failed. no such package',
    duration_ms: 1200,
  })
})

test('what an event does not have is null', () => {
  const { module, node, duration_ms } = logEntry(stamped(samples.warning))
  assert.equal([module, node, duration_ms], [null, null, null])
})

test('the level tells what needs a human', () => {
  const levelOf = (event: Event) => logEntry(stamped(event)).level
  assert.is(levelOf(samples.warning), 'warn')
  assert.is(levelOf(samples.output), 'debug')
  assert.is(levelOf(samples.finding), 'error')
  assert.is(levelOf(samples.contact), 'warn')
  assert.is(levelOf({ ...samples.contact, state: 'given-up' }), 'error')
  assert.is(levelOf({ ...samples.resource, status: 'kept' }), 'warn')
  assert.is(levelOf({ ...samples['run-ended'], exitCode: 3 }), 'info')
  assert.is(levelOf(samples['run-ended']), 'error')
})

test('every type has a sentence', () => {
  for (const sample of Object.values(samples)) {
    const { message } = logEntry(stamped({ ...sample, task: 'Install', stage: 'Time' }))
    assert.ok(message.length > 3 && !message.includes('undefined'), `${sample.type}: ${message}`)
  }
})

test('only the owner reads the file, also when it stood there before; lines are added', () => {
  const path = join(folder, 'run.log')
  writeFileSync(path, 'before\n')
  chmodSync(path, 0o644)
  const sink = logFile(path)
  sink.write(stamped(samples.warning))
  sink.close?.()
  assert.is(statSync(path).mode & 0o777, 0o600)
  const [first, second = ''] = readFileSync(path, 'utf8').split('\n')
  assert.is(first, 'before')
  assert.is(JSON.parse(second).message, 'The clock was behind')
})

test('a path that cannot be written is refused with advice', () => {
  assert.throws(
    () => logFile(join(folder, 'nowhere', 'run.log')),
    (error: unknown) =>
      error instanceof UserError && /run\.log/.test(error.message) && /--log-file/.test(error.advice),
  )
})
