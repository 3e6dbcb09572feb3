import * as assert from 'uvu/assert'
import {
  compareVersions,
  leastKernel,
  minorOf,
  minors,
  newestMinor,
  releaseOf,
  releases,
} from '../../../lib/cluster/versions.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the versions of a cluster')

test('a version has a minor, however much stands around it', () => {
  for (const version of ['1.34', 'v1.34.2', '1.34.2', 'v1.34.2+k3s1', 'v1.34.0-rc1+rke2r1', '1.34.2-1.1'])
    assert.is(minorOf(version), '1.34', version)
  assert.is(minorOf('2.1.5'), '2.1')
})

test('what is no version has none', () => {
  for (const text of ['', 'latest', '1', 'v1.', '1.x', '1.34.x', 'k3s-1.34.2', '1.34.2 ', '-1.34'])
    assert.is(minorOf(text), undefined, text)
})

test('versions are in order: by numbers, candidates before the release, builds after it', () => {
  const ordered = [
    '1.9',
    'v1.34.0-alpha.2',
    '1.34.0-beta.0',
    'v1.34.0-rc.1',
    'v1.34.0-rc2+k3s1',
    '1.34.0',
    'v1.34.0+k3s1',
    'v1.34.0+k3s2',
    '1.34.2',
    '1.34.10',
    '2.0.0',
    '4.18.0-553.el8_10.x86_64',
    '5.14.0-503.11.1.el9_5.x86_64',
    '6.12.48+deb13-amd64',
  ]
  for (const [at, version] of ordered.entries()) {
    assert.is(compareVersions(version, version), 0, version)
    for (const later of ordered.slice(at + 1)) {
      assert.ok(compareVersions(version, later) < 0, `${version} < ${later}`)
      assert.ok(compareVersions(later, version) > 0, `${later} > ${version}`)
    }
  }
  for (const [one, same] of [
    ['v1.34.2', '1.34.2'],
    ['5.8', '5.8.0'],
    ['3.6.5', '3.6.5-0'],
  ] as const)
    assert.is(compareVersions(one, same), 0)
})

test('the minors stand in order, and the last is the newest', () => {
  assert.equal(minors.toSorted(compareVersions), minors)
  assert.is(newestMinor, minors.at(-1))
  assert.equal(Object.keys(releases), minors)
})

test('a release is found by any of its versions, and no other one is', () => {
  assert.is(releaseOf('v1.34.2+k3s1'), releases['1.34'])
  for (const version of ['v1.29.4', 'v2.34.0', '1.3', 'latest']) assert.is(releaseOf(version), undefined)
})

test('the rows are what the makers announced', () => {
  const each = <T>(of: (release: (typeof releases)['1.30']) => T) =>
    minors.map((minor) => of(releases[minor]))
  const [all, kept, refused] = ['supported', 'maintenance', 'refused']
  assert.equal(
    each(({ cgroupV1 }) => cgroupV1),
    [all, kept, kept, kept, kept, refused, refused],
  )
  assert.equal(
    each(({ etcd }) => etcd.line),
    ['3.5', '3.5', '3.5', '3.5', '3.6', '3.6', '3.6'],
  )
  assert.equal(
    minors.filter((minor) => releases[minor].ipvs === 'deprecated'),
    ['1.35', '1.36'],
  )
  assert.equal(
    minors.filter((minor) => releases[minor].nftables === 'missing'),
    ['1.30'],
  )
})

test('later rows ask for no less than earlier ones, and name their lines from old to new', () => {
  for (const [at, minor] of minors.entries()) {
    const { containerd, calico, cilium, ...row } = releases[minor]
    for (const lines of [containerd.tested, calico, cilium])
      assert.equal(lines.toSorted(compareVersions), lines, minor)
    assert.ok(compareVersions(containerd.least, containerd.tested[0] ?? '') <= 0, minor)
    const before = releases[minors[at - 1] ?? minor]
    assert.ok(compareVersions(before.kernel, row.kernel) <= 0, minor)
    assert.ok(compareVersions(before.etcd.least, row.etcd.least) <= 0, minor)
    assert.ok(compareVersions(before.containerd.least, containerd.least) <= 0, minor)
  }
})

test('the least kernel is that of the minor, or of kube-proxy with nftables', () => {
  const of = (version: string | undefined, proxyMode: 'iptables' | 'nftables') =>
    leastKernel({ version, proxyMode })
  assert.is(of('v1.34.2+k3s1', 'iptables'), '4.19')
  assert.is(of('v1.34.2', 'nftables'), '5.13')
  assert.is(of(undefined, 'iptables'), releases[newestMinor].kernel)
  assert.is(of('v1.99.0', 'iptables'), releases[newestMinor].kernel)
})
