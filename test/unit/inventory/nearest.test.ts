import * as assert from 'uvu/assert'
import { didYouMean, nearest } from '../../../lib/inventory/nearest.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the nearest word')

test('swapped, missing, doubled and wrong letters are slips', () => {
  for (const slip of ['agnet', 'agen', 'aggent', 'agenr', 'Agent']) {
    assert.is(nearest(slip, ['server', 'agent', 'etcd']), 'agent')
  }
})

test('the nearest of several is taken', () => {
  assert.is(nearest('node11', ['node1', 'node10', 'node12', 'node111']), 'node1')
})

test('something else altogether is no slip', () => {
  assert.is(nearest('worker', ['server', 'etcd']), undefined)
  assert.is(nearest('lb', ['db2', 'web']), undefined)
})

test('without a near one the choice is shown, unless it is long', () => {
  assert.is(didYouMean('x', ['server', 'etcd']), 'Known: server, etcd.')
  const many = Array.from({ length: 20 }, (_, index) => `host${index}`)
  assert.match(didYouMean('x', many), /and 8 more\.$/)
  assert.is(didYouMean('x', []), 'There is nothing to choose from.')
})
