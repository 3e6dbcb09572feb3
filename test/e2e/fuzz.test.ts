import * as assert from 'uvu/assert'
import { fuzz } from '../support/fuzz/fuzz.ts'
import { targets } from '../support/fuzz/targets.ts'
import { suite } from '../support/suite.ts'

const test = suite('e2e/fuzz')
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 100_000)
const seed = process.env['FUZZ_SEED'] ?? String(Date.now())

test(
  'Whatever comes in, nothing crashes, nothing hangs, and no frame is taken for another',
  async () => {
    console.log(`FUZZ_SEED=${seed} FUZZ_ROUNDS=${rounds}`)
    const done = await fuzz(targets, rounds, seed)
    assert.ok(done >= rounds, `${done} rounds of ${rounds}`)
  },
  { timeoutMs: 900_000 },
)
