import { main } from '../../lib/cli/main.ts'
import { verb, verbs } from '../../lib/cli/verbs.ts'

export default verbs('Look after the members', {
  status: verb({
    help: 'what each member says of itself',
    words: [{ name: 'MEMBER', help: 'only this one', optional: true }],
    flags: ['inventory', 'limit'],
    async run({ words, options, report }) {
      report('Members', [{ member: words.MEMBER ?? 'all', of: options.limit ?? 'everywhere' }])
      return 0
    },
  }),
})

await main(import.meta)
