import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import * as assert from 'uvu/assert'
import { belongsTo, particularsOf, type Algorithm } from '../../../lib/pki/certificate.ts'
import { dayMs, issue, newDraft, particularsFor, type Pair, type Wanted } from '../../../lib/pki/issue.ts'
import { reveal } from '../../../lib/secrets/secret.ts'
import { authorityOf, fileWith, openssl, wantedOfServer } from '../../support/pki.ts'
import { suite } from '../../support/suite.ts'

const test = suite('certificates')

async function leafOf(authority: Pair, wanted: Partial<Wanted> = {}, now = new Date()): Promise<Pair> {
  const all = { ...wantedOfServer, ...wanted }
  return issue(authority, particularsFor(all, authority.certificate, newDraft(now)))
}

for (const algorithm of ['ecdsa', 'rsa'] as const satisfies readonly Algorithm[]) {
  test(`openssl takes an authority and a certificate of ${algorithm} for what they are`, async () => {
    const authority = await authorityOf(algorithm)
    const { certificate, key } = await leafOf(authority, { algorithm, organizations: ['system:masters'] })
    const [ca, leaf] = [fileWith(authority.certificate.pem), fileWith(certificate.pem)]
    const verify = ['verify', '-x509_strict', '-CAfile', ca]
    assert.match(openssl(...verify, '-purpose', 'sslserver', leaf), /: OK/)
    assert.match(openssl(...verify, '-purpose', 'sslclient', leaf), /: OK/)
    assert.match(openssl(...verify, '-verify_ip', '127.0.0.1', leaf), /: OK/)
    assert.match(openssl(...verify, '-verify_hostname', 'one.example.com', leaf), /: OK/)
    assert.match(openssl('x509', '-in', leaf, '-noout', '-subject'), /O = system:masters, CN = one/)
    const publicKey = openssl('x509', '-in', leaf, '-noout', '-pubkey')
    assert.is(openssl('pkey', '-in', fileWith(reveal(key)), '-pubout'), publicKey)
  })
}

test('One that is valid beyond 2050 is written as others read it', async () => {
  const authority = await authorityOf('ecdsa', 20_000)
  const { certificate } = await leafOf(authority, { days: 15_000 })
  assert.ok(certificate.notAfter > '2060')
  const ca = fileWith(authority.certificate.pem)
  assert.match(openssl('verify', '-x509_strict', '-CAfile', ca, fileWith(certificate.pem)), /: OK/)
})

test('openssl reads of an authority that it signs certificates and no authorities', async () => {
  const { certificate } = await authorityOf()
  const text = openssl('x509', '-in', fileWith(certificate.pem), '-noout', '-text')
  assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
  assert.match(text, /Key Usage: critical\s+Certificate Sign, CRL Sign/)
  assert.match(text, /Subject Key Identifier/)
})

test('openssl reads of a certificate what was wanted, and who issued it', async () => {
  const authority = await authorityOf()
  const { certificate } = await leafOf(authority)
  const leaf = fileWith(certificate.pem)
  const names = openssl('x509', '-in', leaf, '-noout', '-ext', 'subjectAltName,extendedKeyUsage')
  assert.match(
    names,
    /DNS:localhost, DNS:one.example.com, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1/,
  )
  assert.match(names, /TLS Web Client Authentication, TLS Web Server Authentication/)
  const keys = openssl('x509', '-in', leaf, '-noout', '-ext', 'authorityKeyIdentifier')
  assert.match(keys.replaceAll(':', '').toLowerCase(), new RegExp(authority.certificate.keyId))
  assert.match(openssl('x509', '-in', leaf, '-noout', '-ext', 'basicConstraints'), /critical\s+CA:FALSE/)
})

for (const usages of [['client'], []] as const) {
  test(`What is read of a certificate with ${usages.length} usages is what it was made from`, async () => {
    const authority = await authorityOf()
    const wanted = { ...wantedOfServer, organizations: ['b', 'a'], usages }
    const particulars = particularsFor(wanted, authority.certificate, newDraft())
    const { certificate } = await issue(authority, particulars)
    assert.equal(particularsOf(certificate), particulars)
    assert.not(certificate.isAuthority)
    assert.ok(authority.certificate.isAuthority)
    const text = openssl('x509', '-in', fileWith(certificate.pem), '-noout', '-text')
    assert.is(text.includes('Extended Key Usage'), usages.length > 0)
  })
}

test('A key belongs to its own certificate, and to no other', async () => {
  const authority = await authorityOf()
  const { certificate, key } = await leafOf(authority)
  assert.ok(belongsTo(reveal(key), certificate))
  assert.not(belongsTo(reveal(authority.key), certificate))
  assert.not(belongsTo('no key', certificate))
})

test('Its number is positive, has 16 bytes, and is another one each time', () => {
  const serials = Array.from({ length: 200 }, () => newDraft().serial)
  assert.is(new Set(serials).size, 200)
  for (const serial of serials) assert.match(serial, /^[4-7][\dA-F]{31}$/)
})

test('It is valid some minutes back, and ends no later than its authority', async () => {
  const now = new Date('2026-11-27T08:00:00.500Z')
  const authority = await authorityOf('ecdsa', 100)
  const long = particularsFor(wantedOfServer, authority.certificate, newDraft(now))
  assert.is(long.notBefore, '2026-11-27T07:50:00.000Z')
  const end = { ...authority.certificate, notAfter: new Date(now.getTime() + 100 * dayMs).toISOString() }
  assert.is(particularsFor(wantedOfServer, end, newDraft(now)).notAfter, end.notAfter)
  const short = particularsFor({ ...wantedOfServer, days: 10 }, end, newDraft(now))
  assert.is(short.notAfter, '2026-12-07T08:00:00.000Z')
})

test('Two programs speak with each other by what one authority issued, and with nobody else', async () => {
  const [authority, other] = [await authorityOf(), await authorityOf()]
  const [own, foreign] = [await leafOf(authority, { commonName: 'two' }), await leafOf(other)]
  const server = await leafOf(authority)
  assert.is(await handshake(server, own, authority), 'two')
  assert.is(await handshake(server, foreign, authority), undefined)
})

/** The name that a server sees of its client; undefined where it lets nobody in. */
async function handshake(server: Pair, client: Pair, authority: Pair): Promise<string | undefined> {
  const ca = authority.certificate.pem
  const pair = ({ certificate, key }: Pair) => ({ cert: certificate.pem, key: reveal(key), ca })
  const listening = createServer({ ...pair(server), requestCert: true, rejectUnauthorized: true })
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  const seen = new Promise<string | undefined>((resolve) => {
    listening.once('secureConnection', (socket: TLSSocket) =>
      resolve(String(socket.getPeerCertificate().subject.CN)),
    )
    listening.once('tlsClientError', () => resolve(undefined))
  })
  const socket = connect({ ...pair(client), port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  const name = await seen
  socket.destroy()
  listening.close()
  return name
}
