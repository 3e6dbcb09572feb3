import * as assert from 'uvu/assert'
import { unfit } from '../../../lib/cluster/unfit.ts'
import { minors } from '../../../lib/cluster/versions.ts'
import { configurationOf } from './configuration.ts'
import { suite } from '../../support/suite.ts'

const test = suite('parts that do not fit')

type Settings = Parameters<typeof configurationOf>[0]

/** What does not fit, as `fatal etcd 3.4.30: 3.5.11+`. */
function found(settings: Settings): readonly string[] {
  return unfit(configurationOf(settings)).map(({ grade, part, found: is, wanted }) => {
    return `${grade} ${part} ${is}: ${wanted}`
  })
}

const kubeadm = (version: string) => ({ distribution: 'kubeadm', version })
const withRuntime = (version: string, type: string, of?: string) =>
  found({ kubernetes: kubeadm(version), runtime: { type, ...(of === undefined ? {} : { version: of }) } })
const withEtcd = (version: string, of: string, type = 'stacked', distribution = 'kubeadm') =>
  found({ kubernetes: { distribution, version }, etcd: { type, version: of } })
const withNetwork = (version: string, plugin: string, of: string) =>
  found({ kubernetes: { version }, network: { plugin, version: of } })

test('of what is left to others nothing is said', () => {
  assert.equal(found({}), [])
  assert.equal(found({ kubernetes: { proxyMode: 'ipvs' } }), [])
  for (const minor of minors) assert.equal(found({ kubernetes: kubeadm(`v${minor}.1`) }), [], minor)
})

test('a minor that is not known is fatal, and those that are known are named', () => {
  const known = '1.30, 1.31, 1.32, 1.33, 1.34, 1.35, 1.36'
  assert.equal(found({ kubernetes: { version: 'v1.29.9+k3s1' } }), [
    `fatal kubernetes v1.29.9+k3s1: ${known}`,
  ])
  assert.equal(found({ kubernetes: kubeadm('v1.99.0') }), [`fatal kubernetes v1.99.0: ${known}`])
})

test("what is no version is fatal, and so is a distribution with another's build", () => {
  for (const version of ['latest', '1.34', 'v1.34.x', 'v1.34.2 ', 'v1.34.2-k3s1', 'v1.34.2+k3s'])
    assert.equal(found({ kubernetes: { version } }), [`fatal kubernetes ${version}: v1.36.0+k3s1`])
  assert.equal(found({ kubernetes: kubeadm('v1.34.2+k3s1') }), ['fatal kubernetes v1.34.2+k3s1: v1.34.2'])
  assert.equal(found({ kubernetes: { distribution: 'rke2', version: 'v1.34.2+k3s1' } }), [
    'fatal kubernetes v1.34.2+k3s1: v1.34.2+rke2r1',
  ])
  assert.equal(found({ kubernetes: { distribution: 'rke2', version: 'v1.34.2-rc1+rke2r1' } }), [])
  assert.equal(found({ kubernetes: { version: 'v1.34.2' } }), [])
})

test('ipvs is warned of where it goes, nftables refused where it is not yet', () => {
  const withMode = (version: string, proxyMode: string) =>
    found({ kubernetes: { ...kubeadm(version), proxyMode } })
  assert.equal(withMode('v1.34.2', 'ipvs'), [])
  assert.equal(withMode('v1.35.0', 'ipvs'), ['warning proxyMode ipvs: iptables, nftables'])
  assert.equal(withMode('v1.30.0', 'nftables'), ['fatal proxyMode nftables: iptables, ipvs'])
  assert.equal(withMode('v1.31.0', 'nftables'), [])
})

test('containerd fits from where its line was tested, and on newer lines', () => {
  assert.equal(withRuntime('v1.35.0', 'containerd', '2.1.5'), [])
  assert.equal(withRuntime('v1.35.0', 'containerd', 'v2.4.0'), [])
  const tested = 'containerd 1.7.28+, 2.1.5+, 2.2.0+'
  for (const old of ['1.6.39', '1.7.27', '2.0.9', '2.1.4'])
    assert.equal(withRuntime('v1.35.0', 'containerd', old), [`warning runtime containerd ${old}: ${tested}`])
  assert.equal(withRuntime('v1.36.0', 'containerd', '1.7.30'), [
    'fatal runtime containerd 1.7.30: containerd 2.0+',
  ])
})

test('other runtimes have their own rules', () => {
  assert.equal(withRuntime('v1.34.2', 'cri-o', '1.34.1'), [])
  assert.equal(withRuntime('v1.34.2', 'cri-o', '1.33.5'), ['fatal runtime cri-o 1.33.5: cri-o 1.34'])
  assert.equal(withRuntime('v1.34.2', 'docker', '28.3.0'), [])
  assert.equal(withRuntime('v1.34.2', 'docker', '19.03.15'), [
    'warning runtime docker 19.03.15: docker 20.10+',
  ])
  assert.equal(withRuntime('v1.35.0', 'docker', '19.03.15'), ['fatal runtime docker 19.03.15: docker 20.10+'])
  assert.equal(withRuntime('v1.34.2', 'isulad'), ['warning runtime isulad: containerd, docker, cri-o'])
  assert.equal(withRuntime('v1.34.2', 'containerd', 'newest'), ['fatal runtime containerd newest: 1.2.3'])
})

test('etcd fits when kubeadm can start it, or it is new enough where somebody else does', () => {
  assert.equal(withEtcd('v1.34.2', '3.6.5'), [])
  assert.equal(withEtcd('v1.34.2', '3.5.24'), ['fatal etcd 3.5.24: 3.6'])
  assert.equal(withEtcd('v1.34.2', '3.5.24', 'external'), [])
  assert.equal(withEtcd('v1.34.2', '3.5.24', 'stacked', 'binary'), [])
  assert.equal(withEtcd('v1.33.2', '3.6.5'), ['warning etcd 3.6.5: 3.5'])
  assert.equal(withEtcd('v1.34.2', '3.5.9', 'hosts'), ['fatal etcd 3.5.9: 3.5.21+'])
  assert.equal(withEtcd('v1.34.2', 'three'), ['fatal etcd three: 3.6.5'])
})

test('a distribution that brings runtime and etcd is not asked for them', () => {
  for (const distribution of ['k3s', 'rke2']) {
    const settings = { kubernetes: { distribution, version: 'v1.36.0' }, etcd: { version: '3.4.0' } }
    assert.equal(found({ ...settings, runtime: { type: 'containerd', version: '1.5.0' } }), [])
  }
})

test('a network is warned of when nobody tried it with that minor', () => {
  assert.equal(withNetwork('v1.34.2', 'calico', 'v3.31.2'), [])
  assert.equal(withNetwork('v1.35.0', 'cilium', '1.18.4'), [
    'warning network cilium 1.18.4: cilium 1.19, 1.20',
  ])
  assert.equal(withNetwork('v1.35.0', 'flannel', '0.27.4'), [])
  assert.equal(withNetwork('v1.35.0', 'calico', 'new'), ['fatal network calico new: v1.2.3'])
  assert.equal(withNetwork('v1.35.0', 'none', 'new'), [])
})

test('texts that are no versions are named even where no version of Kubernetes is given', () => {
  const settings = {
    kubernetes: { distribution: 'kubeadm' },
    runtime: { version: 'x' },
    etcd: { version: 'y' },
  }
  assert.equal(found(settings), ['fatal runtime containerd x: 1.2.3', 'fatal etcd y: 3.6.5'])
})
