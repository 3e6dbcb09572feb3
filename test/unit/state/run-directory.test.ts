import fs, { appendFileSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join, relative } from 'node:path'
import * as assert from 'uvu/assert'
import { isRunning, thisProcess } from '../../../lib/host/process-mark.ts'
import { RunStore } from '../../../lib/state/run-store.ts'
import { suite } from '../../support/suite.ts'
import { intent, record, storeOf } from './samples.ts'

const test = suite('state/run-directory')

test('A journal is read again from disk, without a line that a kill has cut short', () => {
  const store = storeOf()
  const run = store.create(record)
  const journal = run.journal('h1')
  journal.append(intent(1, 'a'))
  journal.append({ type: 'done', n: 1 })
  appendFileSync(join(run.folder, 'journal', 'h1.jsonl'), '{"type":"intent","n":2,"k')
  const again = store.find(run.record.id)?.journal('h1')
  assert.equal(again?.entries, [intent(1, 'a'), { type: 'done', n: 1 }])
  assert.is(again?.next(), 2)
  again?.append(intent(2, 'b'))
  const third = store.find(run.record.id)?.journal('h1')
  assert.equal(third?.entries.at(-1), intent(2, 'b'))
  assert.is(third?.entries.length, 3)
})

test('What a full disk took only in part does not stand before the next line', () => {
  const run = storeOf().create(record)
  const journal = run.journal('h1')
  journal.append(intent(1, 'a'))
  const { writeSync } = fs
  fs.writeSync = (file: number, line: string | NodeJS.ArrayBufferView) => {
    writeSync(file, Buffer.from(line as Uint8Array), 0, 5)
    throw new Error('ENOSPC: no space left on device, write')
  }
  syncBuiltinESMExports()
  try {
    assert.throws(() => journal.append({ type: 'done', n: 1 }), /ENOSPC/)
  } finally {
    fs.writeSync = writeSync
    syncBuiltinESMExports()
  }
  journal.append(intent(2, 'b'))
  const again = new RunStore('c', join(run.folder, '../../..')).find(run.record.id)
  assert.equal(again?.journal('h1').entries, [intent(1, 'a'), intent(2, 'b')])
})

test('A damaged line within a journal is named with its place, not passed over', () => {
  const store = storeOf()
  const run = store.create(record)
  run.journal('h1').append(intent(1, 'a'))
  const path = join(run.folder, 'journal', 'h1.jsonl')
  appendFileSync(path, '\0\0\0\n')
  run.journal('h1').append(intent(2, 'b'))
  assert.throws(() => store.find(run.record.id)?.journal('h1'), /h1\.jsonl:2 is damaged/)
})

test('Evidence is numbered by host, and for its owner alone', () => {
  const run = storeOf().create(record)
  const names = ['h1', 'h1', 'h/2'].map((host) => run.saveEvidence(host, host))
  assert.equal(
    names.map((name) => relative(run.folder, name)),
    ['evidence/h1-1.txt', 'evidence/h1-2.txt', 'evidence/h%2F2-1.txt'],
  )
  for (const name of names) assert.is(statSync(name).mode & 0o777, 0o600)
  assert.is(statSync(join(run.folder, 'evidence')).mode & 0o777, 0o700)
})

test('A run knows the process that works on it', () => {
  const store = storeOf()
  const run = store.create(record)
  assert.is(run.record.process && isRunning(run.record.process), true)
  const gone = { ...thisProcess(), started: '1' }
  assert.is(isRunning(gone), false)
  assert.is(isRunning({ ...gone, controller: 'another machine' }), undefined)
})
