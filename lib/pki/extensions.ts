import type { KeyObject } from 'node:crypto'
import { keyIdOf, usageNumbers, type Particulars, type Usage } from './certificate.ts'
import type { X509Library } from './x509-library.ts'

/** An authority signs certificates and lists of revoked ones, but no further authorities. */
export function authorityExtensions(x509: X509Library, publicKey: KeyObject) {
  return [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    new x509.SubjectKeyIdentifierExtension(keyIdOf(publicKey)),
  ]
}

/** What a certificate for daily use may be used for, whose it is, and by which names and addresses it is reached. */
export function leafExtensions(
  x509: X509Library,
  { dns, addresses, usages, algorithm, issuerKey }: Particulars,
  publicKey: KeyObject,
) {
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags
  const names = [
    ...dns.map((value) => ({ type: 'dns', value }) as const),
    ...addresses.map((value) => ({ type: 'ip', value }) as const),
  ]
  const numbers = usages.map((usage) => usageNumbers[usage as Usage])
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    // Only a key of RSA can encipher another one.
    new x509.KeyUsagesExtension(
      algorithm === 'rsa' ? digitalSignature | keyEncipherment : digitalSignature,
      true,
    ),
    ...(numbers.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(numbers)]),
    new x509.SubjectKeyIdentifierExtension(keyIdOf(publicKey)),
    new x509.AuthorityKeyIdentifierExtension(issuerKey),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
  ]
}
