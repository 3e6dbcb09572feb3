import * as assert from 'uvu/assert'
import { Tail } from '../../../lib/transport/tail.ts'
import { suite } from '../../support/suite.ts'

const test = suite('tail')

test('everything is kept up to the limit', () => {
  const tail = new Tail(6)
  tail.push(Buffer.from('abc'))
  tail.push(Buffer.from('def'))
  assert.is(tail.bytes().toString(), 'abcdef')
  assert.is(tail.dropped, 0)
})

test('beyond the limit the front goes and is counted, however it came', () => {
  const text = Array.from({ length: 997 }, (_, index) => `${index},`).join('')
  for (const size of [1, 3, 7, 64, 1000, text.length]) {
    const tail = new Tail(100)
    for (let at = 0; at < text.length; at += size) tail.push(Buffer.from(text.slice(at, at + size)))
    assert.is(tail.bytes().toString(), text.slice(-100), `in pieces of ${size}`)
    assert.is(tail.dropped, text.length - 100, `in pieces of ${size}`)
  }
})

test('what was pushed may be overwritten by its owner afterwards', () => {
  const tail = new Tail(10)
  const chunk = Buffer.from('abc')
  tail.push(chunk)
  chunk.fill('x')
  assert.is(tail.bytes().toString(), 'abc')
})
