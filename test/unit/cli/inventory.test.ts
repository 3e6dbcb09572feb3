import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ansibleJson } from '../../../lib/cli/inventory/ansible-json.ts'
import { hostDump, listDump } from '../../../lib/cli/inventory/dump.ts'
import { explanation } from '../../../lib/cli/inventory/explain.ts'
import { graphText } from '../../../lib/cli/inventory/graph.ts'
import { inventoryFor, onlyHost } from '../../../lib/cli/inventory/load.ts'
import { verbFirst } from '../../../lib/cli/verb-first.ts'
import { defineVars, int, object, string } from '../../../lib/vars/schema.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, scratch } from '../inventory/scratch.ts'

const test = suite('a look at the inventory')

const folder = scratch({
  'hosts.ini': '[web]\na ansible_password=hunter22 k3s.version=v3\nb\n[web:vars]\nx=[1, 0.00001]\n',
  'group_vars/all.yml': 'k3s:\n  version: v1\n  token: hush-hush\nd: 2020-01-01\n',
  'play/group_vars/web.yml': 'k3s: {version: v2}\n',
})
const noVault = { vaultIds: [], vaultPasswordFiles: [], askVaultPass: false }
const options = {
  inventory: [join(folder, 'hosts.ini')],
  extraVars: [],
  playbookDir: join(folder, 'play'),
  ...noVault,
}
const { inventory, store } = await inventoryFor(options, folder)
const roles = await inventoryFor(options, folder, { roleNames: ['k3s'] })

test('--host prints what ansible-inventory prints, without passwords', () => {
  assert.is(
    ansibleJson(hostDump(store, 'a')),
    `{
    "ansible_password": "«secret»",
    "d": "2020-01-01",
    "k3s": {
        "version": "v2"
    },
    "k3s.version": "v3",
    "x": [
        1,
        1e-05
    ]
}`,
  )
})

test('--list names groups, their own hosts and children, and the variables of all hosts', () => {
  const { _meta, ...groups } = listDump(inventory, store)
  assert.equal(groups, { all: { children: ['ungrouped', 'web'] }, web: { hosts: ['a', 'b'] } })
  assert.equal(Object.keys((_meta as { hostvars: object }).hostvars), ['a', 'b'])
})

test('--graph is a tree from all, or from the group that is named', async () => {
  assert.is(graphText(inventory), '@all:\n  |--@ungrouped:\n  |--@web:\n  |  |--a\n  |  |--b')
  assert.is(graphText(inventory, 'web'), '@web:\n  |--a\n  |--b')
  assert.match((await failureOf(() => graphText(inventory, 'wbe'))).message, /no group "wbe"/)
})

test('--explain tells where a value is written and what it shadows, the nearest first', () => {
  const told = explanation(roles.store, 'a', 'k3s.version').replaceAll(`${folder}/`, '')
  assert.is(
    told,
    `k3s.version = "v3"
  hosts.ini:2
  shadows "v2"
    play/group_vars/web.yml:1:7
  shadows "v1"
    group_vars/all.yml:2:3`,
  )
})

test('--explain names the default of a role, alone or as what is shadowed', () => {
  const limits = object({ pods: int({ default: 110, doc: 'How many.' }) }, { doc: 'Of a node.' })
  const vars = defineVars({ version: string({ default: 'v0', doc: 'Which.' }), limits })
  const declared = [{ name: 'k3s', file: 'roles/k3s/vars.ts', vars }]
  const told = (path: string, host = 'a') => explanation(roles.store, host, path, declared)
  assert.is(told('k3s.limits.pods'), 'k3s.limits.pods = 110\n  roles/k3s/vars.ts, the default')
  assert.match(
    told('k3s.version'),
    /= "v3"[^]*shadows "v1"[^]*\n  shadows "v0"\n    roles\/k3s\/vars\.ts, the default$/,
  )
})

test('--explain shows no secret, neither of Ansible nor of a role, also within a map', () => {
  for (const path of ['ansible_password', 'k3s.token', 'k3s'])
    assert.not.match(explanation(roles.store, 'a', path), /hunter22|hush-hush/)
  assert.match(explanation(roles.store, 'a', 'k3s.token'), /«secret»"\n.*all\.yml:3/)
})

test('a variable or host that is not there is refused with the nearest one', async () => {
  assert.match((await failureOf(() => explanation(store, 'a', 'k3'))).advice ?? '', /"k3s"/)
  assert.match((await failureOf(() => onlyHost(inventory, 'web'))).message, /means 2 hosts/)
})

test('this machine has the variables of all where it is named and no inventory has it', async () => {
  const named = await inventoryFor(options, folder, { named: 'localhost' })
  assert.equal(hostDump(named.store, onlyHost(named.inventory, 'localhost')), {
    ansible_connection: 'local',
    d: '2020-01-01',
    k3s: { version: 'v1', token: 'hush-hush' },
  })
  assert.is(named.inventory.group('all').includes('localhost'), false)
})

test('a verb that is a flag may stand anywhere, and only one of them', async () => {
  const verbs = ['list', 'host']
  assert.equal(verbFirst(verbs, ['-i', 'x', '--host', 'h']), ['host', '-i', 'x', 'h'])
  assert.equal(verbFirst(verbs, ['--host=h']), ['host', 'h'])
  assert.equal(verbFirst(verbs, ['-i', 'x']), ['-i', 'x'])
  assert.match((await failureOf(() => verbFirst(verbs, ['--list', '--host', 'h']))).message, /do not go/)
})
