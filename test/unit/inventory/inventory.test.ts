import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { aliasedGroup } from '../../../lib/inventory/aliases.ts'
import { loadInventory, type Inventory } from '../../../lib/inventory/inventory.ts'
import { InventoryError } from '../../../lib/inventory/inventory-error.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, inventoryOf, scratch } from './scratch.ts'

const test = suite('an INI inventory')

const names = (inventory: Inventory) => inventory.hosts.map((host) => host.name)
const valueOf = (inventory: Inventory, host: string, name: string) =>
  inventory.hosts.find((found) => found.name === host)?.vars.get(name)?.value

test('the order is: own hosts of a group, then its children level by level', async () => {
  const inventory = await inventoryOf(
    ['alone', '[late:children]', 'two', 'three', '[two]', 't2', 'b', '[three]', 't3', '[late]', 'own'].join(
      '\n',
    ),
  )
  assert.equal(names(inventory), ['alone', 'own', 't2', 'b', 't3'])
  assert.equal(inventory.group('late'), ['own', 't2', 'b', 't3'])
})

test('a child that is declared already comes before one that is not yet', async () => {
  const inventory = await inventoryOf('[known]\na\n[parent:children]\nfuture\nknown\n[future]\nb\n')
  assert.equal(inventory.groups.get('parent')?.children, ['known', 'future'])
})

test('the groups of a host are sorted by depth, then priority, then name', async () => {
  const inventory = await inventoryOf(
    '[par:children]\nkid\n[par:vars]\nansible_group_priority=100\n[kid]\nh\n[b]\nh\n[a]\nh\n[a:vars]\nansible_group_priority=5\n',
  )
  assert.equal(inventory.hosts[0]?.groups, ['all', 'b', 'a', 'par', 'kid'])
})

test('a host in a group is no longer ungrouped', async () => {
  const inventory = await inventoryOf('h\nfree\n[a]\nh\n')
  assert.equal(inventory.group('ungrouped'), ['free'])
  assert.equal(
    inventory.hosts[0],
    inventory.hosts.find((host) => host.name === 'free'),
  )
})

test('a host on several lines has the variables of all, the later ones winning', async () => {
  const inventory = await inventoryOf('[z]\nh v=z only=1\n[a]\nh v=a\n')
  assert.is(valueOf(inventory, 'h', 'v'), 'a')
  assert.is(valueOf(inventory, 'h', 'only'), 1)
})

test('a port behind the name is ansible_port', async () => {
  const inventory = await inventoryOf('h:2022 a=1\n[fe80::1]:22\n')
  assert.is(valueOf(inventory, 'h', 'ansible_port'), 2022)
  assert.is(valueOf(inventory, 'fe80::1', 'ansible_port'), 22)
})

test('a variable knows its file and line, and the text that it was written as', async () => {
  const inventory = await inventoryOf('\n[g]\nh\n[g:vars]\nversion = 1.30\n')
  const version = inventory.groups.get('g')?.vars.get('version')
  assert.is(version?.value, 1.3)
  assert.is(version?.written, '1.30')
  assert.is(version?.origin.line, 5)
  assert.match(version?.origin.file ?? '', /hosts\.ini$/)
})

test('a password is a secret at once, and its text is what was written', async () => {
  const inventory = await inventoryOf('h ansible_password=0x10 ansible_become_pass="[1]"\n')
  const password = valueOf(inventory, 'h', 'ansible_password')
  assert.instance(password, Secret)
  assert.instance(valueOf(inventory, 'h', 'ansible_become_pass'), Secret)
})

test('a byte order mark and Windows line ends do no harm', async () => {
  const inventory = await inventoryOf('\uFEFF[g]\r\nh k=v\r\n')
  assert.equal(inventory.group('g'), ['h'])
  assert.is(valueOf(inventory, 'h', 'k'), 'v')
})

test('its name and folder come from the file', async () => {
  const folder = scratch({ 'prod.ini': 'h\n' })
  const inventory = await loadInventory([join(folder, 'prod.ini')])
  assert.is(inventory.name, 'prod')
  assert.is(inventory.folder, folder)
})

test('several sources add to each other, and a list with a comma is one', async () => {
  const folder = scratch({ 'a.ini': '[g]\none\n', 'b.ini': '[g]\ntwo\n[p:children]\ng\n' })
  const inventory = await loadInventory([join(folder, 'a.ini'), join(folder, 'b.ini'), 'three:23,one,'])
  assert.equal(inventory.group('p'), ['one', 'two'])
  assert.equal(names(inventory), ['three', 'one', 'two'])
  assert.is(valueOf(inventory, 'three', 'ansible_port'), 23)
})

test('what is written in a way that surely means something else is warned of', async () => {
  const inventory = await inventoryOf('h m=a#b n=1\ni d={"x":1}\n[all:vars]\np=foo # c\nq=1 # c\n')
  assert.equal(
    inventory.warnings.map((warning) => warning.line),
    [1, 2, 4],
  )
})

test('groups have the names that other tools give them', async () => {
  const inventory = await inventoryOf('[rke_servers]\na\n[master]\nb\n[worker]\nc\n')
  assert.is(aliasedGroup(inventory, 'server'), 'rke_servers')
  assert.is(aliasedGroup(inventory, 'agent'), 'worker')
  assert.is(aliasedGroup(inventory, 'master'), 'master')
  assert.is(aliasedGroup(inventory, 'lb'), undefined)
})

/** What Ansible passes over, warns of, or takes for an empty inventory, and on which line we refuse it. */
const broken: readonly (readonly [string, string, number | undefined, RegExp])[] = [
  ['a section of an unknown kind', '[a:kids]\nh\n', 1, /found "kids"/],
  ['a section with a space', 'h\n[a b]\n', 2, /expected a section/],
  ['a section with a semicolon behind it', '[a] ; c\n', 1, /expected a section/],
  ['variables of a group that is not declared', 'h\n[a:vars]\nk=v\n', 2, /found "a" in \[a:vars\]/],
  ['a child that is not declared', '[a:children]\nb\n', 2, /found "b" in \[a:children\]/],
  ['a circle of groups', '[a:children]\nb\n[b:children]\na\n', 4, /"a" cannot be a child of "b"/],
  ['a group within itself', '[a:children]\na\n', 2, /"a" cannot be a child of "a"/],
  ['all as a child', '[a:children]\nall\n', 2, /every group belongs to all/],
  ['a host variable without =', 'h user\n', 1, /expected key=value after the host, found "user"/],
  ['a group variable without =', '[a]\nh\n[a:vars]\nk v\n', 4, /expected name=value, found "k v"/],
  ['a quote that is not closed', 'h k="v\n', 1, /is not closed/],
  ['a port that is none', 'h:99999\n', 1, /expected a port/],
  ['a second port', 'h:22\n[a]\nh:23\n', 3, /22 on an earlier line/],
  ['a range that ends before it begins', 'h[3:1]\n', 1, /ends before it begins/],
  ['a variable where a host is expected', '[a]\nansible_user=root\n', 2, /expected the name of a host/],
  ['hosts with commas between them', 'a,b\n', 1, /expected the name of a host/],
  ['YAML', 'all:\n  hosts:\n', 1, /looks like YAML/],
  ['a priority that is no number', '[a]\nh\n[a:vars]\nansible_group_priority=high\n', 4, /whole number/],
  ['no hosts at all', '[a]\n', undefined, /expected at least one host/],
  ['a child with variables', '[b]\nh\n[a:children]\nb k=v\n', 4, /expected the name of a group/],
]

for (const [what, text, line, message] of broken) {
  test(`${what} is refused with the line and an advice`, async () => {
    const error = await failureOf(() => inventoryOf(text))
    assert.instance(error, InventoryError)
    assert.is((error as InventoryError).line, line)
    assert.match(error.message, message)
    assert.ok((error.advice ?? '').length > 10)
  })
}

test('the error for a misspelt group names the nearest one', async () => {
  const error = await failureOf(() => inventoryOf('[agent]\nh\n[k3s:children]\nagnet\n'))
  assert.match(error.advice ?? '', /Did you mean "agent"\?/)
})

test('an error does not show what may be a secret gone astray', async () => {
  for (const text of ['h ansible_password= hunter2\n', '[all:vars]\nk3s.token hunter2\n']) {
    const error = await failureOf(() => inventoryOf(text))
    assert.not.match(`${error.message} ${error.advice}`, /hunter2/)
  }
})

test('a file that is not there or is no UTF-8 is refused, and so is a folder with nothing for it', async () => {
  const folder = scratch({ 'a.ini': 'h\n' })
  assert.match((await failureOf(() => loadInventory([join(folder, 'b.ini')]))).message, /found none/)
  assert.match((await failureOf(() => loadInventory([folder]))).message, /at least one host/)
  assert.match((await failureOf(() => inventoryOf('h\uFFFD\n'))).message, /expected UTF-8/)
  assert.equal(names(await inventoryOf('# caf\uFFFD\nh\n')), ['h'])
})
