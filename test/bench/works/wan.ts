import { tuned, tuneWays } from './tune/tune.ts'
import type { Work } from '../work.ts'

/** `tune` on hosts that are far away: 50 ms there and back. */
export const wan: Work = {
  name: 'wan',
  runs: ['first', 'second'],
  ways: () => tuneWays,
  on: { ...tuned, counts: [1, 10], settled: 'second', delayMs: 25 },
}
