import { createHash, createHmac, randomBytes } from 'node:crypto'
import { reveal, Secret } from '../secrets/secret.ts'
import type { Hash } from './host.ts'

/** The contents that this process means to put on one host, by the hash that stands for them in states. */
export class ContentStore {
  readonly #key: string
  readonly #contents = new Map<Hash, Buffer>()

  /** @param key the host's own, so that every controller gives one content the same hash */
  constructor(key: string) {
    this.#key = key
  }

  keep(content: string | Buffer | Secret): Hash {
    const said = content instanceof Secret ? reveal(content) : content
    const bytes = Buffer.isBuffer(said) ? said : Buffer.from(said)
    const hash = this.hashOf(sha256Of(bytes))
    this.#contents.set(hash, bytes)
    return hash
  }

  /** The hash for content whose SHA-256 is known. */
  hashOf(sha256: string): Hash {
    return `h:${createHmac('sha256', this.#key).update(sha256).digest('hex')}`
  }

  get(hash: Hash): Buffer | undefined {
    return this.#contents.get(hash)
  }
}

/** Large contents are asked for again and again, and for many hosts. */
const known = new WeakMap<Buffer, string>()

function sha256Of(bytes: Buffer): string {
  const sum = known.get(bytes) ?? createHash('sha256').update(bytes).digest('hex')
  known.set(bytes, sum)
  return sum
}

/** A key for a host that has none yet. */
export function newContentKey(): string {
  return randomBytes(32).toString('hex')
}
