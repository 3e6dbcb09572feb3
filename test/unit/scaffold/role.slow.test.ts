import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newRole } from '../../../lib/scaffold/role.ts'
import { withVariableTable } from '../../../lib/scaffold/variable-table.ts'
import { defineVars, list, string } from '../../../lib/vars/schema.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scaffold/role')
const root = join(import.meta.dirname, '../../..')

/** A project beside this one that shares all of it but what a new role adds. */
function project(): string {
  const folder = scratchFolder()
  for (const name of [
    'lib',
    'docs',
    'node_modules',
    'tsconfig.json',
    'package.json',
    '.oxlintrc.json',
    '.oxfmtrc.json',
  ]) {
    symlinkSync(join(root, name), join(folder, name))
  }
  for (const name of ['support', 'lab', 'kinds', 'playbooks', 'run.ts']) {
    mkdirSync(join(folder, 'test'), { recursive: true })
    cpSync(join(root, 'test', name), join(folder, 'test', name), { recursive: true })
  }
  return folder
}

test(
  'a new role is typed, free of lint, keeps the laws, and can be run at once',
  () => {
    const folder = project()
    const files = newRole('node_exporter', folder)
    assert.is(files.length, 8)
    const run = (program: string, ...args: readonly string[]) =>
      execFileSync(join(root, 'node_modules/.bin', program), args, {
        cwd: folder,
        encoding: 'utf8',
        stdio: 'pipe',
      })
    run('oxfmt', ...files.filter((file) => file.endsWith('.ts')))
    run('oxlint', 'roles', 'playbooks')
    run('tsc', '--noEmit')
    const unit = ['--import', 'tsx', 'test/run.ts', 'unit', 'roles/node-exporter']
    assert.match(
      execFileSync(process.execPath, unit, { cwd: folder, encoding: 'utf8' }),
      '1 passed, 0 failed',
    )
    writeFileSync(join(folder, 'hosts.ini'), 'one\n')
    const list = ['--import', 'tsx', 'playbooks/node_exporter.ts', '-i', 'hosts.ini', '--list-tasks']
    assert.match(
      execFileSync(process.execPath, list, { cwd: folder, encoding: 'utf8' }),
      'node_exporter : Write the configuration',
    )
  },
  { timeoutMs: 120_000 },
)

test('a role that stands there is not written over, and a name that can be none is refused', () => {
  const folder = scratchFolder()
  newRole('mine', folder)
  writeFileSync(join(folder, 'roles/mine/vars.ts'), 'mine')
  assert.throws(() => newRole('mine', folder), /roles\/mine\/vars.ts stands there already/)
  assert.is(readFileSync(join(folder, 'roles/mine/vars.ts'), 'utf8'), 'mine')
  assert.throws(() => newRole('../mine', folder), /can be no name of a role/)
})

test('the table of variables stands between its marks, and nothing else is touched', () => {
  const folder = scratchFolder()
  newRole('mine', folder)
  const page = readFileSync(join(folder, 'roles/mine/README.md'), 'utf8')
  const vars = defineVars({ timeServers: list(string(), { default: [], doc: 'Whom the clock follows.' }) })
  const filled = withVariableTable(page, { name: 'mine', vars })
  assert.match(
    filled,
    /<!-- variables -->\n\n\| variable .*\n.*\n\| `mine.timeServers` \| list of text \| `\[\]` \|/,
  )
  assert.is(withVariableTable(filled, { name: 'mine', vars }), filled)
  assert.is(withVariableTable('no marks\n', { name: 'mine', vars }), 'no marks\n')
  const ofBoth = withVariableTable(page, { name: 'mine', vars }, { name: 'yours', vars })
  assert.match(ofBoth, /\n\| `mine.timeServers` .*\n\| `yours.timeServers` .*\n\n/)
})
