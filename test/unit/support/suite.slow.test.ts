import * as assert from 'uvu/assert'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { suite } from '../../support/suite.ts'

const test = suite('support/suite')
const testFolder = join(import.meta.dirname, '../..')

/** Runs a test file with this body in a process of its own. */
function outcome(body: string): { code: number | null; output: string } {
  const folder = mkdtempSync(join(testFolder, 'scratch-'))
  try {
    const file = join(folder, 'x.test.ts')
    writeFileSync(file, `import { suite } from '../support/suite.ts'\nconst test = suite('x')\n${body}`)
    const run = spawnSync(process.execPath, [
      '--import',
      'tsx',
      join(testFolder, 'run.ts'),
      '--files',
      relative(testFolder, file),
    ])
    return { code: run.status, output: `${run.stdout}${run.stderr}` }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const failures: Record<string, string> = {
  'a before hook that throws': `test.before(() => { throw new Error('boom') }); test('a', () => {})`,
  'a rejection with no Error': `test('a', () => Promise.reject('text'))`,
  'a test that hangs': `test('a', () => new Promise(() => {}), { timeoutMs: 50 })`,
  'a file without tests': ``,
  'a file that does not load': `throw new Error('no')`,
}
for (const [title, body] of Object.entries(failures)) {
  test(`${title} fails the run`, () => assert.is(outcome(body).code, 1))
}

test('a test that passes is green', () => assert.is(outcome(`test('a', () => {})`).code, 0))
