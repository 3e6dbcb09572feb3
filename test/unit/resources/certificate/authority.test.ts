import { rejects } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { findAuthority } from '../../../../lib/pki/authority.ts'
import type { AuthorityPlace } from '../../../../lib/pki/place.ts'
import type { Step } from '../../../../lib/pki/replacement.ts'
import { authority } from '../../../../lib/resources/certificate/authority.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, completed, stateOf } from '../../../support/bring.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { newPlace } from '../../../support/pki.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('authority')

function wanted(place: AuthorityPlace, step?: Step) {
  return authority({ ...place, commonName: 'etcd', algorithm: 'ecdsa', days: 100, step })
}

async function brought(place: AuthorityPlace, step?: Step, host = new FakeHost('a')) {
  return bring(host, await completed(wanted(place, step)))
}

test('It is made once, and as it was foretold', async () => {
  const place = newPlace()
  const made = await brought(place)
  assert.is(made?.from.is, 'absent')
  assert.equal(made?.to['issuing'], findAuthority(place)?.issuing.serial)
  assert.is(await brought(place), undefined)
})

test('Looking at it leaves nothing on the controller', async () => {
  const place = newPlace()
  const resource = await completed(wanted(place))
  const host = new FakeHost('a')
  const state = await stateOf(host, resource)
  const context = { inputs: {}, keep: host.keep.bind(host), hashOf: host.hashOf.bind(host) }
  assert.is(kindOf('authority').want(state, resource.spec, context).is, 'authority')
  assert.not(existsSync(place.store.folder))
})

test('Several hosts that ask for it at once get one', async () => {
  const place = newPlace()
  const hosts = ['a', 'b', 'c'].map((name) => new FakeHost(name))
  await Promise.all(hosts.map((host) => brought(place, undefined, host)))
  assert.equal([findAuthority(place)?.phase, findAuthority(place)?.trusted.length], ['alone', 1])
})

test('Each step is gone once, by however many hosts', async () => {
  const place = newPlace()
  await brought(place)
  const first = findAuthority(place)?.issuing.serial
  for (const [step, phase, trusted] of [
    ['introduce', 'introduced', 2],
    ['switch', 'switched', 2],
    ['drop', 'alone', 1],
  ] as const) {
    const [made] = await Promise.all([brought(place, step), brought(place, step, new FakeHost('b'))])
    assert.is(made?.to['phase'], phase)
    const found = findAuthority(place)
    assert.equal([found?.phase, found?.trusted.length], [phase, trusted])
    assert.is(await brought(place, step), undefined)
  }
  assert.is.not(findAuthority(place)?.issuing.serial, first)
})

test('A step out of its turn is refused, and says which is first', async () => {
  const place = newPlace()
  await brought(place)
  await rejects(() => brought(place, 'switch'), /cannot switch: no other one was introduced/)
})

test('Without a passphrase it is not made, already under check', async () => {
  const { name, store } = newPlace()
  const place = { name, store: { folder: store.folder } }
  await rejects(() => brought(place), /no passphrase was given/)
  assert.not(existsSync(store.folder))
})

test('It is the same thing on every host, is not undone, and is told in words', async () => {
  const place = newPlace()
  const { id, ref, spec } = wanted(place)
  const path = `${place.store.folder}/etcd`
  assert.is(id, `authority:${path}`)
  const kind = kindOf('authority')
  assert.equal(kind.claim(ref, spec), [`controller:${path}`])
  const made = await brought(place)
  if (made === undefined) throw new Error('nothing was made')
  assert.match(kind.oneWay?.(made, ref) ?? '', /never thrown away/)
  assert.equal(kind.show?.(made), [{ field: 'authority', from: 'absent', to: 'trusted' }])
})

test('A name that leads out of the store, or to files of another authority, is refused', () => {
  const { store } = newPlace()
  for (const name of ['../etcd', 'etcd-next', 'etcd-former', '.x']) {
    assert.throws(() => wanted({ name, store }), /is no name for an authority/)
  }
})
