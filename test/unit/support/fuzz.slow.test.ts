import * as assert from 'uvu/assert'
import { rejects } from 'node:assert/strict'
import { Broken, fuzz } from '../../support/fuzz/fuzz.ts'
import { Random } from '../../support/fuzz/random.ts'
import { targets } from '../../support/fuzz/targets.ts'
import { suite } from '../../support/suite.ts'

const test = suite('fuzz')
const roundsEach = Math.ceil(2_000 / targets.length)

for (const target of targets) {
  test(`In a few of many rounds, ${target.name}`, () => fuzz([target], roundsEach, 'the same each time'))
}

test('Chance comes again with its seed', () => {
  const drawn = (seed: string) => new Random(seed).bytes(20).toString('hex')
  assert.is(drawn('a'), drawn('a'))
  assert.is.not(drawn('a'), drawn('b'))
})

test('A round that breaks its promise is named with its seed, and so is one that never ends', async () => {
  const target = { name: 'it holds', throws: ['Error'], share: 100 }
  const broken = () => {
    throw new Broken('no')
  }
  await rejects(
    () => fuzz([{ ...target, round: broken }], 1, 'seed'),
    /it holds in round seed\/it holds\/0: Broken: no/,
  )
  const wrong = () => (undefined as unknown as string).length
  await rejects(() => fuzz([{ ...target, round: wrong }], 1, 'seed'), /TypeError/)
  const endless = () => new Promise(() => undefined)
  await rejects(() => fuzz([{ ...target, round: endless }], 1, 'seed'), /it does not end/)
})
