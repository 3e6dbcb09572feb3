import { main } from '../lib/cli/main.ts'
import { keptRuns } from '../lib/cli/remembered.ts'
import { runNamed } from '../lib/cli/run-named.ts'
import { compareRuns } from '../lib/cli/runs/compare.ts'
import { listOfRuns } from '../lib/cli/runs/list.ts'
import { aboutRun } from '../lib/cli/runs/show.ts'
import { watchRun } from '../lib/cli/runs/watch.ts'
import { verb, verbs } from '../lib/cli/verbs.ts'
import { openSinks } from '../lib/report/sinks.ts'

const flags = ['inventory'] as const
const run = { name: 'RUN', help: 'its id, a beginning or end of it, or last' } as const

/** Defaults to the last one. */
function chosen(name: string | undefined, options: Parameters<typeof keptRuns>[0]) {
  const runs = keptRuns(options)
  return name === undefined || name === 'last'
    ? (runs.at(-1) ?? runNamed(runs, 'last'))
    : runNamed(runs, name)
}

export default verbs('Look at the runs that are kept', {
  list: verb({
    help: 'every run, the newest first',
    flags,
    async run({ options, report }) {
      report('Runs', listOfRuns(keptRuns(options)))
      return 0
    },
  }),

  show: verb({
    help: 'how it was run, what it changed, what failed, how to undo it',
    words: [{ ...run, optional: true }],
    flags,
    async run({ words, options, report }) {
      for (const [name, data] of aboutRun(chosen(words.RUN, options))) report(name, data)
      return 0
    },
  }),

  diff: verb({
    help: 'what one was told and changed that the other was not',
    words: [run, { name: 'OTHER', help: 'the run to hold beside it' }],
    flags,
    async run({ words, options, report }) {
      const parts = compareRuns(chosen(words.RUN, options), chosen(words.OTHER, options))
      for (const [name, data] of parts) report(name, data)
      return 0
    },
  }),

  watch: verb({
    help: 'its console, from its beginning until it ends',
    words: [{ ...run, optional: true }],
    flags: [...flags, 'verbosity', 'diff', 'junit', 'logFile'],
    run: ({ words, options }) => watchRun(chosen(words.RUN, options), openSinks(options)),
  }),
})

await main(import.meta)
