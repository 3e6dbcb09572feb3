import * as assert from 'uvu/assert'
import { hostRoles, isNode, rolesOf, type HostRole } from '../../../lib/cluster/host-roles.ts'
import { portsOn } from '../../../lib/cluster/ports.ts'
import { configurationOf } from './configuration.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the ports of a cluster')

/** The ports of a host that is this, as `6443/tcp`. */
function ports(roles: readonly HostRole[], settings: Parameters<typeof configurationOf>[0] = {}) {
  return portsOn(roles, configurationOf(settings)).map(({ port, protocol }) => `${port}/${protocol}`)
}

const everyNode = ['10250/tcp', '10256/tcp', '8472/udp', '30000-32767/tcp', '30000-32767/udp']

test('a server has those of the control plane, of etcd and of a node', () => {
  const own = ['6443/tcp', '10257/tcp', '10259/tcp', '2379/tcp', '2380/tcp']
  assert.equal(ports(['server']), [...own, ...everyNode])
})

test('an agent has those of a node', () => assert.equal(ports(['agent']), everyNode))

test('etcd on hosts of its own leaves the servers, but not under a distribution that has its own', () => {
  const etcd = { type: 'hosts' }
  assert.equal(ports(['etcd'], { etcd, kubernetes: { distribution: 'kubeadm' } }), ['2379/tcp', '2380/tcp'])
  assert.not.ok(ports(['server'], { etcd, kubernetes: { distribution: 'kubeadm' } }).includes('2379/tcp'))
  assert.ok(ports(['server'], { etcd, kubernetes: { distribution: 'rke2' } }).includes('2379/tcp'))
  assert.ok(ports(['server'], { kubernetes: { distribution: 'rke2' } }).includes('9345/tcp'))
})

test('what carries the packets of pods decides on its port', () => {
  assert.ok(ports(['agent'], { network: { plugin: 'calico' } }).includes('4789/udp'))
  assert.ok(ports(['agent'], { network: { plugin: 'calico', backend: 'bgp' } }).includes('179/tcp'))
  assert.ok(ports(['agent'], { network: { plugin: 'cilium', backend: 'wireguard' } }).includes('51871/udp'))
  assert.not.ok(ports(['agent'], { network: { backend: 'host-gw' } }).some((port) => port === '8472/udp'))
})

test('load balancer and registry have theirs where they are ours', () => {
  assert.equal(ports(['lb'], { loadBalancer: { type: 'haproxy', port: 8443 } }), ['8443/tcp'])
  assert.equal(ports(['lb'], { loadBalancer: { type: 'external' } }), [])
  assert.equal(ports(['registry'], { registry: { type: 'harbor' } }), ['443/tcp', '80/tcp'])
})

test('what a host is follows from the groups that it is in', () => {
  const groups: Readonly<Record<string, readonly string[]>> = { server: ['a'], etcd: ['a', 'b'] }
  const group = (name: string) => (groups[name] ?? []).map((each) => ({ name: each }))
  assert.equal(rolesOf('a', group), ['server', 'etcd'])
  assert.equal(rolesOf('c', group), [])
  assert.equal(
    hostRoles.filter((role) => isNode([role])),
    ['server', 'agent'],
  )
})
