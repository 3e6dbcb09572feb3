import * as assert from 'uvu/assert'
import { changesToUndo, type Entry, type Intent } from '../../../lib/task/journal.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/journal')

function intent(n: number, id: string, more: Partial<Intent> = {}): Intent {
  return {
    type: 'intent',
    n,
    at: { stage: 0, batch: 0, stageTitle: 's', role: 'r', task: 't' },
    kind: 'file',
    id,
    ref: {},
    from: { is: `${n} before` },
    to: { is: `${n} after` },
    ...more,
  }
}

const done = (n: number): Entry => ({ type: 'done', n })

/** Each change as its numbers, from and to. */
function undoing(
  ...entries: readonly Entry[]
): readonly (readonly [readonly number[], string, string, boolean])[] {
  return changesToUndo(entries).map(({ intents, from, to, done: isDone }) => [
    intents.map(({ n }) => n),
    from.is,
    to.is,
    isDone,
  ])
}

test('Changes are undone newest first', () => {
  assert.equal(undoing(intent(1, 'a'), done(1), intent(2, 'b'), done(2)), [
    [[2], '2 before', '2 after', true],
    [[1], '1 before', '1 after', true],
  ])
})

test('Several entries for one thing are one change, from the oldest to the newest', () => {
  assert.equal(undoing(intent(1, 'a'), done(1), intent(2, 'b'), done(2), intent(3, 'a')), [
    [[1, 3], '1 before', '3 after', false],
    [[2], '2 before', '2 after', true],
  ])
})

test('What was undone or kept is over', () => {
  const ends: readonly Entry[] = [
    { type: 'undone', n: 1 },
    { type: 'kept', n: 2, why: 'somebody' },
  ]
  assert.equal(undoing(intent(1, 'a'), intent(2, 'b'), intent(3, 'c'), done(3), ...ends), [
    [[3], '3 before', '3 after', true],
  ])
})

test('A bracket keeps both of its ends, each with all goes that it took', () => {
  const [enter, leave] = [{ bracket: 'enter' }, { bracket: 'leave' }] as const
  const entries = [
    intent(1, 'n', enter),
    intent(2, 'n', enter),
    done(2),
    intent(3, 'a'),
    done(3),
    intent(4, 'n', leave),
    done(4),
    intent(5, 'n', enter),
    done(5),
  ]
  assert.equal(
    undoing(...entries).map(([numbers]) => numbers),
    [[5], [4], [3], [1, 2]],
  )
})

test('A change reacts to all that any of its entries reacted to, once', () => {
  const [a, b] = ['a', 'b'].map((id) => ({ kind: 'file', id, ref: {} }))
  assert.ok(a !== undefined && b !== undefined)
  const [change] = changesToUndo([intent(1, 'u', { after: [a] }), intent(2, 'u', { after: [b, a] })])
  assert.equal(change?.after, [a, b])
})
