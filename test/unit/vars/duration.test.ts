import * as assert from 'uvu/assert'
import { isDuration, milliseconds, type Duration } from '../../../lib/vars/duration.ts'
import { suite } from '../../support/suite.ts'

const test = suite('durations')

test('each unit is turned into milliseconds', () => {
  assert.is(milliseconds('500ms'), 500)
  assert.is(milliseconds('30s'), 30_000)
  assert.is(milliseconds('1.5m'), 90_000)
  assert.is(milliseconds('2h'), 7_200_000)
})

test('what has no unit, or no number, is no duration', () => {
  for (const text of ['30', 's', '-1s', '1d', '1 s', '1e3s', '']) assert.is(isDuration(text), false, text)
  assert.throws(() => milliseconds('-1s' as Duration), /is no duration/)
})
