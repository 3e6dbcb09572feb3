import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { loadInventory } from '../../../lib/inventory/inventory.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { loadVars } from '../../../lib/vars/load.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, scratch } from '../inventory/scratch.ts'

const test = suite('the precedence of variables')

/** The variables of host `h`, of the groups `child` and its parent `parent`. */
async function varsOf(
  files: Readonly<Record<string, string>>,
  extra: readonly string[] = [],
  roleNames = ['k3s'],
) {
  const folder = scratch({ 'inv/hosts.ini': '[parent:children]\nchild\n[child]\nh\n', ...files })
  const inventory = await loadInventory([join(folder, 'inv/hosts.ini')])
  const store = await loadVars({ inventory, playbookFolder: join(folder, 'play'), extra, roleNames })
  return store.of('h')
}

/** From low to high, each overridden by all that follow. */
const levels: readonly (readonly [string, string])[] = [
  ['[all:vars]', 'inv/hosts.ini'],
  ['[parent:vars]', 'inv/hosts.ini'],
  ['[child:vars]', 'inv/hosts.ini'],
  ['group_vars/all beside the inventory', 'inv/group_vars/all.yml'],
  ['group_vars/all beside the playbook', 'play/group_vars/all.yml'],
  ['group_vars/parent beside the inventory', 'inv/group_vars/parent.yml'],
  ['group_vars/child beside the inventory', 'inv/group_vars/child.yml'],
  ['group_vars/parent beside the playbook', 'play/group_vars/parent.yml'],
  ['group_vars/child beside the playbook', 'play/group_vars/child.yml'],
  ['the line of the host', 'inv/hosts.ini'],
  ['host_vars beside the inventory', 'inv/host_vars/h.yml'],
  ['host_vars beside the playbook', 'play/host_vars/h.yml'],
]

function filesUpTo(highest: number): Record<string, string> {
  const has = (level: string) => levels.findIndex(([name]) => name === level) <= highest
  const section = (level: string) => (has(level) ? `${level}\nwho="${level}"\n` : '')
  const line = has('the line of the host') ? 'h who="the line of the host"' : 'h'
  const ini = `[parent:children]\nchild\n[child]\n${line}\n${section('[all:vars]')}${section('[parent:vars]')}${section('[child:vars]')}`
  const yaml = levels.filter(([name, file]) => file.endsWith('.yml') && has(name))
  return {
    'inv/hosts.ini': ini,
    ...Object.fromEntries(yaml.map(([name, file]) => [file, `who: "${name}"\n`])),
  }
}

levels.forEach(([level], index) => {
  test(`${level} overrides all below it`, async () => {
    const vars = await varsOf(filesUpTo(index))
    assert.is(vars.get('who')?.value, level)
  })
})

test('-e overrides everything, and the last one counts', async () => {
  const vars = await varsOf(filesUpTo(levels.length), ['who=first', 'who=last'])
  assert.is(vars.get('who')?.value, 'last')
  assert.equal(vars.get('who')?.origin, { file: 'command line' })
})

test('outside of roles a map is replaced, not merged', async () => {
  const vars = await varsOf({
    'inv/group_vars/all.yml': 'd: {a: 1, b: 1}\n',
    'inv/group_vars/child.yml': 'd: {b: 2}\n',
  })
  assert.equal(vars.get('d')?.value, { b: 2 })
})

test('the map of a role is merged key by key, and each key knows its place', async () => {
  const vars = await varsOf(
    {
      'inv/hosts.ini': '[parent:children]\nchild\n[child]\nh k3s.d=4\n[all:vars]\nk3s.e=5\n',
      'inv/group_vars/all.yml': 'k3s: {a: 1, b: 1, inner: {x: 1, y: 1}}\n',
      'inv/group_vars/child.yml': 'k3s:\n  b: 2\n  inner: {x: 2}\n',
      'play/group_vars/child.yml': 'k3s:\n',
    },
    ['k3s.c=3', '{"k3s": {"f": 6}}'],
  )
  const k3s = vars.get('k3s')
  assert.equal(k3s?.value, { e: 5, a: 1, b: 2, inner: { x: 2 }, d: 4, c: '3', f: 6 })
  assert.match(k3s?.entries?.get('b')?.origin.file ?? '', /child\.yml$/)
  assert.is(k3s?.entries?.get('b')?.origin.line, 2)
  assert.match(k3s?.entries?.get('a')?.origin.file ?? '', /all\.yml$/)
  assert.is(k3s?.entries?.get('c')?.origin.file, 'command line')
})

test('a dotted name that is no role stays as it is', async () => {
  const vars = await varsOf({}, ['other.key=1'])
  assert.is(vars.get('other.key')?.value, '1')
})

test('of a.yml, a.yaml and a folder a the first found is read, and no other', async () => {
  const one = await varsOf({
    'inv/group_vars/child.yml': 'x: yml\n',
    'inv/group_vars/child.yaml': 'x: yaml\ny: 1\n',
  })
  assert.equal(one.plain(), { x: 'yml' })
  const two = await varsOf({
    'inv/group_vars/child/a.yml': 'x: folder\n',
    'inv/group_vars/child.yml': 'y: 1\n',
  })
  assert.equal(two.plain(), { x: 'folder' })
  const three = await varsOf({ 'inv/host_vars/h.json': '{"x": [1, "2"]}' })
  assert.equal(three.plain(), { x: [1, '2'] })
})

test('a folder is read in order and in depth, without back-ups and other files', async () => {
  const folder = 'inv/group_vars/child'
  const vars = await varsOf({
    [`${folder}/a.yml`]: 'x: a\n',
    [`${folder}/b/c`]: 'x: c\n',
    [`${folder}/d.d/e.yml`]: 'x: e\n',
    [`${folder}/f.txt`]: 'x: f\n',
    [`${folder}/.g.yml`]: 'x: g\n',
    [`${folder}/h~`]: 'x: h\n',
  })
  assert.is(vars.get('x')?.value, 'c')
})

test('-e takes words, quotes, JSON, YAML and files', async () => {
  const file = join(scratch({ 'extra.yml': 'f: [1, yes]\n' }), 'extra.yml')
  const vars = await varsOf({}, [`a=false b="c d" e='f' g=h=i j=`, '{"k": 1, l: yes}', `@${file}`])
  assert.equal(vars.plain(), { a: 'false', b: 'c d', e: 'f', g: 'h=i', j: '', k: 1, l: true, f: [1, true] })
  assert.equal(vars.get('f')?.origin, { file, line: 1, column: 1 })
})

test('-e refuses what Ansible would pass over', async () => {
  assert.match((await failureOf(() => varsOf({}, ['./x.yml']))).advice ?? '', /-e @\.\/x\.yml/)
  assert.match((await failureOf(() => varsOf({}, ['a b=c']))).message, /a word without "="/)
  assert.match((await failureOf(() => varsOf({}, ['a="b']))).message, /not closed/)
  assert.match(
    (await failureOf(() => varsOf({}, ['[1]']))).message,
    /expected a map of variables, found a list/,
  )
  assert.match((await failureOf(() => varsOf({}, ['@/nowhere.yml']))).message, /there is none/)
})

test('passwords are secrets wherever they are written, and plain() does not show them', async () => {
  const vars = await varsOf({ 'inv/group_vars/all.yml': 'ansible_become_password: 0123\n' }, [
    'ansible_password=hunter2',
  ])
  const password = vars.get('ansible_become_password')?.value
  assert.is(password instanceof Secret && reveal(password), '0123')
  assert.is(
    JSON.stringify(vars.plain()),
    '{"ansible_become_password":"«secret»","ansible_password":"«secret»"}',
  )
})

test('names that Ansible reserves are not among the plain ones', async () => {
  const vars = await varsOf({}, ['inventory_hostname=x groups=y z=1'])
  assert.equal(vars.plain(), { z: '1' })
})

test('a file that is JSON has the numbers of JSON, and -e keeps what stands in braces together', async () => {
  const vars = await varsOf({ 'inv/group_vars/all.json': '{"a": 1e3, "b": "1e3"}' }, ['c={{ d e }} f=1'])
  assert.equal(vars.plain(), { a: 1000, b: '1e3', c: '{{ d e }}', f: '1' })
})

test('a folder of variables counts where its inventory is named last', async () => {
  const folder = scratch({
    'a/one': 'h\n',
    'a/two': 'h\n',
    'a/host_vars/h': 'x: a\n',
    'b/one': 'h\n',
    'b/host_vars/h': 'x: b\n',
  })
  const load = async (...sources: readonly string[]) => {
    const inventory = await loadInventory(sources.map((source) => join(folder, source)))
    const store = await loadVars({ inventory, playbookFolder: folder, extra: [], roleNames: [] })
    return store.of('h').plain()
  }
  assert.equal(await load('a/one', 'b/one'), { x: 'b' })
  assert.equal(await load('a/one', 'b/one', 'a/two'), { x: 'a' })
})
