import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { limitPatterns } from '../../../lib/inventory/limit.ts'
import { selectHosts } from '../../../lib/inventory/select.ts'
import { suite } from '../../support/suite.ts'
import { failureOf, inventoryOf, scratch } from './scratch.ts'

const test = suite('inventory/limit')

const inventory = await inventoryOf('[web]\nweb[1:4]\n[db]\ndb1\n')
const folder = scratch({
  retry: 'web1\nweb3\n',
  patterns: 'web\r\n\r\n  db  \n!web2\n',
  several: 'web:!web2\na,b\n',
  empty: '\n\n',
  commented: '# the rest\nweb1\n',
  'a folder/of: today': 'db1\n',
})
const chosen = (limit: string) => selectHosts(inventory, limitPatterns(limit)).join(' ')
const at = (name: string) => `@${join(folder, name)}`

test('a file holds one pattern a line, which is not split, as in Ansible', () => {
  assert.is(chosen(at('retry')), 'web1 web3')
  assert.is(chosen(at('patterns')), 'web1 web3 web4 db1')
  assert.equal(limitPatterns(at('several')), ['web:!web2', 'a,b'])
})

test('a file stands beside other patterns, and alone may be called anything', () => {
  assert.is(chosen(`${at('retry')},db1,!web1`), 'web3 db1')
  assert.is(chosen(at('a folder/of: today')), 'db1')
})

test('without a file, patterns are what they were', () => {
  assert.is(chosen('web[0:1]:db'), 'web1 web2 db1')
  assert.is(chosen('all'), 'web1 web2 web3 web4 db1')
})

test('a file that is missing, empty or a folder is refused: no pattern would mean all hosts', async () => {
  assert.match((await failureOf(() => chosen(at('none')))).message, /There is no file .*none, which --limit/)
  assert.match((await failureOf(() => chosen(at('empty')))).message, /empty of --limit names no host/)
  assert.match((await failureOf(() => chosen(at('a folder')))).message, /cannot be read/)
})

test('there are no comments in it, as in Ansible', async () => {
  assert.match((await failureOf(() => chosen(at('commented')))).message, /no host and no group "# the rest"/)
})
