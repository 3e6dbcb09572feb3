import * as assert from 'uvu/assert'
import { selectHosts } from '../../../lib/inventory/select.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, inventoryOf } from './scratch.ts'

const test = suite('host patterns')

const inventory = await inventoryOf(
  [
    'alone',
    '10.0.0.1',
    '10.0.0.2',
    'fe80::2',
    '[web]',
    'web[1:12]',
    '[db]',
    'db[a:c]',
    '[dc-a]',
    'web1',
    'dba',
    '[backend:children]',
    'db',
    '[empty]',
    '[both]',
    'web2',
    '[db:vars]',
    'k=v',
  ].join('\n'),
)

/** Each pattern was given to ansible-core 2.14.18 on this inventory. */
const captured: readonly (readonly [string, string])[] = [
  ['web1', 'web1'],
  ['db', 'dba dbb dbc'],
  ['backend', 'dba dbb dbc'],
  ['dc-a:db', 'web1 dba dbb dbc'],
  ['db,dc-a', 'dba dbb dbc web1'],
  ['db : dc-a', 'dba dbb dbc web1'],
  ['dc-a:&db', 'dba'],
  ['!web1,dc-a', 'dba'],
  ['dc-a,!web1', 'dba'],
  ['dc-a:!db', 'web1'],
  ['&dc-a', 'web1 dba'],
  ['!web:!db', 'alone 10.0.0.1 10.0.0.2 fe80::2'],
  ['web?', 'web1 web2 web3 web4 web5 web6 web7 web8 web9'],
  ['db[ab]', 'dba dbb'],
  ['db[!ab]', 'dbc'],
  ['10.0.0.*', '10.0.0.1 10.0.0.2'],
  ['fe80::2', 'fe80::2'],
  ['~web1', 'web1 web10 web11 web12'],
  ['~d.[bc]$', 'dbb dbc'],
  ['web[0]', 'web1'],
  ['web[-1]', 'web12'],
  ['web[0:1]', 'web1 web2'],
  ['web[10:]', 'web11 web12'],
  ['web[1:1]', 'web2'],
  ['web[20:30]', ''],
  ['empty', ''],
  ['empty[0]', ''],
  ['ungrouped', 'alone 10.0.0.1 10.0.0.2 fe80::2'],
]

for (const [pattern, hosts] of captured) {
  test(`${pattern} is ${hosts === '' ? 'nobody' : hosts}`, () => {
    assert.is(selectHosts(inventory, pattern).join(' '), hosts)
  })
}

test('all is everybody, in the order of the inventory', () => {
  assert.equal(
    selectHosts(inventory, 'all'),
    inventory.hosts.map((host) => host.name),
  )
})

test('a host named like a group wins when named alone', async () => {
  const both = await inventoryOf('db\n[db]\nother\n')
  assert.equal(selectHosts(both, 'db'), ['db'])
})

test('an unknown name is refused with the nearest one, behind ! and & as well', async () => {
  for (const pattern of ['wbe1', 'all,!wbe1', 'all,&wbe1']) {
    const error = await failureOf(() => selectHosts(inventory, pattern))
    assert.is(error.name, 'UserError')
    assert.match(error.message, /no host and no group "wbe1"/)
    assert.match(error.advice ?? '', /Did you mean "web1"\?/)
  }
})

test('globs, slices and expressions are those of Python', () => {
  for (const [pattern, hosts] of [
    ['web[0-1]', 'web1 web2'],
    ['web[2:0]', 'web3'],
    ['w[!x-a]b1', 'web1'],
    ['~(?P<x>d)b[ab]\\Z', 'dba dbb'],
    ['~(?i)WEB12', 'web12'],
    ['localhost', 'localhost'],
  ] as const)
    assert.is(selectHosts(inventory, pattern).join(' '), hosts, pattern)
})

test('a glob has hosts in the order in which they are mentioned', async () => {
  const mixed = await inventoryOf('[p:children]\nq\n[q]\nw2\n[p]\nw1\n')
  assert.equal(selectHosts(mixed, 'w*'), ['w2', 'w1'])
  assert.equal(selectHosts(mixed, 'all'), ['w1', 'w2'])
})

test('a stage may name a group that an inventory does not have', () => {
  assert.equal(selectHosts(inventory, 'agent', { unknown: 'ignore' }), [])
  assert.equal(selectHosts(inventory, 'db,agent', { unknown: 'ignore' }), ['dba', 'dbb', 'dbc'])
})

test('a group is found by the names that other tools give it', async () => {
  const other = await inventoryOf('[rke_agents]\na1\n[control_plane]\ns1\n')
  assert.equal(selectHosts(other, 'agent'), ['a1'])
  assert.equal(selectHosts(other, 'all,!server'), ['a1'])
})

test('a slice beyond the end and a broken pattern are refused', async () => {
  assert.match((await failureOf(() => selectHosts(inventory, 'web[99]'))).message, /there are 12/)
  assert.match((await failureOf(() => selectHosts(inventory, '~(web'))).message, /no regular expression/)
  assert.match((await failureOf(() => selectHosts(inventory, 'web[0:-1]'))).message, /no host and no group/)
})
