import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { loadInventory, type Inventory } from '../../../lib/inventory/inventory.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, scratch } from './scratch.ts'

const test = suite('sources of an inventory')

const names = ({ hosts }: Inventory) => hosts.map(({ name }) => name)
const varsOf = ({ hosts }: Inventory, host: string) =>
  Object.fromEntries(
    [...(hosts.find(({ name }) => name === host)?.vars ?? [])].map(([key, { value }]) => [key, value]),
  )

/** An inventory of one file with that name and text, which may be run. */
function load(name: string, text: string): Promise<Inventory> {
  const file = join(scratch({ [name]: text }), name)
  chmodSync(file, 0o755)
  return loadInventory([file])
}

const yaml = `
all:
  hosts:
    alone:
  vars: {x: 010, k: "010"}
  children:
    web:
      hosts:
        web[01:03]:8080: {port: 1}
        web02: {port: 2}
      vars:
        ansible_group_priority: 7
    both: {children: {web: }}
`

test('YAML is read as Ansible reads it: groups, ranges, ports, types', async () => {
  const inventory = await load('hosts.yml', yaml)
  assert.equal(names(inventory), ['alone', 'web01', 'web02', 'web03'])
  assert.equal(varsOf(inventory, 'web02'), { ansible_port: 8080, port: 2 })
  assert.is(inventory.groups.get('web')?.priority, 7)
  assert.equal(inventory.group('both'), ['web01', 'web02', 'web03'])
  assert.is(inventory.groups.get('all')?.vars.get('x')?.value, 8)
})

test('a file without an ending is YAML only where it is a map', async () => {
  assert.equal(names(await load('hosts', 'web:\n  hosts: a\n')), ['a'])
  assert.equal(names(await load('hosts', '# all: of them\n[web]\na\n')), ['a'])
  assert.equal(names(await load('hosts', 'a:22 k=v\n')), ['a'])
  const odd = await failureOf(() => load('hosts', 'a v="b: c"\nb w\n'))
  assert.match(odd.message, /hosts:2: expected key=value/)
})

test('INI in a file with an ending of YAML is INI', async () => {
  assert.equal(names(await load('hosts.yml', '[web]\na\nb k=v\n')), ['a', 'b'])
})

test('a folder is every file in it but back-ups, notes and certificates, with those of its folders', async () => {
  const folder = scratch({
    'prod/b': '[web]\nb\n',
    'prod/a.yml': 'web: {hosts: {a: }}\n',
    'prod/c/d': 'd\n',
    'prod/hosts.ini': 'ini\n',
    'prod/.e': 'e\n',
    'prod/f~': 'f\n',
    'prod/g.bak': 'g\n',
    'prod/group_vars/h': 'h: 1\n',
    'prod/pki/etcd.crt': 'a certificate\n',
    'prod/README.md': 'readme\n',
  })
  const inventory = await loadInventory([join(folder, 'prod')])
  assert.equal(names(inventory), ['d', 'a', 'b'])
  assert.is(inventory.name, 'prod')
  assert.is(inventory.folder, join(folder, 'prod'))
})

const answer = {
  web: { hosts: ['a', 'b'], vars: { v: 1.5 }, children: ['sub'] },
  sub: ['c'],
  single: { x: 1 },
  _meta: { hostvars: { a: { k: 'v', ansible_port: 22 }, c: {} } },
}

test('a program tells its hosts as JSON, with their variables under _meta', async () => {
  const inventory = await load(
    'inventory.sh',
    `#!/bin/sh\necho 'to say' >&2\necho '${JSON.stringify(answer)}'\n`,
  )
  assert.equal(names(inventory), ['a', 'b', 'single', 'c'])
  assert.equal(varsOf(inventory, 'a'), { k: 'v', ansible_port: 22 })
  assert.is(inventory.groups.get('web')?.vars.get('v')?.value, 1.5)
  assert.is(inventory.groups.get('single')?.vars.get('x')?.value, 1)
  assert.match(inventory.warnings.map(({ message }) => message).join(), /to say/)
})

test('a program without _meta is asked for each host', async () => {
  const script = `#!/bin/sh\n[ "$1" = --list ] && echo '{"web": ["a", "b"]}' || echo "{\\"who\\": \\"$2\\"}"\n`
  const inventory = await load('inventory.sh', script)
  assert.equal(varsOf(inventory, 'b'), { who: 'b' })
})

test('a program that fails, or prints no JSON, is refused with what it said', async () => {
  const failed = await failureOf(() => load('i.sh', '#!/bin/sh\necho "no token" >&2\nexit 3\n'))
  assert.match(failed.message, /i\.sh --list: .*exit code 3: no token/)
  const odd = await failureOf(() => load('i.sh', '#!/bin/sh\necho hello\n'))
  assert.match(odd.message, /expected JSON/)
})

test('a list in INI that may be run is never given to a shell', async () => {
  assert.equal(names(await load('hosts', '[web]\na\n')), ['a'])
})

test('what Ansible passes over in YAML is refused, with its place', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['all:\n  host: {a: }\n', /hosts\.yml:2: .*found "host"/],
    ['all:\n  hosts: [a, b]\n', /hosts\.yml:2: .*found a list/],
    ['all:\n  hosts: {a: 1}\n', /hosts\.yml:2: .*found 1/],
    ['a: {children: {b: {children: {a: }}}}\n', /"b" cannot be a child of "a"/],
    ['plugin: aws_ec2\n', /plugin of Ansible/],
    ['all:\n  hosts: {a: \n', /expected YAML/],
  ]
  for (const [text, message] of cases) {
    const error = await failureOf(() => load('hosts.yml', text))
    assert.match(error.message, message)
    assert.ok((error.advice ?? '').length > 10)
  }
})

test('a host that a list names again stays in its group', async () => {
  const folder = scratch({ hosts: '[web]\na\n' })
  const inventory = await loadInventory([join(folder, 'hosts'), 'a:22,b,'])
  assert.equal(inventory.group('ungrouped'), ['b'])
  assert.equal(varsOf(inventory, 'a'), {})
})

test('values that read like something else in INI are warned of, once', async () => {
  const text = 'h on=yes l=[a] ansible_become=yes k3s.x=true j={{x}}\n[all:vars]\nt={"a": true}\n'
  const file = join(scratch({ 'h.ini': text }), 'h.ini')
  const inventory = await loadInventory([file, file])
  const told = inventory.warnings.map(({ line, message }) => `${line} ${/value of (\w+)/.exec(message)?.[1]}`)
  assert.equal(told, ['1 on', '1 l', '3 t'])
})
