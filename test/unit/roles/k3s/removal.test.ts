import * as assert from 'uvu/assert'
import type { KubeNode } from '../../../../lib/kube/nodes.ts'
import { removalOf, type Removal } from '../../../../roles/k3s/removal.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/k3s/removal')

function server(
  name: string,
  { ready = true, votes = true }: { ready?: boolean; votes?: boolean } = {},
): KubeNode {
  return {
    ...agent(name, ready),
    labels: { 'node-role.kubernetes.io/control-plane': 'true', 'node-role.kubernetes.io/etcd': 'true' },
    conditions: { Ready: ready ? 'True' : 'Unknown', EtcdIsVoter: votes ? 'True' : 'False' },
  }
}

function agent(name: string, ready = true): KubeNode {
  const conditions = { Ready: ready ? 'True' : 'Unknown' }
  return { name, conditions, message: '', labels: {}, unschedulable: false, version: 'v1.34.2+k3s1' }
}

const off = { ready: false }

/** As a line: who leaves when, with ! where it leaves while its vote is needed; or why none does. */
function told(removal: Removal): string {
  if (removal.is === 'refused') return removal.found
  return removal.steps.map(({ node, whileItServes }) => `${node}${whileItServes ? '!' : ''}`).join(' ')
}

const three = [server('a'), server('b'), server('c'), agent('w')]
const oneOff = [server('a'), server('b'), server('c', off), agent('w', false)]

const cases: readonly (readonly [string, readonly KubeNode[], readonly string[], string])[] = [
  ['an agent, ready or not', oneOff, ['w'], 'w'],
  ['one healthy server of three', three, ['c'], 'c'],
  ['the one that is off', oneOff, ['c'], 'c'],
  ['a healthy one beside one that is off', oneOff, ['b'], '1 of 2 members of etcd ready without b; down: c'],
  ['the one that is off first, then a healthy one while it votes', oneOff, ['b', 'c'], 'c b!'],
  ['two of three', three, ['b', 'c'], 'b c!'],
  ['one of two', three.slice(0, 2), ['b'], 'b!'],
  ['all of them', three, ['a', 'b', 'c'], 'no other server in the cluster'],
  [
    'a healthy one of five with two off',
    [...oneOff, server('d'), server('e', off)],
    ['d'],
    '2 of 4 members of etcd ready without d; down: c, e',
  ],
  ['a healthy one of five with one off', [...oneOff, server('d'), server('e')], ['d'], 'd'],
  ['whom the API does not know any more', three, ['gone'], 'gone'],
  [
    'a voter while another one learns',
    [...three, server('d', { votes: false })],
    ['c'],
    'd is a member of etcd that does not vote yet',
  ],
  ['the learner itself', [...three, server('d', { votes: false })], ['d'], 'd'],
  ['an agent while another server learns', [...three, server('d', { votes: false })], ['w'], 'w'],
]

for (const [what, nodes, leaving, expected] of cases) {
  test(`${what}: ${expected}`, () => assert.is(told(removalOf(nodes, leaving)), expected))
}

test('servers without etcd are only not to be the last', () => {
  const plain = ['a', 'b'].map((name) => ({
    ...agent(name),
    labels: { 'node-role.kubernetes.io/control-plane': 'true' },
  }))
  assert.is(told(removalOf(plain, ['b'])), 'b')
  assert.is(told(removalOf(plain, ['a', 'b'])), 'no other server in the cluster')
})
