import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { FileJournal } from '../../../lib/state/file-journal.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('state/file-journal')
const done = (n: number) => ({ type: 'done', n }) as const

function written(): string {
  const file = join(scratchFolder(), 'journal')
  const journal = new FileJournal(file)
  for (const n of [1, 2]) journal.append(done(n))
  journal.close()
  return file
}

test('What a kill cut short does not count, and does not stand before the next entry', () => {
  const file = written()
  appendFileSync(file, '{"type":"do')
  const journal = new FileJournal(file)
  assert.equal(journal.entries, [done(1), done(2)])
  journal.append(done(journal.next()))
  journal.close()
  assert.equal(new FileJournal(file).entries, [done(1), done(2), done(3)])
})

test('A line that is no entry is named, since it may have told of a change', () => {
  for (const line of [
    '{"type":"do',
    'null',
    '5',
    '{}',
    '{"type":"done"}',
    '{"type":"intent","n":3}',
    '\0\0\0',
  ]) {
    const file = written()
    writeFileSync(file, `${JSON.stringify(done(1))}\n${line}\n${JSON.stringify(done(2))}\n`)
    const refused = (error: Error) =>
      error.name === 'UserError' && error.message.startsWith(`${file}:2 is damaged`)
    assert.throws(() => new FileJournal(file), refused, line)
  }
})
