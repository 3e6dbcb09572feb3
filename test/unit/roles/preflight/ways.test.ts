import * as assert from 'uvu/assert'
import type { HostRole } from '../../../../lib/cluster/host-roles.ts'
import { parseWays, peersOf } from '../../../../roles/preflight/ways.ts'
import { suite } from '../../../support/suite.ts'
import { configurationOf } from '../../cluster/configuration.ts'

const test = suite('roles/preflight: the ways between hosts')

const host = (name: string, ...roles: readonly HostRole[]) => ({ name, address: `address of ${name}`, roles })
const configuration = configurationOf({})

/** Whom the first of these tries, and on which ports. */
function tried(all: readonly ReturnType<typeof host>[], neighbours = 1) {
  const [first] = all
  if (first === undefined) throw new TypeError('There is no host.')
  return peersOf(first, all, configuration, neighbours).map(({ name, ports }) => {
    return [name, ...ports.map(({ protocol, port }) => `${port}/${protocol}`)].join(' ')
  })
}

test('an agent tries every server where it will come to it, and its neighbour as a node', () => {
  const all = [host('a1', 'agent'), host('a2', 'agent'), host('a3', 'agent'), host('s1', 'server')]
  const node = '10250/tcp 10256/tcp 8472/udp'
  assert.equal(tried(all), [`a2 ${node}`, `s1 6443/tcp ${node}`])
})

test('servers try each other also as members of etcd', () => {
  const [line] = tried([host('s1', 'server'), host('s2', 'server')])
  assert.is(line, 's2 6443/tcp 2379/tcp 2380/tcp 10250/tcp 10256/tcp 8472/udp')
})

test('hosts of no group try their neighbours, the last one those at the beginning, and never themselves', () => {
  const all = [host('h3'), host('h1'), host('h2')]
  assert.equal(tried(all, 1), ['h1'])
  assert.equal(tried(all, 9), ['h1', 'h2'])
  assert.equal(tried(all, 0), [])
  assert.equal(
    peersOf(host('h2'), all, configuration, 1).map(({ name }) => name),
    ['h3'],
  )
})

const peers = [
  {
    name: 'n2',
    address: '10.0.0.2',
    ports: [
      { port: 6443, protocol: 'tcp' as const, what: 'kube-apiserver' },
      { port: 8472, protocol: 'udp' as const, what: 'vxlan' },
    ],
  },
]
const sent = (received: number, times = '') =>
  `PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data. --- 10.0.0.2 ping statistics --- 3 packets transmitted, ${received} received, ${Math.round((1 - received / 3) * 100)}% packet loss, time 2ms ${times}`

test('what ping says is read, of whichever make, and the ports in any order', () => {
  const text = [
    '10.0.0.2 udp/8472 refused',
    `10.0.0.2 ping ${sent(3, 'rtt min/avg/max/mdev = 0.1/0.25/0.4/0.1 ms')}`,
    '10.0.0.2 tcp/6443 silent',
    `10.0.0.2 large ${sent(0)}`,
  ].join('\n')
  const [way] = parseWays(text, peers, 1500)
  assert.equal([way?.loss, way?.roundTripMs, way?.large], [0, 0.25, false])
  assert.equal(
    way?.ports.map(({ found }) => found),
    ['silent', 'refused'],
  )
  const [busybox] = parseWays(
    '10.0.0.2 ping 3 packets transmitted, 3 packets received, 0% packet loss round-trip min/avg/max = 0.1/0.2/0.3 ms',
    peers,
    1500,
  )
  assert.equal([busybox?.loss, busybox?.roundTripMs, busybox?.large], [0, 0.2, undefined])
})

test('what could not be tried is not known, which is neither good nor bad', () => {
  const [way] = parseWays('10.0.0.2 ping sh: ping: not found\n', peers, 1500)
  assert.equal([way?.loss, way?.roundTripMs, way?.large], [undefined, undefined, undefined])
  assert.equal(
    way?.ports.map(({ found }) => found),
    ['unknown', 'unknown'],
  )
})

test('where no packet arrives at all, nothing is said of large ones', () => {
  const [way] = parseWays(`10.0.0.2 ping ${sent(0)}\n10.0.0.2 large ${sent(0)}\n`, peers, 1500)
  assert.equal([way?.loss, way?.large], [100, undefined])
})
