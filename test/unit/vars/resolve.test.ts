import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { loadInventory } from '../../../lib/inventory/inventory.ts'
import { loadVars } from '../../../lib/vars/load.ts'
import { foldProblems, resolveRoleVars, WrongVariables, type VarProblem } from '../../../lib/vars/resolve.ts'
import { defineVars, int, list, object, secret, string } from '../../../lib/vars/schema.ts'
import { suite } from '../../support/suite.ts'
import { scratch } from '../inventory/scratch.ts'

const test = suite('the variables of a role')

const schema = defineVars({
  version: string({ doc: 'The version to install.' }),
  port: int({ min: 1, max: 65_535, default: 6443, doc: 'The port.' }),
  tlsSan: list(string(), { default: [], doc: 'More names.' }),
  token: secret({ optional: true, doc: 'The token.' }),
  etcd: object({ quota: int({ default: 8, doc: 'GiB.' }) }, { doc: 'The store.' }),
})

async function resolveAll(files: Readonly<Record<string, string>>, extra: readonly string[] = []) {
  const folder = scratch({ 'hosts.ini': '[server]\na\nb\n', ...files })
  const inventory = await loadInventory([join(folder, 'hosts.ini')])
  const store = await loadVars({ inventory, playbookFolder: join(folder, 'play'), extra, roleNames: ['k3s'] })
  const results = inventory.hosts.map((host) => resolveRoleVars(store.of(host.name), 'k3s', schema))
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []))
  return { results, problems: foldProblems(problems), folder }
}

test('values are typed, with defaults for what is not set', async () => {
  const { results } = await resolveAll({
    'group_vars/all.yml': 'k3s: {version: 1.30}\nelsewhere: {any: thing}\n',
  })
  const [first] = results
  if (first === undefined || 'problems' in first) throw new Error('there are problems')
  const version: string = first.values.version
  assert.is(version, '1.30')
  assert.is(first.values.port, 6443)
  assert.is(first.values.etcd.quota, 8)
})

test('-e and INI give text and numbers, which the schema types', async () => {
  const { results } = await resolveAll({ 'hosts.ini': '[server]\na\n[server:vars]\nk3s.version=1.30\n' }, [
    'k3s.port=8080',
    `k3s.tlsSan='["x"]'`,
  ])
  const [first] = results
  if (first === undefined || 'problems' in first) throw new Error('there are problems')
  assert.equal([first.values.version, first.values.port, first.values.tlsSan], ['1.30', 8080, ['x']])
})

test('all that is wrong is reported at once, with place, path, expectation, finding and advice', async () => {
  const { problems, folder } = await resolveAll({
    'group_vars/server.yml':
      'k3s:\n  prot: 1\n  port: 70000\n  tlsSan:\n    - ok\n    - [no]\n  etcd: {quota: much}\n',
  })
  const file = join(folder, 'group_vars/server.yml')
  const hosts = ['a', 'b']
  const expected: readonly VarProblem[] = [
    {
      hosts,
      file,
      line: 2,
      column: 3,
      path: 'k3s.prot',
      expected: 'a known key',
      found: '"prot"',
      advice: 'Did you mean "port"?',
    },
    {
      hosts,
      path: 'k3s.version',
      expected: 'text',
      found: 'nothing',
      advice: 'Set it: The version to install.',
    },
    {
      hosts,
      file,
      line: 3,
      column: 3,
      path: 'k3s.port',
      expected: 'whole number from 1 to 65535',
      found: '70000',
      advice: 'Write a whole number from 1 to 65535.',
    },
    {
      hosts,
      file,
      line: 6,
      column: 7,
      path: 'k3s.tlsSan[1]',
      expected: 'text',
      found: 'a list of 1',
      advice: 'Write a text.',
    },
    {
      hosts,
      file,
      line: 7,
      column: 10,
      path: 'k3s.etcd.quota',
      expected: 'whole number',
      found: '"much"',
      advice: 'Write a whole number.',
    },
  ]
  assert.equal(problems, expected)
})

test('the same value in different places is two problems', async () => {
  const { problems } = await resolveAll({
    'group_vars/all.yml': 'k3s: {version: a}\n',
    'host_vars/a.yml': 'k3s: {port: x}\n',
    'host_vars/b.yml': 'k3s: {port: x}\n',
  })
  assert.equal(
    problems.map((problem) => problem.hosts),
    [['a'], ['b']],
  )
})

test('a role that is no map is one problem, without those of all that it misses', async () => {
  const { problems } = await resolveAll({}, ['k3s=hunter2'])
  assert.equal(
    problems.map(({ path, found, file }) => [path, found, file]),
    [['k3s', 'a text that is not shown', 'command line']],
  )
})

test('a wrong secret is not shown', async () => {
  const { problems } = await resolveAll({ 'group_vars/all.yml': 'k3s: {version: a, token: [hunter2]}\n' })
  assert.is(problems.length, 1)
  assert.not.match(JSON.stringify(problems), /hunter2/)
})

test('the error for a user lists place, path, hosts and advice, and counts', () => {
  const problem = {
    hosts: ['a'],
    file: 'all.yml',
    line: 3,
    column: 5,
    path: 'k3s.port',
    expected: 'a number',
    found: '"x"',
    advice: 'Write one.',
  }
  const many = Array.from({ length: 8 }, (_, index) => ({ ...problem, hosts: [`h${index}`] }))
  assert.is(
    new WrongVariables([problem]).message,
    'One variable is not as expected:\nall.yml:3:5: k3s.port: expected a number, found "x". Write one. (on a)',
  )
  assert.match(new WrongVariables(many).message, /\(on h0, h1, h2, h3, h4 and 3 more\)$/)
  assert.is(new WrongVariables([problem, { ...problem, line: 4 }]).problems.length, 2)
})
