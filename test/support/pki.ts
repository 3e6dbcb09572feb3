import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeAuthority, newDraft, type Pair, type Wanted } from '../../lib/pki/issue.ts'
import { keyText, newKey } from '../../lib/pki/keys.ts'
import type { Algorithm } from '../../lib/pki/certificate.ts'
import type { AuthorityPlace } from '../../lib/pki/place.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { scratchFolder } from './scratch.ts'

export const passphrase = new Secret('a passphrase of a test', 'pki.passphrase')

/** What a test asks of a certificate, where it does not matter to it. */
export const wantedOfServer: Wanted = {
  commonName: 'one',
  organizations: [],
  dns: ['localhost', 'one.example.com'],
  addresses: ['127.0.0.1', 'fd00::1'],
  usages: ['server', 'client'],
  algorithm: 'ecdsa',
  days: 365,
  renewDays: 30,
}

/** An authority that stands nowhere; its key is short, to be made quickly. */
export async function authorityOf(algorithm: Algorithm = 'ecdsa', days = 3650): Promise<Pair> {
  const key = keyText(await newKey(algorithm), 'a test')
  return { key, certificate: await makeAuthority(key, { commonName: 'the test', days, draft: newDraft() }) }
}

/** A place for an authority where nothing is yet. */
export function newPlace(name = 'etcd'): AuthorityPlace {
  return { name, store: { folder: join(mkdtempSync(join(scratchFolder(), 'pki-')), 'pki'), passphrase } }
}

/** A file of this process. */
export function fileWith(content: string): string {
  const file = join(mkdtempSync(join(scratchFolder(), 'pem-')), 'x.pem')
  writeFileSync(file, content, { mode: 0o600 })
  return file
}

/** What openssl says. */
export function openssl(...words: readonly string[]): string {
  return execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
