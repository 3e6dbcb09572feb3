import * as assert from 'uvu/assert'
import { baseline, lastingShortfalls } from '../bench/quick.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/speed')

test(
  'Troupe is as fast beside other tools as it was, but for a quarter',
  async () => assert.equal(await lastingShortfalls(() => {}, baseline()), []),
  { timeoutMs: 15 * 60_000 },
)
