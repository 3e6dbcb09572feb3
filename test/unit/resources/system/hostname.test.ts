import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { liveName } from '../../../../lib/host/facts/live-name.ts'
import { hostname } from '../../../../lib/resources/system/hostname.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { ask } from '../../../../lib/task/ask.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('hostname')
const live = '/proc/sys/kernel/hostname'
const hosts = '127.0.0.1 localhost\n127.0.1.1  old.example.com old # ours\n10.0.0.5 old\n'

function hostNamed(name: string | undefined, liveName = name ?? 'localhost'): FakeHost {
  const host = new FakeHost('a')
  if (name !== undefined) host.files.write('/etc/hostname', `# theirs\n${name}`, { mode: 0o640 })
  host.files.write(live, `${liveName}\n`)
  host.files.write('/etc/hosts', hosts)
  return host
}

test('The name is set now and for the next boot, and is to the letter as before after a revert', () =>
  keepsContract({ host: hostNamed('old'), resource: hostname({ name: 'node1' }) }))

test('A host that has only a passing name gets a lasting one', () =>
  keepsContract({ host: hostNamed(undefined, 'node1'), resource: hostname({ name: 'node1' }) }))

test('A host that still runs under another name than it has is renamed now', async () => {
  const host = hostNamed('node1', 'old')
  await bring(host, hostname({ name: 'node1' }))
  assert.is(host.files.read(live), 'node1\n')
  assert.is(host.files.read('/etc/hostname'), '# theirs\nnode1')
})

test('Its own line in /etc/hosts names it, and no other line is touched', async () => {
  const resource = hostname({ name: 'node1.example.com', hosts: true })
  await keepsContract({ host: hostNamed('old'), resource })
  const host = hostNamed('old')
  await bring(host, resource)
  assert.is(
    host.files.read('/etc/hosts'),
    hosts.replace(/127\.0\.1\.1.*/, '127.0.1.1\tnode1.example.com node1'),
  )
})

test('A line that names it already stays as it is written', async () => {
  const host = hostNamed('old.example.com')
  assert.is(await bring(host, hostname({ name: 'old.example.com', hosts: true })), undefined)
})

test('Where there is no such line, none is added; nor is it looked at unless asked for', async () => {
  const host = hostNamed('old')
  host.files.write('/etc/hosts', '127.0.0.1 localhost\n')
  await bring(host, hostname({ name: 'node1', hosts: true }))
  assert.is(host.files.read('/etc/hosts'), '127.0.0.1 localhost\n')
  assert.is((await stateOf(host, hostname({ name: 'node1' })))['own'], undefined)
})

test('Without the program hostname it is hostnamectl that names the host', async () => {
  const host = hostNamed('old')
  host.onChange(/^hostname /, { code: 127 })
  host.onChange(/^hostnamectl --transient set-hostname node1$/, () => (host.files.write(live, 'node1\n'), ''))
  assert.ok(await bring(host, hostname({ name: 'node1' })))
  assert.is(host.files.read(live), 'node1\n')
})

test('A name that DNS or Linux would refuse is refused, with what is wrong', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['', /has the part ""/],
    ['node_1', /has the part "node_1"/],
    ['-node', /has the part "-node"/],
    ['node-.example.com', /has the part "node-"/],
    ['node..com', /has the part ""/],
    [`${'a'.repeat(64)}`, /has the part/],
    [`${'a'.repeat(40)}.${'b'.repeat(40)}`, /has 81 characters, and Linux takes 64/],
    ['10.0.0.5', /would be taken for an address/],
  ]
  for (const [name, why] of refusals) assert.throws(() => hostname({ name }), why, name)
  hostname({ name: `${'a'.repeat(63)}` })
  hostname({ name: '1node.example' })
})

test('A name that a host is still to be asked for is looked at once it has answered', async () => {
  const host = hostNamed('old')
  const resource = hostname({ name: ask('a', liveName) })
  await rejects(bring(host, { ...resource, spec: { name: 'node_1' } }), /has the part "node_1"/)
  assert.ok(await bring(host, { ...resource, spec: { name: 'node1' } }))
})

test('What reacts to the name takes up both of its forms', async () => {
  const digest = async (host: FakeHost) =>
    kindOf('hostname').digest?.(await stateOf(host, hostname({ name: 'x' })))
  assert.is(await digest(hostNamed('old', 'new')), 'old new')
})
