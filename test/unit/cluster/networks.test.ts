import * as assert from 'uvu/assert'
import { cidrsOf, contains, overheadOf, overlap } from '../../../lib/cluster/networks.ts'
import { configurationOf } from './configuration.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the networks of a cluster')

test('networks overlap when they share an address, whichever is named first', () => {
  const pairs: readonly (readonly [string, string, boolean])[] = [
    ['10.42.0.0/16', '10.42.255.255', true],
    ['10.42.0.0/16', '10.43.0.0/16', false],
    ['10.42.0.0/15', '10.43.0.0/16', true],
    ['10.96.0.0/12', '10.111.255.0/24', true],
    ['10.96.0.0/12', '10.112.0.0/24', false],
    ['10.0.0.7/8', '10.244.0.0/16', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['192.0.2.1/32', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['fd00:42::/56', 'fd00:42:0:ff::1', true],
    ['fd00:42::/56', 'fd00:42:0:100::/64', false],
    ['::/0', 'fd00::1', true],
    ['::/0', '10.0.0.1', false],
    ['::ffff:10.0.0.0/104', '::ffff:a01:203', true],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8/128', true],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', true],
  ]
  for (const [a, b, expected] of pairs) {
    assert.is(overlap(a, b), expected, `${a} and ${b}`)
    assert.is(overlap(b, a), expected, `${b} and ${a}`)
  }
})

test('a network contains its addresses and smaller networks, and is contained by none of them', () => {
  assert.ok(contains('10.0.0.0/8', '10.1.2.3'))
  assert.ok(contains('10.0.0.0/8', '10.42.0.0/16'))
  assert.ok(contains('10.0.0.0/8', '10.0.0.0/8'))
  assert.not.ok(contains('10.42.0.0/16', '10.0.0.0/8'))
  assert.not.ok(contains('10.0.0.0/8', '11.0.0.0'))
  assert.not.ok(contains('10.0.0.0/8', '9.255.255.255'))
  assert.ok(contains('2001:db8::/32', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'))
  assert.not.ok(contains('2001:db8::/32', '2001:db9::'))
})

test('what is neither an address nor a network is an error', () => {
  for (const text of [
    '',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'a.b',
    'fe80::1%eth0',
  ])
    assert.throws(() => overlap(text, '10.0.0.0/8'), /neither an address nor a network/, text)
})

test('networks that are not given are those of the distribution', () => {
  const of = (distribution: string, network = {}) =>
    cidrsOf(configurationOf({ kubernetes: { distribution }, network }))
  assert.equal(of('k3s'), { pods: '10.42.0.0/16', services: '10.43.0.0/16' })
  assert.equal(of('rke2'), of('k3s'))
  assert.equal(of('kubeadm'), { pods: '10.244.0.0/16', services: '10.96.0.0/12' })
  assert.equal(of('binary', { podCidr: '172.16.0.0/16' }), {
    pods: '172.16.0.0/16',
    services: '10.96.0.0/12',
  })
})

test('what carries the packets of pods takes a part of them', () => {
  const of = (network: object) => overheadOf(configurationOf({ network: { ...network } }).network)
  assert.equal(
    ['vxlan', 'wireguard', 'host-gw', 'bgp'].map((backend) => of({ backend })),
    [50, 60, 0, 0],
  )
  assert.is(of({ plugin: 'none' }), 0)
})
