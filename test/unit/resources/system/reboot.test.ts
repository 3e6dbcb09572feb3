import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { bootIdPath } from '../../../../lib/host/boot.ts'
import { file } from '../../../../lib/resources/files/file.ts'
import { reboot } from '../../../../lib/resources/system/reboot.ts'
import { kindOf, type Inputs } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('resources/reboot')
const reason = 'the new kernel'
const once = (run: string) => reboot({ reason, run })
const needed = reboot({ reason, run: 'first', ifNeeded: true })

const boots = (host: FakeHost) => host.traffic.writes.filter((what) => what === 'boot').length

test('A host is booted once in a run, and again in the next', async () => {
  const host = new FakeHost('a')
  const before = host.files.read(bootIdPath)
  await bring(host, once('first'))
  assert.is.not(host.files.read(bootIdPath), before)
  assert.is(await bring(host, once('first')), undefined)
  await bring(host, once('second'))
  assert.is(boots(host), 2)
})

test('A boot of its own is not taken for ours, and a mark of ours outlives it', async () => {
  const host = new FakeHost('a')
  host.reboot()
  assert.is((await stateOf(host, once('first')))['run'], 'never')
  await bring(host, once('first'))
  host.reboot()
  assert.is(await bring(host, once('first')), undefined)
})

test('Two reasons are two boots', async () => {
  const host = new FakeHost('a')
  await bring(host, once('first'))
  await bring(host, reboot({ reason: 'the new arguments', run: 'first' }))
  assert.is(boots(host), 2)
})

test('What was ordered and has not happened is ordered again', async () => {
  const host = new FakeHost('a')
  host.traffic.failAfter(1)
  await bring(host, once('first')).catch(() => {})
  const next = host.clone()
  assert.is((await stateOf(next, once('first')))['run'], 'unknown')
  await bring(next, once('first'))
  assert.is(boots(next), 1)
})

test('A damaged mark is an error that names it, not a host that was never booted', async () => {
  for (const damage of ['{"run":', '{"run":"first"}']) {
    const host = new FakeHost('a')
    host.files.write(`/var/lib/troupe/reboots/${encodeURIComponent(reason)}`, damage)
    await rejects(() => stateOf(host, once('first')), /reboots\/\S+ on a holds what we remember there/)
  }
})

test('If asked to, it boots only where the system asks for it', async () => {
  const host = new FakeHost('a').on('needs-restarting -r', { code: 127 })
  assert.is(await bring(host, needed), undefined)
  host.files.write('/run/reboot-required', '')
  await bring(host, needed)
  assert.is(boots(host), 1)
  assert.is(host.files.read('/run/reboot-required'), undefined)
})

test('Of a Red Hat family, needs-restarting tells; without it nobody can', async () => {
  const host = new FakeHost('a', { family: 'dnf' })
  host.files.write('/usr/bin/dnf', '')
  for (const [code, wanted] of [
    [0, false],
    [1, true],
  ] as const) {
    host.on('needs-restarting -r', { code })
    assert.is((await stateOf(host, needed))['needed'], wanted)
  }
  host.on('needs-restarting -r', { code: 127 })
  const seen = await reading(host, needed)
  assert.ok(seen instanceof NotYet && /install dnf-utils/.test(seen.message))
})

test('Where something is pending, nobody can tell whether a reboot will be needed', () => {
  const { want } = kindOf('reboot')
  const context = { inputs: {}, keep: () => 'h:x' as const, hashOf: () => 'h:x' as const }
  const actual = { is: 'booted', run: 'never', needed: false }
  assert.equal(want(actual, needed.spec, context), actual)
  assert.throws(() => want(actual, needed.spec, { ...context, pending: true }), /pending/)
})

test('It boots for what was changed since the host was booted, and for nothing else', async () => {
  const config = file({ path: '/etc/default/grub', content: 'x' })
  const resource = reboot({ reason, run: 'first', after: [config] })
  const inputs = (digest: string, atBoot?: string): Inputs => ({
    [config.id]: atBoot === undefined ? { digest } : { digest, atBoot },
  })
  const host = new FakeHost('a')
  assert.is(await bring(host, resource, inputs('h:1')), undefined)
  assert.is(await bring(host, resource, inputs('h:1', 'h:1')), undefined)
  await bring(host, resource, inputs('h:2', 'h:1'))
  assert.is(boots(host), 1)
})

test('It says what for, that it cannot be undone, and owns nothing', async () => {
  const host = new FakeHost('a')
  const resource = once('first')
  await bring(host, resource)
  assert.match(host.told.join(), 'Rebooting a for the new kernel; it may take 10m.')
  const kind = kindOf('reboot')
  const states = { from: { is: 'booted', run: 'never' }, to: { is: 'booted', run: 'first' } }
  assert.is(kind.oneWay?.(states, resource.ref), 'A reboot cannot be undone.')
  assert.equal(kind.claim(resource.ref, resource.spec), [])
  assert.throws(() => reboot({ reason: ' ', run: 'first' }), /needs a reason/)
})
