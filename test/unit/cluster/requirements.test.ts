import * as assert from 'uvu/assert'
import { bringsAll, distributions } from '../../../lib/cluster/distributions.ts'
import { hostRoles, type HostRole } from '../../../lib/cluster/host-roles.ts'
import { hasMemory, requirementsOf } from '../../../lib/cluster/requirements.ts'
import { configurationOf } from './configuration.ts'
import { suite } from '../../support/suite.ts'

const test = suite('what a host has to have')
const GiB = 2 ** 30

type Settings = Parameters<typeof configurationOf>[0]

function of(roles: readonly HostRole[], settings: Settings = {}, alone = false) {
  return requirementsOf(roles, configurationOf(settings), { alone })
}

/** CPUs and memory in GiB, least and advised. */
function machine(roles: readonly HostRole[], settings: Settings = {}, alone = false) {
  const { cpus, memory } = of(roles, settings, alone)
  return [cpus.least, memory.least / GiB, cpus.advised, memory.advised / GiB]
}

function disks(roles: readonly HostRole[], settings: Settings = {}) {
  return of(roles, settings).disks.map(({ path }) => path)
}

const under = (distribution: string): Settings => ({ kubernetes: { distribution } })

test('a server and an agent need what their distribution asks for', () => {
  for (const distribution of ['kubeadm', 'binary']) {
    assert.equal(machine(['server'], under(distribution)), [2, 4, 4, 8])
    assert.equal(machine(['agent'], under(distribution)), [2, 2, 8, 16])
  }
  assert.equal(machine(['server'], under('k3s')), [2, 2, 4, 8])
  assert.equal(machine(['agent'], under('k3s')), [1, 0.5, 8, 16])
  assert.equal(machine(['server'], under('rke2')), [2, 4, 4, 8])
})

test('a server that is alone is advised less', () => {
  assert.equal(machine(['server'], under('kubeadm'), true), [2, 4, 2, 4])
})

test('the advised disks come to those of a small cluster, a server and an agent', () => {
  const sum = (roles: readonly HostRole[], alone = false) =>
    of(roles, under('kubeadm'), alone)
      .disks.filter(({ path }) => path !== '/tmp')
      .reduce((total, { free }) => total + free.advised / GiB, 0)
  assert.equal([sum(['server'], true), sum(['server']), sum(['agent'])], [50, 100, 200])
})

test('the least of a control plane comes to about 2 GB', () => {
  const least = of(['server'], under('kubeadm')).disks.reduce((total, { free }) => total + free.least, 0)
  assert.ok(least >= 2 * GiB && least < 2.2 * GiB)
})

test('several things at once need the most of each, and every disk once', () => {
  const kubeadm = under('kubeadm')
  assert.equal(machine(['server', 'agent'], kubeadm), [2, 4, 8, 16])
  assert.equal(machine(['agent', 'registry'], { ...kubeadm, registry: { type: 'harbor' } }), [2, 4, 8, 16])
  const both = of(['server', 'agent'], kubeadm).disks
  assert.equal(new Set(both.map(({ path }) => path)).size, both.length)
  assert.is(both.find(({ path }) => path === '/var/lib/kubelet')?.free.advised, 60 * GiB)
})

test('a host that is nothing of a cluster needs nothing', () => {
  assert.equal(machine([]), [0, 0, 0, 0])
  assert.equal(disks([]), [])
})

test('images are where the runtime keeps them', () => {
  assert.is(disks(['agent'], under('k3s'))[0], '/var/lib/rancher')
  for (const [type, path] of [
    ['containerd', '/var/lib/containerd'],
    ['docker', '/var/lib/docker'],
    ['cri-o', '/var/lib/containers'],
    ['isulad', '/var/lib/isulad'],
  ] as const)
    assert.is(disks(['agent'], { ...under('kubeadm'), runtime: { type } })[0], path)
})

test('etcd needs its disk where it runs', () => {
  const [etcd, ofK3s] = ['/var/lib/etcd', '/var/lib/rancher/k3s/server/db']
  const onHosts = { ...under('kubeadm'), etcd: { type: 'hosts' } }
  assert.ok(disks(['server'], under('kubeadm')).includes(etcd))
  assert.not.ok(disks(['server'], onHosts).includes(etcd))
  assert.equal(disks(['etcd'], onHosts), [etcd, '/var/log'])
  assert.ok(disks(['server'], under('k3s')).includes(ofK3s))
  assert.ok(disks(['server'], { ...under('k3s'), etcd: { type: 'hosts' } }).includes(ofK3s))
  assert.not.ok(disks(['server'], { ...under('k3s'), etcd: { type: 'external' } }).includes(ofK3s))
})

test('a registry needs room for images, harbor more of everything', () => {
  assert.equal(machine(['registry'], { registry: { type: 'registry' } }), [1, 1, 2, 4])
  assert.equal(machine(['registry'], { registry: { type: 'harbor' } }), [2, 4, 4, 8])
  assert.equal(disks(['registry'], { registry: { type: 'harbor' } }), ['/data', '/var/log'])
})

test('a group that has nothing to run in this cluster needs nothing', () => {
  for (const role of ['etcd', 'lb', 'registry'] as const) assert.equal(machine([role]), [0, 0, 0, 0])
  assert.equal(machine(['lb'], { loadBalancer: { type: 'kube-vip' } }), [0, 0, 0, 0])
  assert.equal(machine(['lb'], { loadBalancer: { type: 'haproxy' } }), [1, 0.5, 2, 2])
})

test('a machine counts as large as it was sold, though its kernel keeps some', () => {
  assert.ok(hasMemory(3_911_000 * 1024, 4 * GiB))
  assert.not.ok(hasMemory(3 * GiB, 4 * GiB))
})

test('nobody is advised less than the least', () => {
  const rest = { etcd: { type: 'hosts' }, loadBalancer: { type: 'nginx' }, registry: { type: 'registry' } }
  for (const distribution of distributions) {
    for (const role of hostRoles) {
      if (role === 'etcd' && bringsAll(distribution)) continue
      const { cpus, memory, disks: each } = of([role], { ...under(distribution), ...rest }, true)
      for (const { least, advised } of [cpus, memory, ...each.map(({ free }) => free)])
        assert.ok(0 < least && least <= advised, `${distribution} ${role}`)
    }
  }
})
