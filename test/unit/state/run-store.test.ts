import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { intent, record, storeOf } from './samples.ts'

const test = suite('state/run-store')

test('Runs are listed in the order in which they began, also within a second', () => {
  const store = storeOf()
  const at = (ms: number) => new Date(Date.UTC(2025, 6, 14, 10, 15, 0, ms))
  const ids = [5, 4, 999, 500].map((ms) => store.create(record, at(ms)).record.id)
  assert.equal(
    store.list().map((run) => run.record.id),
    [ids[1], ids[0], ids[3], ids[2]],
  )
})

test('The later run that changed a thing is found, unless it was undone', () => {
  const store = storeOf()
  const [first, second, third] = [1, 2, 3].map((ms) => store.create(record, new Date(ms)))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  second.journal('h1').append(intent(1, 'a'))
  third.journal('h1').append(intent(1, 'b'))
  const later = (id: string, host = 'h1') => store.laterRun(first.record.id, host, id)
  assert.is(later('a'), second.record.id)
  assert.is(later('a', 'h2'), undefined)
  assert.is(store.laterRun(second.record.id, 'h1', 'a'), undefined)
  second.journal('h1').append({ type: 'undone', n: 1 })
  assert.is(later('a'), undefined)
  assert.is(later('b'), third.record.id)
})

test('The last run to revert is one of whose changes some are still to be undone', () => {
  const store = storeOf()
  const [first, second] = [1, 2].map((ms) => store.create(record, new Date(ms)))
  first?.journal('h1').append(intent(1, 'a'))
  second?.journal('h1').append({ ...intent(1, 'a'), adopted: true })
  assert.is(store.lastToRevert()?.record.id, second?.record.id)
  second?.journal('h1').append({ type: 'undone', n: 1 })
  assert.is(store.lastToRevert()?.record.id, first?.record.id)
})

test('What a run only took over from a host counts as no change of its own', () => {
  const store = storeOf()
  const [first, second] = [1, 2].map((ms) => store.create(record, new Date(ms)))
  second?.journal('h1').append({ ...intent(1, 'a'), adopted: true })
  assert.is(store.laterRun(first?.record.id ?? '', 'h1', 'a'), undefined)
})

test('The retry file names the hosts to run again on, and goes when none is left', () => {
  const store = storeOf()
  store.create(record)
  const file = store.saveRetry(['h1', 'h2'])
  assert.is(file, join(store.folder, '../retry'))
  assert.is(readFileSync(file ?? '', 'utf8'), 'h1\nh2\n')
  assert.is(store.saveRetry([]), undefined)
  assert.not(existsSync(store.retryFile))
  assert.is(store.saveRetry([]), undefined)
})
