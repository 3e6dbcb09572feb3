import * as assert from 'uvu/assert'
import { majorityOf, whyNotWithout, type Vote } from '../../../../roles/etcd/quorum.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/etcd: who may leave')

const vote = (name: string, { well = true, isLearner = false } = {}): Vote => {
  return { id: name, name, peerUrls: [`https://${name}:2380`], clientUrls: [], isLearner, well }
}
const down = { well: false }

test('a majority is more than half', () => {
  assert.equal([1, 2, 3, 4, 5].map(majorityOf), [1, 2, 2, 3, 3])
})

test('one of three leaves, two of five do, and one that is down does', () => {
  assert.is(
    whyNotWithout(
      ['a'],
      ['a', 'b', 'c'].map((name) => vote(name)),
    ),
    undefined,
  )
  assert.is(
    whyNotWithout(
      ['a', 'b'],
      ['a', 'b', 'c', 'd', 'e'].map((name) => vote(name)),
    ),
    undefined,
  )
  assert.is(whyNotWithout(['a'], [vote('a', down), vote('b'), vote('c')]), undefined)
})

test('who is needed for the majority of those that stay does not leave', () => {
  const why = whyNotWithout(['b'], [vote('a', down), vote('b'), vote('c')])
  assert.is(why?.found, '1 of 2 members well without b; down: a')
  assert.match(why?.advice ?? '', '-e node=a -e node_is_gone=true')
})

test('what is down leaves first, so that the others need not wait for it', () => {
  assert.is(whyNotWithout(['b', 'a'], [vote('a', down), vote('b'), vote('c')]), undefined)
})

test('nobody leaves beside a learner, and nobody leaves nothing behind', () => {
  const learner = vote('d', { isLearner: true })
  assert.match(
    whyNotWithout(['a'], [vote('a'), vote('b'), vote('c'), learner])?.found ?? '',
    'd is a learner',
  )
  assert.is(whyNotWithout(['d'], [vote('a'), vote('b'), vote('c'), learner]), undefined)
  assert.is(whyNotWithout(['a'], [vote('a')])?.found, 'no other member in the cluster')
})
