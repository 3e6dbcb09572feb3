import { main } from '../../lib/cli/main.ts'
import { flagNames } from '../../lib/cli/flags.ts'
import { verb, verbs } from '../../lib/cli/verbs.ts'
import small from './small.ts'

/** A playbook behind a verb. */
export default verbs('Write a file, in several ways', {
  write: verb({
    help: 'write it',
    words: [{ name: 'WHY', help: 'only said' }],
    flags: flagNames,
    run: ({ play }) => play(small),
  }),
})

await main(import.meta)
