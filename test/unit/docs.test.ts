import * as assert from 'uvu/assert'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { flagNames } from '../../lib/cli/flags.ts'
import { exitCodes } from '../../lib/cli/exit-code.ts'
import { loadInventory } from '../../lib/inventory/inventory.ts'
import { withVariableTable } from '../../lib/scaffold/variable-table.ts'
import type { Vars } from '../../lib/vars/schema.ts'
import { suite } from '../support/suite.ts'

const test = suite('docs')
const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const readme = read('README.md')

function block(text: string, language: string): string {
  const found = new RegExp('```' + language + '\n([\\s\\S]*?)```').exec(text)?.[1]
  if (found === undefined) throw new Error(`There is no block of ${language}.`)
  return found
}

test("the README's inventory is one", async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'troupe-test-')), 'hosts.ini')
  writeFileSync(file, block(readme, 'ini'))
  const inventory = await loadInventory([file])
  assert.equal(inventory.hosts.map(({ name }) => name).toSorted(), ['node1', 'node2', 'node3'])
  assert.equal(inventory.group('server'), ['node1'])
})

test("the README's playbook is the one in the repository", () => {
  const [comment, ...code] = block(readme, 'ts').split('\n')
  assert.is(comment, '// playbooks/prepare.ts')
  assert.is(code.join('\n'), read('playbooks/prepare.ts'))
})

test('the worked example of a kind is the one that is tested', () => {
  assert.is(block(read('docs/resources.md'), 'ts'), read('docs/examples/alternative.ts'))
})

test('what a role works with is told of, each part of it', () => {
  const page = read('docs/roles.md')
  const context =
    /export interface RoleContext[^{]*\{([\s\S]*?)\n\}/.exec(read('lib/play/role.ts'))?.[1] ?? ''
  const parts = [...context.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name = '']) => name)
  assert.ok(parts.length > 8)
  assert.equal(
    parts.filter((name) => name !== 'run' && !new RegExp(`\`${name}\\b`).test(page)),
    [],
  )
})

test('the README names every exit code', () => {
  for (const code of Object.keys(exitCodes)) assert.match(readme, new RegExp(`\\b${code} `))
  assert.ok(flagNames.length > 0)
})

test('the example inventory can be read', async () => {
  const inventory = await loadInventory([join(root, 'inventory/example.ini')])
  assert.is(inventory.hosts.length, 3)
})

test('every link to a file leads to one', () => {
  const pages = ['.', 'docs', 'roles/system_tuning'].flatMap((folder) => {
    return readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name))
  })
  const broken = pages.flatMap((page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link)
    return links
      .filter((link) => !existsSync(join(root, dirname(page), link)))
      .map((link) => `${page}: ${link}`)
  })
  assert.equal(broken, [])
})

for (const name of readdirSync(join(root, 'roles'))) {
  test(`the table of variables in the README of ${name} is that of its vars.ts`, async () => {
    const { vars } = (await import(join(root, 'roles', name, 'vars.ts'))) as { readonly vars: Vars }
    const page = read(`roles/${name}/README.md`)
    assert.match(page, '<!-- variables -->')
    assert.is(page, withVariableTable(page, { name, vars }), 'npm run fix writes it')
  })
}
