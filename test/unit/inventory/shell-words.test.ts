import * as assert from 'uvu/assert'
import { shellWords } from '../../../lib/inventory/shell-words.ts'
import { suite } from '../../support/suite.ts'

const test = suite('words of a host line')

/** Each line was split by Python's shlex with comments. */
const captured: readonly (readonly [string, readonly string[]])[] = [
  ['a b', ['a', 'b']],
  ['a  k="b c"', ['a', 'k=b c']],
  [String.raw`a\ b k='c\d'`, ['a b', String.raw`k=c\d`]],
  [String.raw`k="a\"b\\c\d"`, [String.raw`k=a"b\c\d`]],
  [`k='{"x":1}' l={"x":1}`, ['k={"x":1}', 'l={x:1}']],
  ['a m=a#b n=1', ['a', 'm=a']],
  ['a m="a#b" # c', ['a', 'm=a#b']],
  [`a ''`, ['a', '']],
  ['# all', []],
]

for (const [line, words] of captured) {
  test(`${line} is ${JSON.stringify(words)}`, () => assert.equal(shellWords(line).words, words))
}

test('a comment that cuts a word is told', () => {
  assert.is(shellWords('a m=a#b').cutInWord, true)
  assert.is(shellWords('a m=a #b').cutInWord, false)
})

test('a quote that is not closed is an error', () => {
  assert.throws(() => shellWords(`a k="b c`), 'the quote " in column 5 is not closed')
  assert.throws(() => shellWords('a \\'), 'a backslash stands at the end of the line')
})
