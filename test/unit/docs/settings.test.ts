import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsPage, withSettingsTable } from '../../../lib/cli/settings/page.ts'
import { suite } from '../../support/suite.ts'

const test = suite('docs: settings')

test('the table of settings is that of the code', () => {
  const page = readFileSync(join(import.meta.dirname, '../../..', settingsPage), 'utf8')
  assert.match(page, '<!-- settings -->')
  assert.is(page, withSettingsTable(page), 'npm run fix writes it')
})
