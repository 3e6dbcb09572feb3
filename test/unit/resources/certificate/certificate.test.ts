import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { belongsTo, readCertificate } from '../../../../lib/pki/certificate.ts'
import { newDraft } from '../../../../lib/pki/issue.ts'
import { makeMove } from '../../../../lib/pki/moves.ts'
import type { AuthorityPlace } from '../../../../lib/pki/place.ts'
import type { Move } from '../../../../lib/pki/replacement.ts'
import { certificate, type CertificateArgs } from '../../../../lib/resources/certificate/certificate.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { same, type State } from '../../../../lib/task/state.ts'
import { bring, completed, stateOf } from '../../../support/bring.ts'
import { FakeHost, Killed } from '../../../support/fake-host.ts'
import { newPlace, wantedOfServer } from '../../../support/pki.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('certificate')
const [cert, key] = ['/etc/app/one.crt', '/etc/app/one.key']

async function move(place: AuthorityPlace, ...moves: readonly Move[]): Promise<AuthorityPlace> {
  const wanted = { commonName: 'the test', algorithm: 'ecdsa', days: 3650 } as const
  for (const each of moves) await makeMove(place, each, { ...wanted, draft: newDraft() })
  return place
}

function hostWith(): FakeHost {
  const host = new FakeHost('a')
  host.files.mkdir('/etc/app')
  return host
}

function wanted(authority: AuthorityPlace, more: Partial<CertificateArgs> = {}) {
  return completed(certificate({ cert, key, authority, ...wantedOfServer, ...more }))
}

async function brought(host: FakeHost, authority: AuthorityPlace, more: Partial<CertificateArgs> = {}) {
  return bring(host, await wanted(authority, more))
}

function standing(host: FakeHost) {
  const pem = host.files.bytes(cert)?.toString() ?? ''
  return { ...readCertificate(pem), fits: belongsTo(host.files.bytes(key) ?? '', { pem }) }
}

function shown(change: { readonly from: State; readonly to: State } | undefined): readonly string[] {
  if (change === undefined) return []
  return (kindOf('certificate').show?.(change) ?? []).map(
    ({ field, from, to }) => `${field}: ${from} → ${to}`,
  )
}

test('A certificate is issued once, as it was foretold, and its key is for its owner alone', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  const issued = await brought(host, authority)
  assert.equal(shown(issued), ['certificate: absent → issued by the test'])
  assert.ok(standing(host).fits)
  assert.match(JSON.stringify(issued?.to), `"serial":"${standing(host).serial}"`)
  const [certStat, keyStat] = await host.stat([cert, key])
  assert.equal(
    [certStat, keyStat].map((stat) => stat?.type === 'file' && stat.mode),
    [0o644, 0o600],
  )
  assert.is(await brought(host, authority), undefined)
})

test('Neither a state nor a command holds its key', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  const change = await brought(host, authority)
  const said = JSON.stringify([change, await stateOf(host, await wanted(authority)), host.traffic.commands])
  assert.not.match(said, /PRIVATE KEY|a passphrase of a test/)
  assert.match(host.files.bytes(key)?.toString() ?? '', /BEGIN PRIVATE KEY/)
})

test('What is wrong with it is told, and both files are made anew', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  await brought(host, authority)
  const other = await brought(host, authority, { dns: ['localhost'] })
  assert.equal(shown(other), [
    'certificate: the name one.example.com is one too many → issued anew by the test',
  ])
  assert.ok(standing(host).fits)
  for (const [damage, why] of [
    [() => host.files.remove(cert), 'the certificate is missing'],
    [() => host.files.remove(key), 'the key is missing'],
    [() => host.files.write(cert, 'x'), 'the certificate cannot be read'],
    [() => host.files.write(key, 'x'), 'the key is not the one of the certificate'],
  ] as const) {
    damage()
    const change = await brought(host, authority, { dns: ['localhost'] })
    assert.equal(shown(change), [`certificate: ${why} → issued anew by the test`])
    assert.ok(standing(host).fits)
  }
})

test('Only the attributes are put right of files that are right otherwise', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  await brought(host, authority)
  const { serial } = standing(host)
  host.files.chmod(key, { mode: 0o644 })
  assert.equal(shown(await brought(host, authority)), ['mode of the key: 0644 → 0600'])
  assert.is(standing(host).serial, serial)
})

test('A change that is made again, since contact was lost, issues nothing further', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  const issued = await brought(host, authority)
  if (issued === undefined) throw new Error('nothing was issued')
  const { pem } = standing(host)
  await kindOf('certificate').apply(host, { cert, key }, issued)
  assert.is(standing(host).pem, pem)
})

test('Both files are given to whom they are for', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  host.users.add('app', 998)
  await brought(host, authority, { owner: 'app', group: 'app' })
  const stats = await host.stat([cert, key])
  assert.equal(
    stats.map((stat) => stat.type === 'file' && [stat.owner, stat.group]),
    [
      ['app', 'app'],
      ['app', 'app'],
    ],
  )
})

test('The former pair stands again after a revert, and nothing where nothing was', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  const bare = host.snapshot()
  const first = await brought(host, authority)
  const before = host.snapshot()
  const second = await brought(host, authority, { commonName: 'two' })
  await undo(host.clone(), second, before)
  await undo(host, second, before)
  await undo(host.clone(), first, bare)
})

test('Files that were no pair stand again after a revert', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  host.files.write(cert, 'a certificate of theirs', { mode: 0o600 })
  const before = host.snapshot()
  const change = await brought(host, authority)
  await undo(host.clone(), change, before)
})

test('Killed before any of its writes, it can be gone on with, and be undone', async () => {
  const authority = await move(newPlace(), 'make')
  const start = hostWith()
  await brought(start, authority)
  const before = start.snapshot()
  const run = { renew: { run: 'one' } }
  for (let writes = 0; ; writes++) {
    const host = start.clone()
    const from = await stateOf(host, await wanted(authority, run))
    host.traffic.failAfter(writes)
    const killed = await brought(host, authority, run).then(
      () => false,
      (error: unknown) => error instanceof Killed,
    )
    if (!killed) return assert.ok(writes > 2)
    const resumed = host.clone()
    await brought(resumed, authority, run)
    assert.ok(standing(resumed).fits)
    assert.is(await brought(resumed, authority, run), undefined)
    await undo(host.clone(), { from, to: from }, before)
  }
})

/** As a revert does: from whatever stands there. */
async function undo(
  host: FakeHost,
  change: { readonly from: State; readonly to: State } | undefined,
  before: object,
): Promise<void> {
  if (change === undefined) throw new Error('there was no change')
  const ref = { cert, key }
  const look = async () => (await kindOf('certificate').read(host, [ref]))[0] as State
  await kindOf('certificate').apply(host, ref, { from: await look(), to: change.from })
  assert.equal(host.snapshot(), before)
  assert.ok(same(await look(), change.from))
}

test('A run that asks for another one gets it once, also when it goes on later', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  await brought(host, authority)
  const { serial } = standing(host)
  const change = await brought(host, authority, { renew: { run: 'one' } })
  assert.equal(shown(change), ['certificate: this run asks for another one → issued anew by the test'])
  assert.is.not(standing(host).serial, serial)
  const next = host.clone()
  assert.is(await brought(next, authority, { renew: { run: 'one' } }), undefined)
  assert.is(await brought(next, authority), undefined)
  assert.ok(await brought(next, authority, { renew: { run: 'two' } }))
})

test('After a switch every certificate is issued anew by the one that follows, and not before', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  await brought(host, authority)
  await move(authority, 'introduce')
  assert.is(await brought(host, authority), undefined)
  await move(authority, 'switch')
  const change = await brought(host, authority)
  assert.equal(shown(change), ['certificate: it was not issued by the test of now → issued anew by the test'])
  assert.is(await brought(host, authority), undefined)
})

test('Before there is an authority, or a folder, it can be told what will be, under check', async () => {
  const host = hostWith()
  const isForeseen = (error: unknown) => error instanceof NotYet && error.foreseen?.is === 'pair'
  await rejects(async () => bring(host, await wanted(newPlace())), isForeseen)
  const authority = await move(newPlace(), 'make')
  await rejects(async () => bring(new FakeHost('a'), await wanted(authority)), isForeseen)
})

test('Without the passphrase what stands is looked at, and nothing is issued', async () => {
  const { name, store } = await move(newPlace(), 'make')
  const host = hostWith()
  const locked = { name, store: { folder: store.folder } }
  await rejects(() => brought(host, locked), /no passphrase was given/)
  await brought(host, { name, store })
  assert.is(await brought(host, locked), undefined)
})

test('An authority that has ended issues nothing', async () => {
  const authority = newPlace()
  const draft = newDraft(new Date('2020-01-01'))
  await makeMove(authority, 'make', { commonName: 'old', algorithm: 'ecdsa', days: 10, draft })
  await rejects(() => brought(hostWith(), authority), /has ended on 2020-01-11/)
})

test('Its digest changes with the certificate', async () => {
  const authority = await move(newPlace(), 'make')
  const host = hostWith()
  const digests = [kindOf('certificate').digest?.(await stateOf(host, await wanted(authority)))]
  for (const more of [{}, { commonName: 'two' }]) {
    const change = await brought(host, authority, more)
    const foreseen = change && kindOf('certificate').digest?.(change.to)
    assert.is(kindOf('certificate').digest?.(await stateOf(host, await wanted(authority))), foreseen)
    digests.push(foreseen)
  }
  assert.is(new Set(digests).size, 3)
})

test('What could never hold is refused where it is declared', () => {
  const authority = newPlace()
  const args = { cert, key, authority, ...wantedOfServer }
  assert.throws(() => certificate({ ...args, days: 30 }), /cannot be issued anew 30 days before its end/)
  assert.throws(() => certificate({ ...args, cert: 'one.crt' }), /no plain absolute path/)
})

test('Many cost one round trip', async () => {
  const host = hostWith()
  const refs = Array.from({ length: 8 }, (_, index) => ({
    cert: `/etc/${index}.crt`,
    key: `/etc/${index}.key`,
  }))
  await kindOf('certificate').read(host, refs)
  assert.is(host.traffic.trips, 1)
})
