import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { restarted } from '../../../../lib/resources/unit/restarted.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('restarted')
const unit = 'k3s.service'

function hostWith(): FakeHost {
  const host = new FakeHost('a')
  host.systemd.define(unit, { enabled: true, running: true })
  return host
}

test('A unit is restarted once in a run, and again in the next', async () => {
  const host = hostWith()
  await bring(host, restarted({ unit, run: 'first' }))
  assert.is(await bring(host, restarted({ unit, run: 'first' })), undefined)
  assert.is(host.systemd.restarts(unit), 1)
  await bring(host, restarted({ unit, run: 'second' }))
  assert.is(host.systemd.restarts(unit), 2)
})

for (const [writes, restarts] of [
  [0, 1],
  [1, 1],
  [2, 1],
] as const) {
  test(`Killed after ${writes} writes and resumed, it was restarted once in all`, async () => {
    const host = hostWith()
    host.traffic.failAfter(writes)
    await rejects(() => bring(host, restarted({ unit, run: 'first' })), /Killed/)
    const next = host.clone()
    await bring(next, restarted({ unit, run: 'first' }))
    assert.is(next.systemd.restarts(unit), restarts)
    assert.is(await bring(next, restarted({ unit, run: 'first' })), undefined)
  })
}

test('It can wait for a unit that is still to come', async () => {
  assert.ok((await reading(new FakeHost('a'), restarted({ unit, run: 'first' }))) instanceof NotYet)
})

test('A unit that does not come up again fails with what it said', async () => {
  const host = hostWith()
  host.systemd.behave(unit, { fails: 'to start' })
  await rejects(
    () => bring(host, restarted({ unit, run: 'first' })),
    /k3s.service does not run on a[^]*last thing/,
  )
  assert.is((await stateOf(host, restarted({ unit, run: 'first' })))['run'], 'first')
})

test('It says that it cannot be undone, and claims nothing else of the unit', () => {
  const { ref, spec, id } = restarted({ unit: 'k3s', run: 'first' })
  const kind = kindOf('restarted')
  const states = { from: { is: 'restarted', run: 'never' }, to: { is: 'restarted', run: 'first' } }
  assert.is(kind.oneWay?.(states, ref), 'A restart cannot be undone.')
  assert.equal(kind.claim(ref, spec), [`unit:${unit}#restarted`])
  assert.is(id, `restarted:${unit}`)
})
