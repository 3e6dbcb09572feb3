import * as assert from 'uvu/assert'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unfit } from '../../lib/cluster/unfit.ts'
import { configuration, type ClusterConfiguration } from '../../lib/cluster/vars.ts'
import { flagNames } from '../../lib/cli/flags.ts'
import { exitCodes } from '../../lib/cli/exit-code.ts'
import { loadInventory } from '../../lib/inventory/inventory.ts'
import { sharedPages, withVariableTable } from '../../lib/scaffold/variable-table.ts'
import { settingNames } from '../../lib/transport/ssh-config/settings.ts'
import { wayName, wayTo, type Way } from '../../lib/transport/way.ts'
import { connectionOf } from '../../lib/vars/connection.ts'
import { loadVars } from '../../lib/vars/load.ts'
import { resolveRoleVars } from '../../lib/vars/resolve.ts'
import type { Vars } from '../../lib/vars/schema.ts'
import { chart } from '../bench/chart.ts'
import type { Report } from '../bench/results.ts'
import { page } from '../bench/table.ts'
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

test('the playbook of the page on policies that puts back is the one in the repository', () => {
  const [comment, ...code] = (
    /```ts\n(\/\/ playbooks[\s\S]*?)```/.exec(read('docs/policies.md'))?.[1] ?? ''
  ).split('\n')
  assert.is(comment, '// playbooks/unprepare.ts')
  assert.is(code.join('\n'), read('playbooks/unprepare.ts'))
})

test('the worked example of a kind is the one that is tested', () => {
  assert.is(block(read('docs/resources.md'), 'ts'), read('docs/examples/alternative.ts'))
})

test('the worked example of a role is made of parts of its files', () => {
  const parts = [...read('docs/roles.md').matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)]
  assert.is(parts.length, read('docs/roles.md').split('```ts').length - 1)
  assert.ok(parts.length > 3)
  for (const [, file = '', code = ''] of parts)
    assert.ok(read(file).includes(code), `not as in ${file}:\n${code}`)
})

test('the role of the page on certificates is the one that is tested', () => {
  const [comment, ...code] = block(read('docs/certificates.md'), 'ts').split('\n')
  assert.is(comment, '// docs/examples/certified.ts')
  assert.is(code.join('\n'), read('docs/examples/certified.ts'))
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

const connections = read('docs/connections.md')

test('the page on connections names every setting that is understood, and no other', () => {
  const names = settingNames.filter((name) => !new RegExp(`\\b${name}\\b`, 'i').test(connections))
  assert.equal(names, [])
  const rows = [...connections.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name)
  assert.ok(rows.length > 15)
  assert.equal(
    rows.filter((name) => !settingNames.includes(name.toLowerCase())),
    [],
  )
})

test('the jump hosts of the page on connections lead where it says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  const [inventoryFile, configFile] = [join(folder, 'hosts.ini'), join(folder, 'config')]
  writeFileSync(inventoryFile, block(connections, 'ini'))
  writeFileSync(configFile, block(connections, 'ssh-config'))
  const inventory = await loadInventory([inventoryFile])
  const store = await loadVars({ inventory, playbookFolder: folder, extra: [], roleNames: [] })
  const { address, ...given } = connectionOf(store.of('node1'))
  assert.equal(
    [address, hopsOf(await wayTo(address, { ...given, configFile }))],
    ['10.0.0.11', ['jump@192.0.2.1:22']],
  )
  for (const jumps of [['gate', 'inner'], ['inner']]) {
    const hops = hopsOf(await wayTo('node1', { proxy: { jumps }, configFile }))
    assert.equal([hops.length, hops[0]], [2, 'jump@192.0.2.1:22'])
  }
})

function hopsOf({ through }: Way): readonly string[] {
  if (through === undefined || 'command' in through) return []
  return [...hopsOf(through.jump), wayName(through.jump)]
}

test('every link to a file leads to one', () => {
  const roles = readdirSync(join(root, 'roles')).map((name) => join('roles', name))
  const pages = ['.', 'docs', ...roles].flatMap((folder) => {
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

for (const { file, of } of sharedPages) {
  test(`the table of variables in ${file} is that of their schemas`, () => {
    const page = read(file)
    assert.match(page, '<!-- variables -->')
    assert.is(page, withVariableTable(page, ...of), 'npm run fix writes it')
  })
}

test('the variables of the page on clusters are ones', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  mkdirSync(join(folder, 'group_vars'))
  writeFileSync(join(folder, 'hosts.ini'), 'node1\n')
  writeFileSync(join(folder, 'group_vars/all.yml'), block(read('docs/cluster.md'), 'yaml'))
  const inventory = await loadInventory([join(folder, 'hosts.ini')])
  const store = await loadVars({ inventory, playbookFolder: folder, extra: [], roleNames: [] })
  const found = Object.entries(configuration as Readonly<Record<string, Vars>>).map(([name, vars]) => {
    const resolved = resolveRoleVars(store.of('node1'), name, vars)
    return 'problems' in resolved ? resolved : [name, resolved.values]
  })
  const clusterConfiguration = Object.fromEntries(found as never) as ClusterConfiguration
  assert.is(clusterConfiguration.cluster.name, 'blue')
  assert.equal(unfit(clusterConfiguration), [])
})

for (const name of readdirSync(join(root, 'roles'))) {
  test(`the table of variables in the README of ${name} is that of its vars.ts`, async () => {
    const { vars } = (await import(join(root, 'roles', name, 'vars.ts'))) as { readonly vars: Vars }
    const page = read(`roles/${name}/README.md`)
    assert.match(page, '<!-- variables -->')
    assert.is(page, withVariableTable(page, { name, vars }), 'npm run fix writes it')
  })
}

test('the figures of the benchmark are those that it wrote, and the README shows them', () => {
  const report = JSON.parse(read('docs/benchmark.json')) as Report
  assert.is(read('docs/benchmark.md'), page(report))
  assert.is(read('docs/benchmark.svg'), chart(report))
  assert.ok(readme.includes('](docs/benchmark.svg)'))
})
