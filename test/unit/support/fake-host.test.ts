import { rejects } from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sh } from '../../../lib/host/command.ts'
import { FakeHost, Killed, UnexpectedCommand } from '../../support/fake-host.ts'
import { suite } from '../../support/suite.ts'

const test = suite('support/fake-host')
const attributes = { mode: 0o644, owner: 'root', group: 'root' } as const

test('A command without an answer fails, and is remembered', async () => {
  const host = new FakeHost('a')
  await rejects(() => host.query(sh`etcdctl member list`), UnexpectedCommand)
  await rejects(() => host.query(sh`cat /etc/x | grep y`), UnexpectedCommand)
  assert.is(host.complaints.length, 2)
})

test('A query that would change something fails, and changes nothing', async () => {
  const host = new FakeHost('a').onChange('kubeadm init', '')
  host.systemd.define('app.service')
  for (const text of [
    'systemctl start app',
    'useradd x',
    'apt-get update',
    'kubeadm init',
    'true && systemctl stop app',
  ]) {
    await rejects(() => host.query({ text }), /A query that changes a/)
  }
  assert.is(host.systemd.active('app.service'), 'inactive')
})

test('A fixture answers by text, by pattern, or by its words and input', async () => {
  const host = new FakeHost('a')
    .on('kubectl get nodes', 'none')
    .on(/^etcdctl/, ([, ...words]) => words.join('+'))
    .onChange('tee', (_, { stdin }) => ({ stdout: stdin, code: 3 }))
  assert.is((await host.query(sh`kubectl get nodes`)).stdout, 'none')
  assert.is((await host.query(sh`etcdctl ${['member', 'li st']}`)).stdout, 'member+li st')
  assert.is((await host.exec(sh`tee`, { stdin: 'x', ok: [3] })).stdout, 'x')
})

test('A list of commands runs as a shell runs it', async () => {
  const host = new FakeHost('a').on(/^say/, ([, word = '']) => word)
  assert.is((await host.query({ text: 'false && say a || say b; say "c d"' })).stdout, 'bc d')
})

test('Calls that do not wait for each other share a round trip', async () => {
  const host = new FakeHost('a')
  await Promise.all([host.stat(['/etc']), host.readFiles(['/etc/x']), host.query(sh`true`)])
  await host.stat(['/etc'])
  assert.is(host.traffic.trips, 2)
})

test('It goes on in another process from a file, without what was only in memory', async () => {
  const host = new FakeHost('a')
  host.systemd.define('app.service', { reads: ['/etc/app'], running: true, enabled: true })
  host.users.add('app', 990)
  const [old, wanted] = [host.keep('old'), host.keep('new')]
  await host.writeFile('/etc/app', old, attributes)
  await host.writeFile('/etc/app', wanted, { ...attributes, was: old })
  const saved = join(mkdtempSync(join(tmpdir(), 'troupe-')), 'host.json')
  host.save(saved)
  const next = FakeHost.load(saved)
  assert.equal(next.snapshot({ ours: true }), host.snapshot({ ours: true }))
  assert.is((await next.bytes(old)).toString(), 'old')
  await rejects(() => next.bytes(wanted), /not to be had/)
})

test('A killed process does nothing more', async () => {
  const host = new FakeHost('a')
  host.traffic.failAfter(1)
  await host.makeDirectory('/etc/a', attributes)
  await rejects(() => host.makeDirectory('/etc/b', attributes), Killed)
  await rejects(() => host.stat(['/etc']), Killed)
  assert.equal([host.files.get('/etc/a')?.type, host.files.get('/etc/b')], ['directory', undefined])
})

test('A boot empties /run and starts what is enabled on what stands there', () => {
  const host = new FakeHost('a')
  host.files.write('/etc/app', 'old')
  host.systemd.define('app.service', { reads: ['/etc/app'], running: true, enabled: true })
  host.systemd.define('other.service', { running: true })
  host.files.write('/run/troupe/x', 'gone')
  host.files.write('/etc/app', 'new')
  const before = host.files.read('/proc/sys/kernel/random/boot_id')
  host.reboot()
  assert.is(host.files.read('/run/troupe/x'), undefined)
  assert.is(host.systemd.took('app.service', '/etc/app'), 'new')
  assert.is(host.systemd.active('other.service'), 'inactive')
  assert.is.not(host.files.read('/proc/sys/kernel/random/boot_id'), before)
})

test('It refuses what a system refuses', async () => {
  const host = new FakeHost('a')
  const hash = host.keep('x')
  await rejects(() => host.writeFile('/nowhere/x', hash, attributes), /No such file or directory/)
  await rejects(() => host.writeFile('/etc/x', hash, { ...attributes, owner: 'etcd' }), /invalid user/)
  await rejects(() => host.remove('/etc'), /not empty/)
})
