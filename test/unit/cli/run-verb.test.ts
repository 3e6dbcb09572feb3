import * as assert from 'uvu/assert'
import { runVerb } from '../../../lib/cli/run-verb.ts'
import { verb, verbs } from '../../../lib/cli/verbs.ts'
import { suite } from '../../support/suite.ts'
import { failureOf } from '../inventory/scratch.ts'

const test = suite('cli/run-verb')

/** What the verbs were called with. */
const calls: unknown[] = []

const script = verbs('Members', {
  status: verb({
    help: 'show every member',
    words: [{ name: 'MEMBER', help: 'only this one', optional: true }],
    flags: ['limit', 'check'],
    async run({ words, options }) {
      const member: string | undefined = words.MEMBER
      const limit: string | undefined = options.limit
      calls.push(['status', member, limit, options.check])
      return options.check ? 3 : 0
    },
  }),
  defrag: verb({
    help: 'compact',
    words: [{ name: 'MEMBER', help: 'which one' }],
    passthrough: { name: 'ARGS', help: 'for the tool', optional: true },
    async run({ words, passthrough }) {
      const member: string = words.MEMBER
      calls.push(['defrag', member, passthrough])
      return 0
    },
  }),
})

async function run(line: string): Promise<unknown> {
  calls.length = 0
  const code = await runVerb(script, 'playbooks/members.ts', line.split(' '))
  return [code, ...calls]
}

async function refusal(line: string): Promise<string> {
  calls.length = 0
  const { message, advice } = await failureOf(() => run(line))
  assert.equal(calls, [])
  return `${message} ${advice}`
}

test('the verb that is named is called, with the words and flags that it takes', async () => {
  assert.equal(await run('status'), [0, ['status', undefined, undefined, false]])
  assert.equal(await run('-l defrag status m1 -C'), [3, ['status', 'm1', 'defrag', true]])
  assert.equal(await run('defrag m1 -- --fast -C'), [0, ['defrag', 'm1', ['--fast', '-C']]])
})

test('a verb that does not exist is refused with the nearest, none with all of them', async () => {
  assert.is(await refusal('stauts'), 'There is no verb "stauts". Did you mean "status"?')
  assert.match(await refusal('--json'), /no verb was given\. Add one of: status, defrag\./)
  assert.match(await refusal('toString'), /There is no verb "toString"/)
})

test('each verb has words and flags of its own', async () => {
  assert.match(await refusal('defrag'), /MEMBER is missing/)
  assert.match(await refusal('defrag m1 m2'), /"m2" is one word too many/)
  assert.is(await refusal('defrag m1 -C'), 'defrag takes no --check. It takes --json, --help, --version.')
  assert.match(await refusal('status m1 -- x'), /"x" is one word too many/)
})
