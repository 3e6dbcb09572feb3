import * as assert from 'uvu/assert'
import { installation, type Installation } from '../../../lib/cluster/installation.ts'
import { ourPaths } from '../../../lib/host/paths.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the installation on a host')

/** What is found on a host with these files, some of which are folders, and with these origins of ours. */
async function found(paths: readonly string[], origins: readonly string[] = []): Promise<Installation> {
  const host = new FakeHost('h1')
  for (const path of paths) {
    if (path.endsWith('/')) host.files.mkdir(path.slice(0, -1))
    else host.files.write(path, 'something\n')
  }
  if (origins.length > 0) host.files.write(ourPaths.origins, JSON.stringify(origins.map((id) => ({ id }))))
  return installation.read(host)
}

const installed: readonly (readonly [Installation['is'], readonly string[], Partial<Installation>])[] = [
  ['none', [], { joined: false, ours: false, units: [], paths: [], leftovers: [] }],
  [
    'k3s',
    ['/etc/systemd/system/k3s.service', '/var/lib/rancher/k3s/', '/etc/rancher/node/password'],
    { joined: true, units: ['k3s.service'] },
  ],
  [
    'rke2',
    ['/usr/local/lib/systemd/system/rke2-agent.service', '/etc/rancher/rke2/'],
    { joined: false, units: ['rke2-agent.service'], paths: ['/etc/rancher/rke2'] },
  ],
  [
    'kubeadm',
    [
      '/usr/lib/systemd/system/kubelet.service',
      '/var/lib/kubelet/kubeadm-flags.env',
      '/etc/kubernetes/kubelet.conf',
    ],
    { joined: true, units: ['kubelet.service'] },
  ],
  ['kubelet', ['/usr/lib/systemd/system/kubelet.service', '/etc/kubernetes/'], { joined: false }],
  ['half', ['/etc/kubernetes/pki/ca.crt'], { joined: false, units: [], paths: ['/etc/kubernetes'] }],
  ['half', ['/var/lib/kubelet/pki/kubelet.key'], { joined: true }],
]
for (const [is, paths, more] of installed) {
  test(`${paths.join(' and ') || 'Nothing'} is ${is}`, async () => {
    const seen = await found(paths)
    assert.is(seen.is, is)
    for (const [name, value] of Object.entries(more))
      assert.equal(seen[name as keyof Installation], value, name)
  })
}

test('It is ours where we have brought one of its units', async () => {
  const paths = ['/etc/systemd/system/k3s.service']
  assert.not.ok((await found(paths, ['unit:sshd.service'])).ours)
  assert.ok((await found(paths, ['unit:k3s.service'])).ours)
})

test('A folder that we made for settings to come is no installation, and what stands in it is', async () => {
  const ours = ['directory:/etc/kubernetes']
  assert.is((await found(['/etc/kubernetes/kubelet.conf.d/'], ours)).is, 'none')
  assert.is((await found(['/etc/kubernetes/kubelet.conf'], ours)).is, 'half')
})

test('A unit that is masked is none', async () => {
  const host = new FakeHost('h1')
  host.files.link('/etc/systemd/system/kubelet.service', '/dev/null')
  assert.is((await installation.read(host)).is, 'none')
})

test('What other tools have left is named, but not a block that is ours', async () => {
  const host = new FakeHost('h1')
  host.files.mkdir('/etc/kubexm')
  host.files.write(
    '/etc/hosts',
    '# BEGIN KubeXM Managed Block\n# END KubeXM Managed Block\n# kubekey hosts BEGIN\n',
  )
  const leftovers = [
    { of: 'KubeXM', at: '/etc/kubexm' },
    { of: 'KubeXM', at: '# BEGIN KubeXM Managed Block' },
    { of: 'KubeKey', at: '# kubekey hosts BEGIN' },
  ]
  assert.equal((await installation.read(host)).leftovers, leftovers)
  host.files.write(ourPaths.origins, JSON.stringify([{ id: 'block:/etc/hosts#KubeXM Managed Block' }]))
  assert.equal((await installation.read(host)).leftovers, [leftovers[0], leftovers[2]])
})

test('No program of the host is asked for it', async () => {
  const host = new FakeHost('h1')
  await installation.read(host)
  assert.equal(host.traffic.commands, [])
})
