import * as assert from 'uvu/assert'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { entriesOf, findSettings } from '../../../../lib/cli/settings/file.ts'
import { suite } from '../../../support/suite.ts'
import { failureOf, scratch } from '../../inventory/scratch.ts'

const test = suite('cli/settings: the file')
const cfg = '[defaults]\nforks = 7\n'

/** Which file is read of those that there are: one that is named, one in the current folder, one at home. */
function found(files: readonly string[], { named, open = false }: { named?: string; open?: boolean } = {}) {
  const folder = scratch({
    'named/ansible.cfg': '',
    'here/x': '',
    'home/x': '',
    ...Object.fromEntries(files.map((file) => [file, cfg])),
  })
  const at = (name: string) => join(folder, name)
  if (open) chmodSync(at('here'), 0o777)
  const env = named === undefined ? {} : { ANSIBLE_CONFIG: at(named) }
  const { file, warnings } = findSettings({ env, folder: at('here'), home: at('home') })
  return { file: file?.replace(`${folder}/`, ''), warnings }
}

const all = ['named/ansible.cfg', 'here/ansible.cfg', 'home/.ansible.cfg']

test('the first of the places of Ansible that has a file counts', () => {
  assert.equal(found(all, { named: 'named/ansible.cfg' }), { file: 'named/ansible.cfg', warnings: [] })
  assert.is(found(all, { named: 'named' }).file, 'named/ansible.cfg')
  assert.is(found(all).file, 'here/ansible.cfg')
  assert.is(found(all.slice(2)).file, 'home/.ansible.cfg')
})

test('in a folder into which anybody may write, none is read, and that is said', () => {
  const { file, warnings } = found(all, { open: true })
  assert.is(file, 'home/.ansible.cfg')
  assert.match(warnings.join(), /here\/ansible\.cfg is not read: anybody may write into its folder/)
  assert.equal(found(all, { open: true, named: 'here/ansible.cfg' }), {
    file: 'here/ansible.cfg',
    warnings: [],
  })
  assert.equal(found(all.slice(2), { open: true }).warnings, [])
})

test('a file that is named and is not there is told', () => {
  const { file, warnings } = found(all, { named: 'nowhere.cfg' })
  assert.is(file, 'here/ansible.cfg')
  assert.match(warnings.join(), /nowhere\.cfg, which cannot be read; \S+here\/ansible\.cfg is read instead/)
})

test('keys stand in sections, in any case, with comments and values over several lines', () => {
  const text =
    '# c\n; c\n[defaults]\nForks=7 ; many\nremote_user : op;x\ninventory = a,\n  b,\n\n  c\n[ssh_connection]\nssh_args = -o A=#1\n'
  assert.equal(
    entriesOf(text, 'f').map(({ section, key, value, line }) => [section, key, value, line]),
    [
      ['defaults', 'forks', '7', 4],
      ['defaults', 'remote_user', 'op;x', 5],
      ['defaults', 'inventory', 'a,\nb,\n\nc', 6],
      ['ssh_connection', 'ssh_args', '-o A=#1', 11],
    ],
  )
})

test('what is neither key nor section is refused with its line', async () => {
  const wrong = async (text: string) => (await failureOf(() => entriesOf(text, 'ansible.cfg'))).message
  assert.match(await wrong('forks = 7\n'), /^ansible\.cfg:1: expected a section/)
  assert.match(await wrong('[defaults]\nforks\n'), /^ansible\.cfg:2: expected "key = value"/)
})
