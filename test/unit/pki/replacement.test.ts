import * as assert from 'uvu/assert'
import { after, movesFor, type Step } from '../../../lib/pki/replacement.ts'
import type { Phase } from '../../../lib/pki/authority.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the replacement of an authority')

/** What each step does where an authority is that far; undefined where it is refused. */
const table: readonly (readonly [Phase | 'none', Step | undefined, readonly string[] | RegExp])[] = [
  ['none', undefined, ['make']],
  ['none', 'introduce', /there is none that could be replaced/],
  ['alone', undefined, []],
  ['alone', 'introduce', ['introduce']],
  ['alone', 'switch', /no other one was introduced/],
  ['alone', 'drop', []],
  ['introduced', undefined, []],
  ['introduced', 'introduce', []],
  ['introduced', 'switch', ['switch']],
  ['introduced', 'drop', /does not issue yet/],
  ['switching', undefined, ['switch']],
  ['switching', 'introduce', ['switch']],
  ['switching', 'switch', ['switch']],
  ['switching', 'drop', ['switch', 'drop']],
  ['switched', undefined, []],
  ['switched', 'introduce', []],
  ['switched', 'switch', []],
  ['switched', 'drop', ['drop']],
]

for (const [phase, step = 'no step', moves] of table) {
  const title = Array.isArray(moves) ? `${moves.join(' and ') || 'nothing'} is done` : 'it is refused'
  test(`Where it is ${phase}, with ${step}, ${title}`, () => {
    const asked = step === 'no step' ? undefined : step
    if (moves instanceof RegExp) assert.throws(() => movesFor('etcd', phase, asked), moves)
    else assert.equal(movesFor('etcd', phase, asked), moves)
  })
}

test('Its moves lead from one authority to the next', () => {
  const made = after(undefined, 'make', 'A')
  assert.equal(made, { is: 'authority', phase: 'alone', issuing: 'A', trusted: ['A'] })
  const introduced = after(made, 'introduce', 'B')
  assert.equal([introduced.issuing, introduced.trusted], ['A', ['A', 'B']])
  const switched = after(introduced, 'switch', 'C')
  assert.equal([switched.phase, switched.issuing, switched.trusted], ['switched', 'B', ['B', 'A']])
  assert.equal(after(switched, 'drop', 'C'), {
    is: 'authority',
    phase: 'alone',
    issuing: 'B',
    trusted: ['B'],
  })
})
