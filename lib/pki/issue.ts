import { createPublicKey, randomBytes } from 'node:crypto'
import { reveal, type Secret } from '../secrets/secret.ts'
import {
  readCertificate,
  type Algorithm,
  type Certificate,
  type Particulars,
  type Usage,
} from './certificate.ts'
import { authorityExtensions, leafExtensions } from './extensions.ts'
import { keyText, newKey, signingKey } from './keys.ts'
import { x509Library } from './x509-library.ts'

/** A certificate and its private key. */
export interface Pair {
  readonly certificate: Certificate
  readonly key: Secret
}

/** What makes a new certificate this one and no other: chosen before it is made. */
export interface Draft {
  readonly serial: string
  readonly now: Date
}

/** What is wanted of a certificate that an authority issues. */
export interface Wanted {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dns: readonly string[]
  readonly addresses: readonly string[]
  readonly usages: readonly Usage[]
  readonly algorithm: Algorithm
  readonly days: number
  /** So many days before its end it is issued anew. */
  readonly renewDays: number
}

export const dayMs = 24 * 60 * 60 * 1000

/** A clock that is behind takes a new certificate all the same. */
const backMs = 10 * 60 * 1000

/** A draft of now, with a number that no other certificate has. */
export function newDraft(now = new Date()): Draft {
  const bytes = randomBytes(16)
  // Positive, and of the same length each time.
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return { serial: bytes.toString('hex').toUpperCase(), now }
}

/** From when to when it is to be valid, never longer than its authority. */
export function validity({ now }: Draft, days: number, end = Infinity) {
  const notBefore = new Date(wholeSecond(now.getTime() - backMs))
  const notAfter = new Date(Math.min(wholeSecond(now.getTime() + days * dayMs), end))
  return { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() }
}

/** An authority with this key, which may sign certificates but no further authorities. */
export async function makeAuthority(
  key: Secret,
  { commonName, days, draft }: { readonly commonName: string; readonly days: number; readonly draft: Draft },
): Promise<Certificate> {
  const x509 = await x509Library()
  const publicKey = createPublicKey(reveal(key))
  const { key: signing, algorithm } = await signingKey(reveal(key))
  const { notBefore, notAfter } = validity(draft, days)
  const name = [{ CN: [commonName] }]
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: draft.serial,
    subject: name,
    issuer: name,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    signingKey: signing,
    signingAlgorithm: algorithm,
    extensions: authorityExtensions(x509, publicKey),
  })
  return readCertificate(`${made.toString('pem')}\n`)
}

/** The particulars of what an authority is to issue. */
export function particularsFor(
  wanted: Wanted,
  { commonName: issuer, keyId: issuerKey, notAfter }: Certificate,
  draft: Draft,
): Particulars {
  const { commonName, organizations, dns, addresses, usages, algorithm, days } = wanted
  return {
    serial: draft.serial,
    commonName,
    organizations: sorted(organizations),
    dns: sorted(dns),
    addresses: sorted(addresses),
    usages: sorted(usages),
    algorithm,
    issuer,
    issuerKey,
    ...validity(draft, days, Date.parse(notAfter)),
  }
}

/** A new key, and the certificate with these particulars for it. */
export async function issue(authority: Pair, particulars: Particulars): Promise<Pair> {
  const x509 = await x509Library()
  const { serial, algorithm, notBefore, notAfter } = particulars
  const own = await newKey(algorithm === 'rsa' ? 'rsa' : 'ecdsa')
  const publicKey = createPublicKey(own)
  const { key: signing, algorithm: signingAlgorithm } = await signingKey(reveal(authority.key))
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: [
      ...particulars.organizations.map((organization) => ({ O: [organization] })),
      { CN: [particulars.commonName] },
    ],
    issuer: new x509.X509Certificate(authority.certificate.pem).subjectName,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    signingKey: signing,
    signingAlgorithm,
    extensions: leafExtensions(x509, particulars, publicKey),
  })
  const certificate = readCertificate(`${made.toString('pem')}\n`)
  return { certificate, key: keyText(own, `the key of ${particulars.commonName}`) }
}

/** The private key of an authority, whose certificate is to come; RSA keys of authorities are longer. */
export async function newAuthorityKey(algorithm: Algorithm, commonName: string): Promise<Secret> {
  return keyText(await newKey(algorithm, 4096), `the key of the authority ${commonName}`)
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted()
}
