import * as assert from 'uvu/assert'
import { UserError } from '../../../../lib/errors.ts'
import type { Choice, Roster } from '../../../../lib/play/playbook.ts'
import { leavingHosts, nameOfCluster, stayingServers, untuned } from '../../../../roles/k3s/leaving.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/k3s/leaving')

function roster(vars: Readonly<Record<string, unknown>>): Roster {
  const member = (name: string) => ({ name, address: name, vars })
  const groups: Readonly<Record<string, readonly string[]>> = {
    all: ['s1', 's2', 's3', 'a1', 'spare'],
    server: ['s1', 's2', 's3'],
    agent: ['a1'],
  }
  return { group: (name) => (groups[name] ?? []).map(member) }
}

function refusal(choice: Choice, vars: Readonly<Record<string, unknown>>): string {
  try {
    return `it chose ${choice(roster(vars)).join(' ')}`
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return `${error.message} ${error.advice}`
  }
}

test('those that are named leave, and all other servers stay', () => {
  const named = roster({ node: 's2, a1' })
  assert.equal(leavingHosts(named), ['s2', 'a1'])
  assert.equal(stayingServers(named), ['s1', 's3'])
})

test('nothing is done on hosts that are gone', () => {
  assert.equal(leavingHosts(roster({ node: 's2', node_is_gone: 'true' })), [])
  assert.equal(stayingServers(roster({ node: 's2', node_is_gone: 'true' })), ['s1', 's3'])
})

test('no name, one that is no node and all servers are refused, with what to give', () => {
  assert.match(refusal(leavingHosts, {}), /not said which node .* -e node=NAME.* s1, s2, s3, a1\./)
  assert.match(refusal(leavingHosts, { node: ' ,' }), /not said which node/)
  assert.match(refusal(leavingHosts, { node: 's2,spare,s9' }), /No node .* is called spare, s9\./)
  assert.match(refusal(stayingServers, { node: 's1,s2,s3' }), /No server would stay.*reset\.ts/)
})

test('tuning is undone unless it is to be kept', () => {
  assert.equal(untuned(roster({})), ['s1', 's2', 's3', 'a1'])
  assert.equal(untuned(roster({ keep_tuning: true })), [])
})

test('a cluster is taken away by its name', () => {
  assert.is(nameOfCluster(roster({ cluster: { name: 'blue' } })).answer, 'blue')
  assert.match(nameOfCluster(roster({ cluster: { name: 'blue' } })).question, /from s1, s2, s3, a1,/)
})
