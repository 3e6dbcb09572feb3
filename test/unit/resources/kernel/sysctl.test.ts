import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { sysctl } from '../../../../lib/resources/kernel/sysctl.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('sysctl')
const forward = '/proc/sys/net/ipv4/ip_forward'
const ours = '/etc/sysctl.d/99-troupe.conf'
const wanted = sysctl({ key: 'net.ipv4.ip_forward', value: 1 })

function hostWith(files: Readonly<Record<string, string>> = {}): FakeHost {
  const host = new FakeHost('a')
  host.files.mkdir('/etc/sysctl.d')
  host.files.write(forward, '0\n')
  host.files.write('/proc/sys/net/ipv4/ip_local_port_range', '32768\t60999\n')
  for (const [path, text] of Object.entries(files)) host.files.write(path, text)
  return host
}

test('A setting is made live and for the next boot, and is as before after a revert', () =>
  keepsContract({ host: hostWith(), resource: wanted }))

test('A line that stands in the file is replaced where it stands, and back as it was', () =>
  keepsContract({
    host: hostWith({ [ours]: '# kept\nnet/ipv4/ip_forward=0\nvm.swappiness = 10' }),
    resource: wanted,
  }))

test('A file that another role began is shared, and goes with the last of its lines', async () => {
  const host = hostWith()
  const range = sysctl({ key: 'net.ipv4.ip_local_port_range', value: '1024 65535' })
  const [first, second] = [await bring(host, wanted), await bring(host, range)]
  assert.is(host.files.read(ours), 'net.ipv4.ip_forward = 1\nnet.ipv4.ip_local_port_range = 1024 65535\n')
  assert.ok(first && second)
  await kindOf('sysctl').apply(host, wanted.ref, { from: first.to, to: first.from })
  assert.is(host.files.read(ours), 'net.ipv4.ip_local_port_range = 1024 65535\n')
  await kindOf('sysctl').apply(host, range.ref, { from: second.to, to: second.from })
  assert.is(host.files.get(ours), undefined)
})

test('An empty file, and one whose last line is not ended, are so again after a revert', async () => {
  await keepsContract({ host: hostWith({ [ours]: '' }), resource: wanted })
  await keepsContract({ host: hostWith({ [ours]: '# theirs' }), resource: wanted })
})

test('Values are compared by their words, whatever stands between them', async () => {
  const host = hostWith({ [ours]: 'net.ipv4.ip_local_port_range=32768   60999\n' })
  const range = sysctl({ key: 'net.ipv4.ip_local_port_range', value: '32768 60999' })
  assert.is(await bring(host, range), undefined)
  await keepsContract({
    host,
    resource: sysctl({ key: 'net.ipv4.ip_local_port_range', value: '1024\t65535' }),
  })
})

test('What is set live by hand, and what is only in the file, both differ', async () => {
  const live = hostWith()
  live.files.write(forward, '1\n')
  assert.equal(await stateOf(live, wanted), { is: 'setting', live: '1', boot: null })
  const boot = hostWith({ [ours]: 'net.ipv4.ip_forward = 1\n' })
  assert.is((await stateOf(boot, wanted))['live'], '0')
  assert.ok(await bring(live, wanted))
  assert.ok(await bring(boot, wanted))
})

test('A value that the kernel refuses, or passes over without a word, is an error and is not written', async () => {
  const refusing = hostWith()
  refusing.files.chmod(forward, { mode: 0o444 })
  await rejects(
    () => bring(refusing, wanted),
    /does not take net\.ipv4\.ip_forward = 1: it says 0\.\ntee: .*Invalid argument/,
  )
  const silent = hostWith().onChange(/^tee/, '')
  await rejects(() => bring(silent, wanted), /it says 0\.$/m)
  for (const host of [refusing, silent]) assert.is(host.files.get(ours), undefined)
})

test('A file that is read later and sets it otherwise is named, whatever folder it stands in', async () => {
  for (const path of ['/etc/sysctl.d/99-zz.conf', '/run/sysctl.d/99-zz.conf', '/usr/lib/sysctl.d/zz.conf']) {
    const host = hostWith({ [path]: '-net.ipv4.ip_forward = 0\n' })
    await rejects(
      () => bring(host, wanted),
      new RegExp(`would not last: at the next boot ${path} sets it to 0`),
    )
  }
})

test('A file that is read earlier, agrees, is covered by another of its name or is a comment does no harm', async () => {
  const host = hostWith({
    '/etc/sysctl.d/10-net.conf': 'net.ipv4.ip_forward = 0\n',
    '/etc/sysctl.d/99-zz.conf': '# net.ipv4.ip_forward = 0\nnet.ipv4.ip_forward = 1\n',
    '/usr/lib/sysctl.d/99-zz.conf': 'net.ipv4.ip_forward = 0\n',
  })
  assert.ok(await bring(host, wanted))
  assert.is(await bring(host, wanted), undefined)
})

test('A key whose module is not loaded may still come, and it is foreseen what it will be', async () => {
  const host = hostWith()
  const bridge = sysctl({ key: 'net.bridge.bridge-nf-call-iptables', value: 1 })
  const failed = await bring(host, bridge).catch((error: unknown) => error)
  assert.ok(failed instanceof NotYet)
  assert.match(failed.message, /The kernel has no setting net\.bridge\.bridge-nf-call-iptables/)
  assert.equal(failed.foreseen, { is: 'setting', live: '1', boot: '1' })
})

test('Thirty settings cost one round trip', async () => {
  const host = hostWith()
  const keys = Array.from({ length: 30 }, (_, index) => sysctl({ key: `net.ipv4.key${index}`, value: 1 }).ref)
  await kindOf('sysctl').read(host, keys)
  assert.equal([host.traffic.trips, host.traffic.commands.length], [1, 2])
})

test('A key is the same however it is written', () => {
  const ids = ['net.ipv4.conf.eth0/100.rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'].map(
    (key) => sysctl({ key, value: 1 }).id,
  )
  assert.equal(ids, Array(2).fill('sysctl:net.ipv4.conf.eth0/100.rp_filter'))
})

test('Keys that lead elsewhere, empty values and files that no boot reads are refused', () => {
  for (const key of ['', '/etc/x', 'a..b', 'a/../b', 'a b', 'net.ipv4.conf.*.rp_filter'])
    assert.throws(() => sysctl({ key, value: 1 }), /is no key/)
  for (const value of [' ', '1\n2']) assert.throws(() => sysctl({ key: 'a.b', value }), /has to be one line/)
  assert.throws(() => sysctl({ key: 'a.b', value: 1, file: '/etc/sysctl.conf' }), /are read at boot from/)
})

test('At least so much: less is raised, more stays as it is and is not written', async () => {
  const watches = '/proc/sys/fs/inotify/max_user_watches'
  const raised = sysctl({ key: 'fs.inotify.max_user_watches', atLeast: 524_288 })
  const low = hostWith({ [watches]: '8192\n' })
  await keepsContract({ host: low, resource: raised })
  await bring(low, raised)
  assert.is(low.files.read(watches), '524288\n')
  assert.is(low.files.read(ours), 'fs.inotify.max_user_watches = 524288\n')
  low.files.remove(ours)
  assert.ok(await bring(low, raised), 'what this raised lasts over a boot')
  low.files.write(watches, '1048576\n')
  assert.is(await bring(low, raised), undefined)

  const high = hostWith({
    [watches]: '9223372036854775807\n',
    '/etc/sysctl.d/99-zz.conf': 'fs.inotify.max_user_watches=1048576\n',
  })
  assert.is(await bring(high, raised), undefined)
  high.files.write(ours, 'fs.inotify.max_user_watches = 100\n')
  await keepsContract({ host: high, resource: raised })
})

test('A setting that the kernel does not know may be left out', async () => {
  const forwarding = { key: 'net.ipv6.conf.all.forwarding', value: 1 }
  const host = hostWith()
  assert.is(await bring(host, sysctl({ ...forwarding, ifKnown: true })), undefined)
  await rejects(() => bring(host, sysctl(forwarding)), NotYet)
})
