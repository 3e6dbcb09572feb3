import * as assert from 'uvu/assert'
import { hasFreed } from '../../../../roles/etcd/conditions.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/etcd: what is waited for')

/** A member that has so many bytes in use, from one look to the next; none is no answer. */
function memberUsing(...bytes: readonly (number | undefined)[]): FakeHost {
  const left = [...bytes]
  return new FakeHost('h1').on('ctl endpoint status -w json', () => {
    const used = left.shift()
    if (used === undefined) return { code: 1, stderr: 'context deadline exceeded' }
    return JSON.stringify([
      { Status: { header: { member_id: 1 }, version: '3.5.16', leader: 1, dbSizeInUse: used } },
    ])
  })
}

test('What was given up is freed once no less is in use from one moment to the next', async () => {
  assert.equal(await hasFreed('ctl').ask(memberUsing(500, 400)), {
    holds: false,
    found: '400 bytes are in use, and still fewer',
  })
  assert.equal(await hasFreed('ctl').ask(memberUsing(400, 400)), { holds: true })
  assert.equal(await hasFreed('ctl').ask(memberUsing(400, 500)), { holds: true })
  assert.is((await hasFreed('ctl').ask(memberUsing(400, undefined))).holds, false)
})
