import { createHash, createHmac, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { anyMatches } from './patterns.ts'

/** One line of a known_hosts file. */
export interface KnownKey {
  readonly marker: 'key' | 'revoked' | 'authority'
  /** `FILE:LINE`, for messages. */
  readonly place: string
  readonly type: string
  readonly key: Buffer
  readonly names: string
}

/** What known_hosts files say about the key that a host shows. */
export type Verdict =
  | { readonly is: 'known' }
  | { readonly is: 'revoked'; readonly entry: KnownKey }
  /** Other keys are recorded, this one is not. */
  | { readonly is: 'changed'; readonly entries: readonly KnownKey[] }
  | { readonly is: 'unknown'; readonly authority: KnownKey | undefined }

/** The keys of known_hosts files, in memory; what is accepted later on is added to them. */
export class KnownHosts {
  readonly #keys: KnownKey[]

  constructor(keys: readonly KnownKey[]) {
    this.#keys = [...keys]
  }

  /** A file that does not exist holds nothing; one that cannot be read is an error. */
  static async read(files: readonly string[]): Promise<KnownHosts> {
    const texts = await Promise.all(files.map(textOf))
    return new KnownHosts(texts.flatMap((text, index) => parseKnownHosts(text, files[index] ?? '')))
  }

  add(entry: KnownKey): void {
    this.#keys.push(entry)
  }

  judge(host: string, port: number, key: Buffer): Verdict {
    const entries = this.#about(host, port)
    const same = (entry: KnownKey) => entry.key.equals(key)
    const revoked = entries.find((entry) => entry.marker === 'revoked' && same(entry))
    if (revoked) return { is: 'revoked', entry: revoked }
    const keys = entries.filter((entry) => entry.marker === 'key')
    if (keys.some(same)) return { is: 'known' }
    if (keys.length > 0) return { is: 'changed', entries: keys }
    // As OpenSSH does: a key recorded for the host without a port is its key on any port.
    if (port !== 22 && this.judge(host, 22, key).is === 'known') return { is: 'known' }
    return { is: 'unknown', authority: entries.find((entry) => entry.marker === 'authority') }
  }

  /** The types of key recorded for a host, to be asked for first. */
  types(host: string, port: number): readonly string[] {
    const keys = this.#about(host, port).filter((entry) => entry.marker === 'key')
    return [...new Set(keys.map((entry) => entry.type))]
  }

  #about(host: string, port: number): KnownKey[] {
    const name = knownName(host, port)
    return this.#keys.filter((entry) => namesMatch(entry.names, name))
  }
}

/** How a host is called in known_hosts. */
export function knownName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
}

/** The same name as `HashKnownHosts` records it. */
export function hashedName(name: string): string {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${hashed(name, salt)}`
}

function hashed(name: string, salt: Buffer): string {
  return createHmac('sha1', salt).update(name).digest('base64')
}

/** As ssh-keygen shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** A key says its own type in its first field. */
export function keyType(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0))
}

/** The lines that hold a key; others are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownKey[] {
  return text.split('\n').flatMap((line, index) => {
    const words = line.trim().split(/\s+/)
    const marker = markerOf(words[0] ?? '')
    if (marker !== 'key') words.shift()
    const [names, type, base64] = words
    if (names === undefined || names.startsWith('#') || type === undefined || base64 === undefined) return []
    const key = Buffer.from(base64, 'base64')
    if (key.length < 8 || keyType(key) !== type) return []
    return [{ marker, place: `${file}:${index + 1}`, type, key, names }]
  })
}

function markerOf(word: string): KnownKey['marker'] {
  if (word === '@revoked') return 'revoked'
  return word === '@cert-authority' ? 'authority' : 'key'
}

function namesMatch(names: string, name: string): boolean {
  if (names.startsWith('|')) return hashedMatches(names, name)
  return anyMatches(names.toLowerCase().split(','), name)
}

function hashedMatches(names: string, name: string): boolean {
  const [, version, salt, hash] = names.split('|')
  if (version !== '1' || salt === undefined || hash === undefined) return false
  return hashed(name, Buffer.from(salt, 'base64')) === hash
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
