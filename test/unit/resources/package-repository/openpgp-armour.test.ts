import * as assert from 'uvu/assert'
import { armoured, keyBytes } from '../../../../lib/resources/package-repository/openpgp-armour.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('OpenPGP armour')
const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => index * 7))

test('What is armoured is read back, also twice in one text and with headers', () => {
  assert.equal(keyBytes(armoured(bytes)), bytes)
  const withHeader = armoured(bytes).replace('BLOCK-----\n', 'BLOCK-----\nVersion: GnuPG v2.0.22\n')
  assert.equal(keyBytes(`Some words before\n${withHeader}${armoured(bytes)}`), Buffer.concat([bytes, bytes]))
  assert.equal(keyBytes(armoured(bytes).replaceAll('\n', '\r\n')), bytes)
})

test('The checksum is that of the standard', () => {
  // The check value that RFC 9580 and other lists of CRCs give for these nine digits.
  assert.match(armoured(Buffer.from('123456789')), `=${Buffer.from('21cf02', 'hex').toString('base64')}\n`)
})

test('Base64 is read, whatever blanks stand in it, and anything else is refused', () => {
  assert.equal(keyBytes(`${bytes.toString('base64').replaceAll(/(.{10})/g, '$1\n')}`), bytes)
  for (const text of ['', 'no key!', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n???\n'])
    assert.throws(() => keyBytes(text), /has to be an armoured public key/)
})
