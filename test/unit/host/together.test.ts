import * as assert from 'uvu/assert'
import { Together } from '../../../lib/host/together.ts'
import { ContactLost } from '../../../lib/transport/errors.ts'
import { suite } from '../../support/suite.ts'

const test = suite('host/together')

/** Notes what is asked at once; `bad` cannot be answered, nor what is asked with it. */
function asking() {
  const asked: string[] = []
  const together = new Together(async (questions: readonly string[]) => {
    asked.push(questions.join(' '))
    if (questions.includes('bad')) throw new Error('bad')
    return questions.map((each) => each.toUpperCase())
  })
  return { asked, together }
}

test('What is asked at the same moment is asked as one, each thing once, and everybody hears what he asked', async () => {
  const { asked, together } = asking()
  const later = Promise.resolve().then(() => together.ask(['c', 'a']))
  const answers = await Promise.all([together.ask(['a', 'b']), later, together.ask([])])
  assert.equal(answers, [['A', 'B'], ['C', 'A'], []])
  assert.equal(asked, ['a b c'])
  assert.equal(await together.ask(['d', 'd']), ['D', 'D'])
  assert.equal(asked, ['a b c', 'd d'])
})

test('One that cannot be answered spoils nobody else’s answer', async () => {
  const { asked, together } = asking()
  const [good, bad] = await Promise.allSettled([together.ask(['a']), together.ask(['bad'])])
  assert.equal(good, { status: 'fulfilled', value: ['A'] })
  assert.is(bad.status, 'rejected')
  assert.equal(asked, ['a bad', 'a', 'bad'])
  assert.is((await Promise.allSettled([together.ask(['bad'])]))[0].status, 'rejected')
})

test('Where contact is lost, nobody is asked again: what was asked may have been done', async () => {
  let times = 0
  const together = new Together<string, string>(async () => {
    times++
    throw new ContactLost('h1 is away.')
  })
  const ends = await Promise.allSettled([together.ask(['a']), together.ask(['b'])])
  assert.equal(
    ends.map((end) => end.status === 'rejected' && end.reason instanceof ContactLost),
    [true, true],
  )
  assert.is(times, 1)
})
