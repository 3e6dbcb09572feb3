import * as assert from 'uvu/assert'
import { Chalk } from 'chalk'
import { exitCodes } from '../../../lib/cli/exit-code.ts'
import { playbookFlags, flags } from '../../../lib/cli/flags.ts'
import type { Grammar } from '../../../lib/cli/grammar.ts'
import { helpText } from '../../../lib/cli/help.ts'
import { suite } from '../../support/suite.ts'

const test = suite('cli/help')

const help = (grammar: Grammar = {}) =>
  helpText({
    title: 'Prepare',
    command: 'npx tsx playbooks/prepare.ts',
    grammar,
    paint: new Chalk({ level: 0 }),
  })

test('every flag and exit code is in the help, in at most 80 columns', () => {
  const text = help()
  for (const name of playbookFlags) assert.match(text, new RegExp(`--${flags[name].long[0]}\\b`))
  for (const code of Object.keys(exitCodes)) assert.match(text, new RegExp(`^  ${code} `, 'm'))
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
})

test('a value that may be missing stands in brackets', () => assert.match(help(), /--resume \[RUN\]/))

test('verbs and words of a playbook stand in its usage', () => {
  const text = help({
    verbs: { status: 'show every member', defrag: 'compact' },
    positionals: [{ name: 'MEMBER', help: 'only this one', optional: true }],
    passthrough: { name: 'CMD', help: 'what to run' },
  })
  assert.match(text, 'Usage: npx tsx playbooks/prepare.ts status|defrag [MEMBER] [flags] -- CMD\n')
  assert.match(text, /^ {2}status +show every member$/m)
  assert.match(text, /^ {2}MEMBER +only this one$/m)
})
