import * as assert from 'uvu/assert'
import { baseline, quickRatios, shortfalls } from '../bench/quick.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/speed')

test(
  'Troupe is as fast beside other tools as it was, but for a quarter',
  async () => {
    const ratios = await quickRatios(() => {})
    assert.ok(ratios.some(({ tool, work }) => tool === 'floor' && work === 'tune'))
    assert.equal(shortfalls(ratios, baseline()), [])
  },
  { timeoutMs: 15 * 60_000 },
)
