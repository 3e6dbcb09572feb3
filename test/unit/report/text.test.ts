import * as assert from 'uvu/assert'
import { duration } from '../../../lib/report/duration.ts'
import { columnsOf, fit, harmless, pad, wrap } from '../../../lib/report/text.ts'
import { suite } from '../../support/suite.ts'

const test = suite('report/text')

test('text from a host loses what a terminal would obey', () => {
  assert.is(
    harmless('\u001b[2J\u001b]0;title\u0007red \u001b[31mtext\u001b[0m\r\n\u0000\tx\u202e'),
    'red text\n    x',
  )
})

test('wide characters take two columns, marks and colours none', () => {
  assert.is(columnsOf('时间'), 4)
  assert.is(columnsOf('e\u0301'), 1)
  assert.is(columnsOf('\u001b[31mred\u001b[39m'), 3)
})

test('what is too wide is cut with an ellipsis, never inside a wide character', () => {
  assert.is(fit('chrony', 6), 'chrony')
  assert.is(fit('chrony', 5), 'chro…')
  assert.is(fit('时间同步', 6), '时间…')
  assert.is(fit('x', 0), '')
})

test('padding counts columns, not characters', () => {
  assert.is(pad('时', 4), '时  ')
  assert.is(pad('longer', 4), 'longer')
})

test('long lines break between words and keep their indentation', () => {
  assert.equal(wrap('one two three\n  four five', 8), ['one two', 'three', '  four', '  five'])
  assert.equal(wrap('unbreakable', 4), ['unbreakable'])
  assert.equal(wrap('a  b', Infinity), ['a  b'])
})

test('durations read as people say them', () => {
  assert.equal([0, 1234, 59_949, 59_950, 63_000, 3_599_600, 7_500_000].map(duration), [
    '0.0 s',
    '1.2 s',
    '59.9 s',
    '1 m 00 s',
    '1 m 03 s',
    '1 h 00 m',
    '2 h 05 m',
  ])
})
