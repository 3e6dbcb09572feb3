import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { elementsIn, extensionOf } from './der.ts'

/** ECDSA over P-256, or RSA: 2048 bits for what is used daily, 4096 for an authority. */
export type Algorithm = 'ecdsa' | 'rsa'

/** What a certificate is good for: to be reached by others, to reach them. */
export type Usage = 'server' | 'client'

/** What a certificate says of itself: all of it is known before it is made, and lists are sorted. */
export type Particulars = {
  readonly serial: string
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dns: readonly string[]
  readonly addresses: readonly string[]
  /** `server`, `client`, or a number of one that is neither. */
  readonly usages: readonly string[]
  readonly algorithm: string
  /** The common name of who issued it. */
  readonly issuer: string
  /** Names the key that it was issued with. */
  readonly issuerKey: string
  readonly notBefore: string
  readonly notAfter: string
}

/** A certificate as it was read. */
export interface Certificate extends Particulars {
  readonly isAuthority: boolean
  /** Names its own key. */
  readonly keyId: string
  readonly pem: string
}

export const usageNumbers: Readonly<Record<Usage, string>> = {
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
}

const subjectKeyIdentifier = Buffer.from('551d0e', 'hex')
const authorityKeyIdentifier = Buffer.from('551d23', 'hex')

/** Reads one certificate as PEM; throws where the text is none. */
export function readCertificate(pem: string): Certificate {
  const x509 = new X509Certificate(pem)
  const { subject, issuer } = x509.toLegacyObject() as unknown as Record<'subject' | 'issuer', Name>
  return {
    serial: x509.serialNumber,
    commonName: all(subject.CN)[0] ?? '',
    organizations: all(subject.O).toSorted(),
    ...alternativeNames(x509.subjectAltName ?? ''),
    usages: usagesOf(x509),
    algorithm: algorithmOf(x509.publicKey),
    issuer: all(issuer.CN)[0] ?? '',
    issuerKey: issuerKeyOf(x509.raw),
    notBefore: new Date(x509.validFrom).toISOString(),
    notAfter: new Date(x509.validTo).toISOString(),
    isAuthority: x509.ca,
    keyId: ownKeyOf(x509),
    pem,
  }
}

/** Its particulars alone. */
export function particularsOf(certificate: Certificate): Particulars {
  const { isAuthority: _, keyId: __, pem: ___, ...particulars } = certificate
  return particulars
}

/** Whether a private key as PEM is the one of a certificate; one that cannot be read is not. */
export function belongsTo(keyPem: string | Buffer, { pem }: Pick<Certificate, 'pem'>): boolean {
  try {
    return new X509Certificate(pem).checkPrivateKey(createPrivateKey(keyPem))
  } catch {
    return false
  }
}

/** Names a public key: by the SHA-1 of its bits, as certificates do. */
export function keyIdOf(publicKey: KeyObject): string {
  const [whole] = elementsIn(publicKey.export({ type: 'spki', format: 'der' }))
  const bits = elementsIn(whole?.content ?? Buffer.alloc(0))[1]?.content.subarray(1)
  return createHash('sha1')
    .update(bits ?? '')
    .digest('hex')
}

/** An address as certificates are compared by it: one of IPv6 in its shortest form. */
export function plainAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
}

type Name = Readonly<Record<string, string | readonly string[] | undefined>>

function all(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

function alternativeNames(text: string): Pick<Particulars, 'dns' | 'addresses'> {
  const names = text.split(', ')
  const after = (prefix: string) =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  return {
    dns: after('DNS:').toSorted(),
    addresses: after('IP Address:')
      .map((address) => plainAddress(address))
      .toSorted(),
  }
}

function usagesOf({ keyUsage }: X509Certificate): readonly string[] {
  const names = new Map(Object.entries(usageNumbers).map(([name, number]) => [number, name]))
  // Of one that says nothing, Node's types know nothing.
  const numbers = (keyUsage as readonly string[] | undefined) ?? []
  return numbers.map((number) => names.get(number) ?? number).toSorted()
}

/** As it is asked for; what is asked for nowhere by its own name. */
function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): string {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails ?? {}
  if (type === 'ec') return namedCurve === 'prime256v1' ? 'ecdsa' : `ecdsa over ${namedCurve}`
  if (type === 'rsa') return modulusLength >= 2048 ? 'rsa' : `rsa of ${modulusLength} bits`
  return type ?? 'unknown'
}

function ownKeyOf(x509: X509Certificate): string {
  const extension = extensionOf(x509.raw, subjectKeyIdentifier)
  const [id] = extension === undefined ? [] : elementsIn(extension)
  return id?.content.toString('hex') ?? keyIdOf(x509.publicKey)
}

function issuerKeyOf(raw: Buffer): string {
  const extension = extensionOf(raw, authorityKeyIdentifier)
  const [parts] = extension === undefined ? [] : elementsIn(extension)
  const id = elementsIn(parts?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === 0x80)
  return id?.content.toString('hex') ?? ''
}
