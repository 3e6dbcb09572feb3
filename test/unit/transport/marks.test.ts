import * as assert from 'uvu/assert'
import { MarkedStream } from '../../../lib/transport/marks.ts'
import { suite } from '../../support/suite.ts'

const test = suite('marks')

/** What is cut out between the marks `aaaa` and `bbbb` when the bytes come in pieces of this size. */
function cut(bytes: Buffer, size: number) {
  const stream = new MarkedStream()
  const found = ['aaaa', 'bbbb'].map((nonce) => {
    const part = { before: Buffer.alloc(0), value: '' }
    stream.expect({
      nonce,
      before: (more) => (part.before = Buffer.concat([part.before, more])),
      reached: (value) => (part.value = value),
    })
    return part
  })
  for (let at = 0; at < bytes.length; at += size) stream.push(bytes.subarray(at, at + size))
  return found
}

test('bytes are cut at the marks wherever the pieces begin and end', () => {
  const bytes = Buffer.from('one\0\xff\naaaa:0\ntwoaaaa:1\nbbbaaabbbb:127\nlate', 'latin1')
  for (let size = 1; size <= bytes.length; size++) {
    const [first, second] = cut(bytes, size)
    assert.equal(first, { before: Buffer.from('one\0\xff\n', 'latin1'), value: '0' }, `in pieces of ${size}`)
    assert.equal(second, { before: Buffer.from('twoaaaa:1\nbbbaaa'), value: '127' }, `in pieces of ${size}`)
  }
})

test('a nonce without a value is output', () => {
  const [first, second] = cut(Buffer.from('aaa aaaa bbbb:1\naaaa:2\nbbbb:3\n'), 5)
  assert.is(first?.before.toString(), 'aaa aaaa bbbb:1\n')
  assert.is(second?.value, '3')
})
