import * as assert from 'uvu/assert'
import { nodeModules, nodeSettings } from '../../../../lib/cluster/kernel.ts'
import type { FakeHost } from '../../../support/fake-host.ts'
import { offerModules } from '../../../support/fake-host/modules.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { families, groundOf, hostOf, type Family, type Given } from './tuned.ts'

const test = suite('roles/system_tuning: kernel')
const file = '/etc/sysctl.d/99-troupe-node.conf'
const both: Given = { kernelModules: 'managed', kernelSettings: 'managed' }
const bridges = {
  '/proc/sys/net/bridge/bridge-nf-call-iptables': '0\n',
  '/proc/sys/net/bridge/bridge-nf-call-ip6tables': '0\n',
}

/** With modules to load, which a lab host does not have, and every setting but those of IPv6. */
function bare(family: Family, name?: string): FakeHost {
  const low = nodeSettings
    .filter(({ key }) => !/^net\.(?:bridge|ipv6)\./.test(key))
    .map(({ key }) => [`/proc/sys/${key.replaceAll('.', '/')}`, '1\n'])
  const host = hostOf(family, { ...Object.fromEntries(low), '/proc/sys/net/ipv4/ip_forward': '0\n' }, name)
  host.files.mkdir('/etc/sysctl.d')
  const names = [
    'overlay',
    'nf_conntrack',
    'vxlan',
    'wireguard',
    'dummy',
    'ip_vs',
    'ip_vs_rr',
    'ip_vs_wrr',
    'ip_vs_sh',
  ]
  offerModules(host.files, {
    ...Object.fromEntries(names.map((each) => [each, {}])),
    br_netfilter: { brings: bridges },
  })
  return host
}

const loaded = (host: FakeHost): readonly string[] =>
  (host.files.read('/proc/modules') ?? '').match(/^\w+/gm) ?? []
const valueOf = (host: FakeHost, key: string) =>
  host.files.read(`/proc/sys/${key.replaceAll('.', '/')}`)?.trim()

for (const family of families) {
  test(`Modules are loaded and settings made on ${family}, and both keep the four laws`, () =>
    keepsLaws(
      () => groundOf([bare(family)], both),
      ({ host }): readonly Damage[] => [
        {
          title: 'a module is not loaded at boot',
          repairs: ['kernelModule:overlay'],
          do: () => host.files.remove('/etc/modules-load.d/troupe-overlay.conf'),
        },
        {
          title: 'a setting is another',
          repairs: ['sysctl:vm.panic_on_oom'],
          do: () => host.files.write('/proc/sys/vm/panic_on_oom', '2\n'),
        },
        {
          title: 'a setting is too low',
          repairs: ['sysctl:vm.max_map_count'],
          do: () => host.files.write('/proc/sys/vm/max_map_count', '65530\n'),
        },
        {
          title: 'a setting does not last',
          repairs: ['sysctl:kernel.panic'],
          do: () => {
            const lines = host.files.read(file) ?? ''
            host.files.write(file, lines.replace('kernel.panic = 10', 'kernel.panic = 0'))
          },
        },
      ],
    ))
}

test('What is loaded follows the mode of the proxy and the way of the packets', async () => {
  const host = bare('debian')
  const shared = { kubernetes: { proxyMode: 'ipvs' }, network: { backend: 'wireguard' } }
  await groundOf([host], { kernelModules: 'managed', modules: ['dummy', 'br-netfilter'] }, { shared }).run()
  const wanted = [
    'br_netfilter',
    'dummy',
    'ip_vs',
    'ip_vs_rr',
    'ip_vs_sh',
    'ip_vs_wrr',
    'nf_conntrack',
    'overlay',
  ]
  assert.equal(loaded(host), [...wanted, 'wireguard'])
})

test('Each mode and each way has its modules', () => {
  const names = (proxyMode: string, network: object) => {
    const given = {
      kubernetes: { proxyMode },
      network: { plugin: 'flannel', backend: 'host-gw', ...network },
    }
    return nodeModules(given as Parameters<typeof nodeModules>[0]).map(({ name }) => name)
  }
  const always = ['overlay', 'br_netfilter', 'nf_conntrack']
  assert.equal(names('iptables', {}), always)
  assert.equal(names('nftables', { backend: 'bgp' }), always)
  assert.equal(names('iptables', { backend: 'vxlan' }), [...always, 'vxlan'])
  assert.equal(names('iptables', { plugin: 'none', backend: 'vxlan' }), always)
  assert.equal(names('ipvs', {}), [...always, 'ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh'])
})

test('What is higher already stays, what this kernel does not know is left out', async () => {
  const host = bare('debian')
  host.files.write('/proc/sys/fs/file-max', '9223372036854775807\n')
  await groundOf([host], both).run()
  assert.is(valueOf(host, 'fs.file-max'), '9223372036854775807')
  assert.is(valueOf(host, 'fs.inotify.max_user_watches'), '524288')
  assert.is(valueOf(host, 'net.bridge.bridge-nf-call-iptables'), '1')
  assert.not.match(host.files.read(file) ?? '', /file-max|ipv6/)
})

test('What the user sets wins, and comes besides', async () => {
  const host = bare('debian')
  host.files.write('/proc/sys/vm/swappiness', '60\n')
  const sysctls = { 'vm/max_map_count': '100000', 'kernel.panic': '30', 'vm.swappiness': '10' }
  await groundOf([host], { ...both, sysctls }).run()
  const found = ['vm.max_map_count', 'kernel.panic', 'vm.swappiness'].map((key) => valueOf(host, key))
  assert.equal(found, ['100000', '30', '10'])
})

test('A setting of the user that the kernel does not know is an error', async () => {
  const { failed } = await groundOf([bare('debian')], { ...both, sysctls: { 'vm.swapiness': '10' } }).run()
  assert.match(failed.join(), 'The kernel has no setting vm.swapiness')
})

test('Without the bridges module, which was to be left alone, its settings are left out', async () => {
  const host = bare('debian')
  const { failed } = await groundOf([host], { kernelSettings: 'managed' }).run()
  assert.equal(failed, [])
  assert.is(valueOf(host, 'net.ipv4.ip_forward'), '1')
  assert.not.match(host.files.read(file) ?? '', 'bridge')
})

test('Hosts that are no node, and those that are to be left alone, stay as they are', async () => {
  const hosts = [bare('debian', 'h1'), bare('debian', 'h2')]
  const groups = { server: ['h1'], lb: ['h2'] }
  const [node, balancer] = hosts
  const before = balancer?.snapshot()
  await groundOf(hosts, both, { groups }).run()
  assert.ok(node && loaded(node).includes('overlay'))
  assert.equal(balancer?.snapshot(), before)

  const kept = bare('debian')
  assert.equal((await groundOf([kept], {}).run()).changed, [])
})
