import { rejects } from 'node:assert/strict'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ContentStore } from '../../../../lib/host/content.ts'
import { readSourceFile } from '../../../../lib/resources/files/source-file.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('resources/files/source-file')

test('Hosts that are given one file share its bytes, also those that ask while it is read', async () => {
  const file = join(scratchFolder(), 'large')
  writeFileSync(file, 'content')
  const [one, two] = await Promise.all([readSourceFile(file), readSourceFile(file)])
  assert.is(one, two)
  assert.is(await readSourceFile(file), one)
  const store = new ContentStore('key')
  assert.is(store.get(store.keep(one)), one)
})

test('A file that was changed meanwhile is read anew', async () => {
  const file = join(scratchFolder(), 'large')
  writeFileSync(file, 'before')
  const before = await readSourceFile(file)
  writeFileSync(file, 'behind')
  utimesSync(file, 1, 1)
  assert.is((await readSourceFile(file)).toString(), 'behind')
  assert.is(before.toString(), 'before')
})

test('What could not be read is tried again', async () => {
  const folder = scratchFolder()
  await rejects(() => readSourceFile(folder), /EISDIR/)
  await rejects(() => readSourceFile(join(folder, 'none')), /ENOENT/)
  writeFileSync(join(folder, 'none'), 'now')
  assert.is((await readSourceFile(join(folder, 'none'))).toString(), 'now')
})
