import * as assert from 'uvu/assert'
import { join } from 'node:path'
import { entriesOf } from '../../../../lib/cli/settings/file.ts'
import { settings } from '../../../../lib/cli/settings/table.ts'
import { askAnsible, noAnsible } from '../../../support/ansible.ts'
import { Random } from '../../../support/fuzz/random.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('cli/settings: beside Ansible')

interface Answer {
  readonly read: readonly (readonly (readonly [string, string, string])[])[]
  readonly keys: readonly string[]
  readonly names: readonly string[]
}

const values = [
  '7',
  'a # b',
  'a ; b',
  'a;b',
  '"q"',
  '-o A=b -o "C d"',
  'a,\n  b',
  'a\n\tb\n\n  c',
  '100%',
  'x:y=z',
  '',
]

/** Texts as people write them: comments, both signs, spaces, lines that go on. */
function texts(count: number): readonly string[] {
  const random = new Random('settings')
  return Array.from({ length: count }, () =>
    ['defaults', 'ssh_connection']
      .flatMap((section) => [
        `[${section}]`,
        ...['Forks', 'remote_user', 'inventory'].flatMap((key) => [
          ...(random.once(3) ? [random.pick(['# c', '; c', '', '  # c'])] : []),
          `${key}${random.pick([' = ', '=', ': ', ':', ' : '])}${random.pick(values)}`,
        ]),
      ])
      .join('\n'),
  )
}

if (noAnsible === undefined) {
  test('200 files are read alike, and every key and name is one of Ansible', () => {
    const all = texts(200)
    const answer = askAnsible(join(import.meta.dirname, 'referee.py'), all) as Answer
    for (const [at, text] of all.entries()) {
      const read = entriesOf(text, 'f').map(({ section, key, value }) => [section, key, value])
      assert.equal(read, answer.read[at], text)
    }
    const keys = settings.flatMap((setting) => setting.keys.map((key) => key.join('.')))
    assert.equal(
      keys.filter((key) => !answer.keys.includes(key)),
      [],
    )
    assert.equal(
      settings.flatMap(({ env }) => env).filter((name) => !answer.names.includes(name)),
      [],
    )
  })
} else {
  test.skip('files are read alike', noAnsible)
}
