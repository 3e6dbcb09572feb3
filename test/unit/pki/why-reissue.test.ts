import * as assert from 'uvu/assert'
import type { Certificate, Particulars } from '../../../lib/pki/certificate.ts'
import { dayMs, newDraft, particularsFor, type Wanted } from '../../../lib/pki/issue.ts'
import { daysLeft, whyReissue } from '../../../lib/pki/why-reissue.ts'
import { wantedOfServer as wanted } from '../../support/pki.ts'
import { suite } from '../../support/suite.ts'

const test = suite('why a certificate is issued anew')
const now = new Date('2026-11-27T08:00:00Z')
const authority = { commonName: 'the test', keyId: 'aa', notAfter: '2036-11-27T08:00:00.000Z' } as Certificate
const found = particularsFor(wanted, authority, newDraft(now))

function why(
  { at = now, ...changed }: Partial<Particulars> & { readonly at?: Date },
  other: Partial<Wanted> = {},
) {
  return whyReissue({ ...found, ...changed }, { ...wanted, ...other }, authority, at)
}

function later(days: number): Date {
  return new Date(now.getTime() + days * dayMs)
}

test('What fits stays, in whatever order it was asked for', () => {
  assert.equal(why({}), [])
  assert.equal(why({}, { dns: wanted.dns.toReversed(), usages: ['client', 'server'] }), [])
})

test('Each thing that is otherwise is a reason, in words', () => {
  assert.equal(why({ commonName: 'two' }), ['it is of two, not of one'])
  assert.equal(why({}, { organizations: ['a'] }), ['the organization a is missing'])
  assert.equal(why({}, { dns: ['localhost', 'new'] }), [
    'the name new is missing',
    'the name one.example.com is one too many',
  ])
  assert.equal(why({}, { addresses: ['127.0.0.1'] }), ['the address fd00::1 is one too many'])
  assert.equal(why({}, { usages: ['client'] }), ['the usage server is one too many'])
  assert.equal(why({}, { algorithm: 'rsa' }), ['it is ecdsa, not rsa'])
  assert.equal(why({ issuerKey: 'bb' }), ['it was not issued by the test of now'])
})

test('It is issued anew when fewer days are left than are to be', () => {
  assert.equal(why({ at: later(365 - 30) }), [])
  assert.equal(why({ at: later(365 - 29) }), ['29 days left'])
  assert.equal(why({ at: later(364) }), ['1 day left'])
  assert.equal(why({ at: later(366) }), ['it has ended on 2027-11-27T08:00:00.000Z'])
  assert.is(daysLeft(found, later(366)), -1)
})

test('Where it ends with its authority, issuing it anew would not help before that', () => {
  const short = { ...authority, notAfter: found.notAfter }
  assert.equal(whyReissue(found, wanted, short, later(360)), [])
  assert.equal(whyReissue(found, wanted, short, later(366)).length, 1)
})

test('A clock that was put back makes one of the future invalid', () => {
  assert.equal(why({ at: later(-1) }), ['it is not valid before 2026-11-27T07:50:00.000Z'])
})
