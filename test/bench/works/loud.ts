import { tuned, tuneWays } from './tune/tune.ts'
import type { Work } from '../work.ts'

const flags = { first: [], plain: [], '-v': ['-v'], '--json': ['--json'], '--check, no journal': ['--check'] }

/** `tune` with all that can be switched on besides: what saying more costs. */
export const loud: Work = {
  name: 'loud',
  runs: Object.keys(flags) as unknown as Work['runs'],
  ways: (run) => ({ troupe: [...(tuneWays.troupe ?? []), ...(flags[run as keyof typeof flags] ?? [])] }),
  on: { ...tuned, counts: [8] },
}
