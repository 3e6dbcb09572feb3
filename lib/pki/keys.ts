import { createPrivateKey, generateKeyPair, webcrypto, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { Secret } from '../secrets/secret.ts'
import type { Algorithm } from './certificate.ts'

const generate = promisify(generateKeyPair)

/** A new private key; `bits` are those of an RSA key. */
export async function newKey(algorithm: Algorithm, bits = 2048): Promise<KeyObject> {
  const { privateKey } =
    algorithm === 'ecdsa'
      ? await generate('ec', { namedCurve: 'P-256' })
      : await generate('rsa', { modulusLength: bits })
  return privateKey
}

/** A private key as PKCS #8 in PEM; `source` names it in messages. */
export function keyText(key: KeyObject, source: string): Secret {
  return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString(), source)
}

/** The key as the library for certificates wants it, and how it signs; throws for one that cannot sign them here. */
export async function signingKey(pem: string) {
  const key = createPrivateKey(pem)
  const algorithm = signingAlgorithm(key)
  const bytes = key.export({ type: 'pkcs8', format: 'der' })
  return { key: await webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']), algorithm }
}

function signingAlgorithm({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const curve = curves.get(asymmetricKeyDetails?.namedCurve ?? '')
  if (curve !== undefined) return { name: 'ECDSA', hash: 'SHA-256', namedCurve: curve }
  throw new TypeError(`Expected a key of RSA, P-256 or P-384, found one of ${asymmetricKeyType}.`)
}

const curves: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
])
