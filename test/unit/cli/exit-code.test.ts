import * as assert from 'uvu/assert'
import { exitCode } from '../../../lib/cli/exit-code.ts'
import { suite } from '../../support/suite.ts'

const test = suite('cli/exit-code')
const well = { interrupted: false, unreachable: false, failed: false, changed: false, detailed: false }

test('a run that is done is 0, whether or not it changed something', () => {
  assert.is(exitCode(well), 0)
  assert.is(exitCode({ ...well, changed: true }), 0)
})

test('a change is 3 for who asks', () => {
  assert.is(exitCode({ ...well, changed: true, detailed: true }), 3)
  assert.is(exitCode({ ...well, detailed: true }), 0)
})

test('an interrupt wins, then unreachable over failed over changed', () => {
  const all = { interrupted: true, unreachable: true, failed: true, changed: true, detailed: true }
  assert.is(exitCode(all), 130)
  assert.is(exitCode({ ...all, interrupted: false }), 4)
  assert.is(exitCode({ ...all, interrupted: false, unreachable: false }), 2)
  assert.is(exitCode({ ...all, interrupted: false, unreachable: false, failed: false }), 3)
})
