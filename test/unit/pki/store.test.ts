import { rejects } from 'node:assert/strict'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { UserError } from '../../../lib/errors.ts'
import { findAuthority } from '../../../lib/pki/authority.ts'
import { newDraft } from '../../../lib/pki/issue.ts'
import { issuingPair, makeMove, type NewAuthority } from '../../../lib/pki/moves.ts'
import { filesOf, type AuthorityPlace } from '../../../lib/pki/place.ts'
import { sealedKey } from '../../../lib/pki/sealed-key.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { VaultIdentity } from '../../../lib/secrets/vault/identity.ts'
import { Vault } from '../../../lib/secrets/vault/vault.ts'
import { authorityOf, newPlace, passphrase } from '../../support/pki.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the store of authorities')

function newAuthority(): NewAuthority {
  return { commonName: 'etcd', algorithm: 'ecdsa', days: 100, draft: newDraft() }
}

async function placeWithOne(): Promise<AuthorityPlace> {
  const place = newPlace()
  await makeMove(place, 'make', newAuthority())
  return place
}

function mode(file: string): number {
  return statSync(file).mode & 0o777
}

test('An authority that is made stands there, its key for nobody else', async () => {
  const place = newPlace()
  assert.is(findAuthority(place), undefined)
  const wanted = newAuthority()
  await makeMove(place, 'make', wanted)
  const found = findAuthority(place)
  assert.is(found?.phase, 'alone')
  assert.is(found?.issuing.serial, wanted.draft.serial)
  assert.equal(found?.trusted, [found?.issuing])
  assert.equal(readdirSync(place.store.folder), ['etcd.crt', 'etcd.key'])
  const { key } = filesOf(place, 'now')
  assert.equal([mode(place.store.folder), mode(key)], [0o700, 0o600])
})

test('Its key is a text that ansible-vault opens with the passphrase, and nothing else is', async () => {
  const place = await placeWithOne()
  const { key: file } = filesOf(place, 'now')
  const text = readFileSync(file, 'utf8')
  const vault = new Vault([new VaultIdentity('default', passphrase)])
  const plain = await vault.open(text, { file, line: 1, column: 1 })
  assert.match(plain.toString(), /^-----BEGIN PRIVATE KEY-----/)
  assert.is(reveal((await issuingPair(place)).key), plain.toString())
  assert.match(text, /^\$ANSIBLE_VAULT;1\.1;AES256\n/)
})

test('Of several that make it at once one is the first, and all have that one', async () => {
  const place = newPlace()
  await Promise.all(Array.from({ length: 5 }, () => makeMove(place, 'make', newAuthority())))
  const { key, certificate } = await issuingPair(place)
  assert.ok(reveal(key).length > 0)
  assert.is(findAuthority(place)?.issuing.serial, certificate.serial)
  assert.equal(readdirSync(place.store.folder).length, 2)
})

test('Where only its key was made before a kill, that is the key of the certificate', async () => {
  const place = await placeWithOne()
  const { key, certificate } = filesOf(place, 'now')
  const before = readFileSync(key, 'utf8')
  rmSync(certificate)
  await makeMove(place, 'make', newAuthority())
  await issuingPair(place)
  assert.is(readFileSync(key, 'utf8'), before)
})

async function refuses(place: AuthorityPlace, message: RegExp, advice: RegExp): Promise<void> {
  await rejects(
    () => issuingPair(place),
    (error: Error) => {
      assert.instance(error, UserError)
      assert.match(error.message, message)
      assert.match((error as UserError).advice, advice)
      return true
    },
  )
}

test('Without the passphrase, or with another one, its key is not opened, and it is said how to give it', async () => {
  const { name, store } = await placeWithOne()
  const with_ = (given?: Secret) => ({ name, store: { folder: store.folder, passphrase: given } })
  await refuses(with_(), /no passphrase was given/, /pki\.passphrase.*\$\{PKI_PASSPHRASE\}/)
  const wrong = with_(new Secret('another passphrase', 'a test'))
  await refuses(wrong, /etcd\.key: the passphrase of the store does not open it/, /PKI_PASSPHRASE/)
})

test('A key that is gone, damaged, open, or of another certificate is named with what to do', async () => {
  const place = await placeWithOne()
  const { key } = filesOf(place, 'now')
  const whole = readFileSync(key, 'utf8')
  writeFileSync(key, whole.slice(0, -400))
  await refuses(place, /etcd\.key: /, /Put it back|put it back/)
  writeFileSync(key, 'x')
  await refuses(place, /etcd\.key: expected a key that is closed by ansible-vault/, /vault\.ts encrypt/)
  writeFileSync(key, await sealedKey(place, (await authorityOf()).key))
  await refuses(place, /etcd\.key: expected the private key of .*etcd\.crt/, /belong together/)
  rmSync(key)
  await refuses(place, /etcd\.key: expected the private key of etcd/, /Put it back/)
})

test('A certificate that is damaged, or none of an authority, is named with its file', async () => {
  const place = await placeWithOne()
  const { certificate } = filesOf(place, 'now')
  writeFileSync(certificate, 'no certificate')
  assert.throws(() => findAuthority(place), /etcd\.crt: expected the certificate of an authority/)
})

test('An authority is replaced in three moves, and both are trusted in between', async () => {
  const place = await placeWithOne()
  const first = findAuthority(place)?.issuing.serial
  await makeMove(place, 'introduce', newAuthority())
  const introduced = findAuthority(place)
  assert.equal([introduced?.phase, introduced?.issuing.serial], ['introduced', first])
  const next = introduced?.trusted[1]?.serial
  await makeMove(place, 'switch', newAuthority())
  const switched = findAuthority(place)
  assert.equal([switched?.phase, switched?.issuing.serial], ['switched', next])
  assert.equal(
    switched?.trusted.map(({ serial }) => serial),
    [next, first],
  )
  assert.is((await issuingPair(place)).certificate.serial, next)
  await makeMove(place, 'drop', newAuthority())
  const dropped = findAuthority(place)
  assert.equal([dropped?.phase, dropped?.trusted.length, dropped?.issuing.serial], ['alone', 1, next])
  assert.equal(readdirSync(place.store.folder), ['etcd.crt', 'etcd.key'])
})

test('A switch that was cut short between its moves of files is ended by the next one', async () => {
  const place = await placeWithOne()
  await makeMove(place, 'introduce', newAuthority())
  const next = findAuthority(place)?.trusted[1]?.serial
  const [nowFiles, nextFiles] = [filesOf(place, 'now'), filesOf(place, 'next')]
  const kept = readFileSync(nextFiles.certificate, 'utf8')
  const old = readFileSync(nowFiles.certificate, 'utf8')
  await makeMove(place, 'switch', newAuthority())
  // As if it had been killed before the last of its moves.
  renameSync(nowFiles.certificate, nextFiles.certificate)
  assert.is(readFileSync(nextFiles.certificate, 'utf8'), kept)
  writeFileSync(nowFiles.certificate, old)
  assert.is(findAuthority(place)?.phase, 'switching')
  await makeMove(place, 'switch', newAuthority())
  assert.is((await issuingPair(place)).certificate.serial, next)
  assert.is(findAuthority(place)?.phase, 'switched')
})
