import * as assert from 'uvu/assert'
import { parseAddress } from '../../../lib/inventory/address.ts'
import { expandRanges } from '../../../lib/inventory/host-range.ts'
import { suite } from '../../support/suite.ts'

const test = suite('ranges and addresses of hosts')

const ranges: readonly (readonly [string, readonly string[]])[] = [
  ['web', ['web']],
  ['web[1:3]', ['web1', 'web2', 'web3']],
  ['web[01:10:4].x', ['web01.x', 'web05.x', 'web09.x']],
  ['y[:2]', ['y0', 'y1', 'y2']],
  ['db[a:c]', ['dba', 'dbb', 'dbc']],
  ['[y:B]', ['y', 'z', 'A', 'B']],
  ['r[1:2]-[a:b]', ['r1-a', 'r1-b', 'r2-a', 'r2-b']],
  ['10.0.0.[9:11]', ['10.0.0.9', '10.0.0.10', '10.0.0.11']],
]
for (const [pattern, names] of ranges) {
  test(`${pattern} is ${names.join(' ')}`, () => assert.equal(expandRanges(pattern), names))
}

for (const bad of [
  'x[01:1]',
  'x[3:1]',
  'x[c:a]',
  'x[1:]',
  'x[1]',
  'x[1:3:0]',
  'x[a:3]',
  'x[1:2',
  'x1:2]',
  'x[ab:cd]',
]) {
  test(`${bad} is refused`, () =>
    assert.throws(
      () => expandRanges(bad),
      (error: Error) => error.name === 'BadRange',
    ))
}

test('a name, an IPv4 and a bracketed IPv6 address may have a port', () => {
  assert.equal(parseAddress('web1:2222'), { host: 'web1', port: 2222 })
  assert.equal(parseAddress('10.0.0.1:22'), { host: '10.0.0.1', port: 22 })
  assert.equal(parseAddress('[fe80::1]:22'), { host: 'fe80::1', port: 22 })
  assert.equal(parseAddress('web[1:3]:22'), { host: 'web[1:3]', port: 22 })
})

test('a bare IPv6 address has no port', () => {
  assert.equal(parseAddress('fe80::1:22'), { host: 'fe80::1:22' })
})

test('what is no name and no address is told from one', () => {
  for (const odd of ['web:', 'a:b', 'a b', '-a', 'a_', 'k=v', '']) assert.is(parseAddress(odd), undefined)
})

test('a range of more hosts than anybody has is refused before they are made', () => {
  for (const odd of ['h[1:999999999]', 'h[1:1000]-[1:1000]'])
    assert.throws(() => expandRanges(odd), /more than 100000 hosts/)
})
