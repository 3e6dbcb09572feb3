import * as assert from 'uvu/assert'
import { conflictsAmong, conflictsWith, hostsLines } from '../../../lib/cluster/host-names.ts'
import { loopbackLines, namesIn, parseHosts } from '../../../lib/cluster/hosts-file.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the names of a cluster')
const named = (name: string, address: string, source = 'test') => ({ name, address, source })

test('a name and its address stand there once, whoever says so', () => {
  const twice = [named('a', '10.0.0.1', 'one'), named('a', '10.0.0.1', 'other'), named('b', '10.0.0.1')]
  assert.is(hostsLines(twice), '10.0.0.1\ta\n10.0.0.1\tb\n')
  assert.equal(conflictsAmong(twice), [])
})

test('an address of each kind is no conflict, and two of one kind are one', () => {
  const [v4, v6] = [named('a', '10.0.0.1'), named('a', 'fd00::1')]
  assert.equal(conflictsAmong([v4, v6]), [])
  assert.equal(conflictsAmong([v4, v6, named('a', 'fd00::2')]), [{ one: v6, other: named('a', 'fd00::2') }])
  assert.equal(conflictsWith([v4], [named('a', '10.0.0.2')]), [{ one: v4, other: named('a', '10.0.0.2') }])
})

test('a file is read by line, our block apart from what is around it', () => {
  const text = [
    '# 10.0.0.9 nobody',
    '127.0.0.1  localhost  # here',
    '# BEGIN KubeXM Managed Block',
    '10.0.0.1\ta',
    '# END KubeXM Managed Block',
    '10.0.0.5 Printer',
    '10.0.0.6',
  ].join('\n')
  const { block, rest } = parseHosts(text)
  assert.equal(
    block.map(({ address, names }) => [address, ...names]),
    [['10.0.0.1', 'a']],
  )
  assert.equal(
    namesIn(rest).map(({ name, address }) => [address, name]),
    [
      ['127.0.0.1', 'localhost'],
      ['10.0.0.5', 'printer'],
    ],
  )
})

test('a block that lost its end is none', () => {
  const { block, rest } = parseHosts('# BEGIN KubeXM Managed Block\n10.0.0.1 a\n')
  assert.is(block.length, 0)
  assert.is(rest.length, 1)
})

test('of a line of the loopback only the names in question go', () => {
  const { rest } = parseHosts('127.0.0.1 localhost A # here\n127.0.1.1 a\n::1 b\n10.0.0.1 a\n')
  assert.equal(loopbackLines(rest, ['a']), [
    { text: '127.0.0.1 localhost A # here', without: '127.0.0.1\tlocalhost # here' },
    { text: '127.0.1.1 a', without: undefined },
  ])
})
