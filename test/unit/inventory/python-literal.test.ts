import * as assert from 'uvu/assert'
import { pythonValue } from '../../../lib/inventory/python-literal.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the typing of values in an inventory')

/** Each line was read by ansible-core 2.14.18. */
const captured: readonly (readonly [string, unknown])[] = [
  ['1', 1],
  ['0x10', 16],
  ['1_000', 1000],
  ['1e3', 1000],
  ['1.0', 1],
  ['.5', 0.5],
  ['5.', 5],
  ['08.5', 8.5],
  ['0o17', 15],
  ['0b11', 3],
  ['00', 0],
  ['-5', -5],
  ['+5', 5],
  ['010', '010'],
  ['56_L', '56_L'],
  ['1__0', '1__0'],
  ['1_', '1_'],
  ['0xg', '0xg'],
  ['12abc', '12abc'],
  ['1.2.3', '1.2.3'],
  ['1j', '1j'],
  ['--1', '--1'],
  ['1+1', '1+1'],
  ['~', '~'],
  ['yes', 'yes'],
  ['true', 'true'],
  ['True', true],
  ['False', false],
  ['None', null],
  ['', ''],
  ['a=b', 'a=b'],
  ['[1,2]', [1, 2]],
  ['[1,2,]', [1, 2]],
  ['80,443', [80, 443]],
  ['(1,2)', [1, 2]],
  ['(1)', 1],
  ['()', []],
  ['{}', {}],
  ['{"x":1}', { x: 1 }],
  ['{x:1}', '{x:1}'],
  [`[1, [2, (3, 'x')], {'k': None}]`, [1, [2, [3, 'x']], { k: null }]],
  [`'it'`, 'it'],
  [`'a' "b"`, 'ab'],
  [`"'1'"`, "'1'"],
  [`r'a\\nb'`, String.raw`a\nb`],
  [String.raw`'a\nb'`, 'a\nb'],
  [String.raw`'\x41\u00e9\101\q'`, String.raw`AéA\q`],
  [`'''tri'''`, 'tri'],
  [`"unclosed`, '"unclosed'],
  ['8080 # c', 8080],
  ['foo # c', 'foo # c'],
  ['10.0.0.1', '10.0.0.1'],
  [`__import__('os')`, `__import__('os')`],
]

for (const [written, value] of captured) {
  test(`${written === '' ? 'nothing' : written} is ${JSON.stringify(value)}`, () => {
    assert.equal(pythonValue(written), value)
  })
}

test('a number too long to be held exactly keeps all its digits, as text', () => {
  assert.equal(pythonValue('12345678901234567890'), '12345678901234567890')
})

test('brackets within brackets are read in no time, however deep', () => {
  for (const open of ['{', '[', '(', '{(', '{1: [{']) {
    const text = open.repeat(150)
    const started = performance.now()
    assert.is(pythonValue(text), text)
    assert.ok(performance.now() - started < 1000, `${open} takes too long`)
  }
  assert.equal(pythonValue('{1: {"a": {2, 3}}}'), { 1: { a: [2, 3] } })
})
