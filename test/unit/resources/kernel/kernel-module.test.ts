import { rejects } from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { kernelModule } from '../../../../lib/resources/kernel/kernel-module.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { offerModules, useModule } from '../../../support/fake-host/modules.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('kernel-module')
const name = 'br_netfilter'
const boot = '/etc/modules-load.d/troupe-br_netfilter.conf'
const conf = '/etc/modprobe.d/troupe-nf_conntrack.conf'
const hashsize = '/sys/module/nf_conntrack/parameters/hashsize'
const wanted = kernelModule({ name })

function hostWith(): FakeHost {
  const host = new FakeHost('a')
  const conntrack = { parameters: { hashsize: '65536', acct: 'N' } }
  offerModules(host.files, { bridge: {}, [name]: { needs: ['bridge'] }, nf_conntrack: conntrack })
  return host
}

async function loaded(host: FakeHost, ...names: readonly string[]): Promise<FakeHost> {
  for (const each of names) await host.exec({ text: `modprobe -- ${each}` })
  return host.clone()
}

test('A module is loaded, now and at boot, and goes with what came along in a revert', () =>
  keepsContract({ host: hostWith(), resource: wanted }))

test('A module that was loaded before it stays loaded', async () => {
  await keepsContract({ host: await loaded(hostWith(), 'bridge'), resource: wanted })
  await keepsContract({ host: await loaded(hostWith(), name), resource: wanted })
})

test('What was loaded before it is not loaded by a revert after a boot, where nobody knows what is', async () => {
  const host = await loaded(hostWith(), 'bridge')
  const change = await bring(host, wanted)
  host.reboot()
  offerModules(host.files, {})
  host.files.write('/proc/modules', '')
  assert.ok(change)
  await kindOf('kernelModule').apply(host, wanted.ref, { from: change.to, to: change.from })
  assert.is(host.files.read('/proc/modules'), '')
})

test('Options are there when it is loaded', async () => {
  const resource = kernelModule({ name: 'nf_conntrack', options: { hashsize: 131072, acct: 1 } })
  await keepsContract({ host: hostWith(), resource })
  const host = hostWith()
  await bring(host, resource)
  assert.is(host.files.read(hashsize), '131072\n')
  assert.is(host.files.read(conf), 'options nf_conntrack hashsize=131072 acct=1\n')
})

test('Options of a module that is loaded are set as it runs', async () => {
  const host = await loaded(hostWith(), 'nf_conntrack')
  const resource = kernelModule({ name: 'nf_conntrack', options: { hashsize: 131072 } })
  assert.equal((await stateOf(host, resource))['stale'], ['hashsize'])
  await keepsContract({ host, resource })
})

test('An option that it takes only when it is loaded is an error that says so', async () => {
  const host = await loaded(hostWith(), 'nf_conntrack')
  host.files.chmod(hashsize, { mode: 0o444 })
  const resource = kernelModule({ name: 'nf_conntrack', options: { hashsize: 131072 } })
  await rejects(() => bring(host, resource), /loaded on a with hashsize=65536, and does not take 131072/)
})

test('Yes and one are the same for a parameter', async () => {
  const host = await loaded(hostWith(), 'nf_conntrack')
  const acct = '/sys/module/nf_conntrack/parameters/acct'
  host.files.write(acct, 'Y\n')
  const state = await stateOf(host, kernelModule({ name: 'nf_conntrack', options: { acct: 1 } }))
  assert.equal(state['stale'], [])
})

test('A file of that name with other content is back after a revert', async () => {
  const host = hostWith()
  host.files.write(boot, '# theirs\n')
  await keepsContract({ host, resource: wanted })
})

test('What is built in counts as loaded, whatever tells it', async () => {
  const hints: Readonly<Record<string, string | Buffer>> = {
    '/lib/modules/6.1.0-fake/modules.builtin':
      'kernel/net/bridge/br-netfilter.ko\nkernel/fs/overlayfs/overlay.ko\n',
    '/proc/config.gz': gzipSync('# built\nCONFIG_BRIDGE_NETFILTER=y\nCONFIG_OVERLAY_FS=y\n'),
    '/boot/config-6.1.0-fake': 'CONFIG_BRIDGE_NETFILTER=y\nCONFIG_OVERLAY_FS=y\n',
  }
  for (const [path, content] of Object.entries(hints)) {
    const host = hostWith()
    host.files.write(path, content)
    for (const each of [name, 'overlay'])
      assert.is((await stateOf(host, kernelModule({ name: each })))['loaded'], 'built in', path)
  }
  const host = new FakeHost('a')
  host.files.mkdir('/proc/sys/net/bridge')
  host.files.write('/proc/filesystems', 'nodev\tsysfs\nnodev\toverlay\n')
  for (const each of [name, 'overlay'])
    assert.is((await stateOf(host, kernelModule({ name: each })))['loaded'], 'built in')
})

test('A module of the kernel that is only configured as one is not built in', async () => {
  const host = hostWith()
  host.files.write('/boot/config-6.1.0-fake', 'CONFIG_BRIDGE_NETFILTER=m\n')
  assert.is((await stateOf(host, wanted))['loaded'], 'no')
})

test('What is built in is still named for the next boot, where the kernel may be another', async () => {
  const host = hostWith()
  host.files.write('/boot/config-6.1.0-fake', 'CONFIG_BRIDGE_NETFILTER=y\n')
  await keepsContract({ host, resource: wanted })
})

test('A module that is in use since is seen to be so, and is not unloaded', async () => {
  const host = hostWith()
  const change = await bring(host, wanted)
  useModule(host.files, name, 2)
  assert.is((await stateOf(host, wanted))['loaded'], 'in use')
  assert.is(await bring(host, wanted), undefined)
  assert.ok(change)
  const undo = () => kindOf('kernelModule').apply(host, wanted.ref, { from: change.to, to: change.from })
  await rejects(undo, /br_netfilter on a is in use, so it stays loaded/)
})

test('A module that is to be absent is unloaded and kept out, and is back after a revert', async () => {
  const absent = kernelModule({ name: 'nf_conntrack', state: 'absent' })
  const host = await loaded(hostWith(), 'nf_conntrack')
  await keepsContract({ host: host.clone(), resource: absent })
  await bring(host, absent)
  await rejects(() => bring(host, wanted).then(() => loaded(host, 'nf_conntrack')), /is not to be loaded/)
})

test('What is built in cannot be absent', async () => {
  const host = hostWith()
  host.files.write('/boot/config-6.1.0-fake', 'CONFIG_NF_CONNTRACK=y\n')
  await rejects(
    () => bring(host, kernelModule({ name: 'nf_conntrack', state: 'absent' })),
    /is built into the kernel/,
  )
})

test('A module that the host does not have is an error that says what brings it', async () => {
  const missing = bring(hostWith(), kernelModule({ name: 'ip_vs' })).catch((error: unknown) => error)
  assert.match(String(await missing), /a cannot load the kernel module ip_vs\.\n.*not found in directory/)
})

test('Many modules that are loaded cost one round trip', async () => {
  const host = await loaded(hostWith(), name, 'nf_conntrack')
  const refs = [name, 'bridge', 'nf_conntrack'].map((each) => kernelModule({ name: each }).ref)
  await kindOf('kernelModule').read(host, refs)
  assert.is(host.traffic.trips, 1)
})

test('A dash and an underline are the same, and what is no name or no word is refused', () => {
  assert.is(kernelModule({ name: 'br-netfilter' }).id, wanted.id)
  for (const bad of ['', '-r', 'a b'])
    assert.throws(() => kernelModule({ name: bad }), /no name of a kernel module/)
  assert.throws(() => kernelModule({ name, options: { a: 'b c' } }), /single words/)
  assert.throws(
    () => kernelModule({ name, options: { a: 1 }, state: 'absent' }),
    /to be absent, and to have options/,
  )
})
