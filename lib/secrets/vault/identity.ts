import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  pbkdf2,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { promisify } from 'node:util'
import { reveal, type Secret } from '../secret.ts'
import { DamagedVault, type Envelope } from './envelope.ts'

/** The id of a password that was given none. */
export const defaultId = 'default'

interface Keys {
  readonly cipher: Buffer
  readonly hmac: Buffer
  readonly iv: Buffer
}

const derive = promisify(pbkdf2)
const iterations = 10_000
const blockSize = 16

/** A password of ansible-vault, with the name that it goes by. */
export class VaultIdentity {
  readonly id: string
  readonly #password: Secret
  /** By the salt: to derive them is slow on purpose. */
  readonly #keys = new Map<string, Promise<Keys>>()

  constructor(id: string, password: Secret) {
    this.id = id
    this.#password = password
  }

  /** What stands in the envelope; undefined where another password closed it, or where it was changed since. */
  async open({ salt, hmac, ciphertext }: Envelope): Promise<Buffer | undefined> {
    const keys = await this.#keysFor(salt)
    if (!timingSafeEqual(checksum(keys, ciphertext), hmac)) return undefined
    const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.iv)
    return unpadded(Buffer.concat([decipher.update(ciphertext), decipher.final()]))
  }

  async seal(plain: Buffer): Promise<Envelope> {
    const salt = randomBytes(32)
    const keys = await this.#keysFor(salt)
    const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.iv)
    const ciphertext = Buffer.concat([cipher.update(padded(plain)), cipher.final()])
    const name = this.id === defaultId ? {} : { id: this.id }
    return { ...name, salt, hmac: checksum(keys, ciphertext), ciphertext }
  }

  #keysFor(salt: Buffer): Promise<Keys> {
    const name = salt.toString('hex')
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    const keys = this.#derive(salt)
    this.#keys.set(name, keys)
    return keys
  }

  async #derive(salt: Buffer): Promise<Keys> {
    const bytes = await derive(reveal(this.#password), salt, iterations, 80, 'sha256')
    return { cipher: bytes.subarray(0, 32), hmac: bytes.subarray(32, 64), iv: bytes.subarray(64) }
  }
}

function checksum({ hmac }: Keys, ciphertext: Buffer): Buffer {
  return createHmac('sha256', hmac).update(ciphertext).digest()
}

/** As PKCS #7 says, which AES-CTR would not need; ansible-vault does it, too. */
function padded(plain: Buffer): Buffer {
  const missing = blockSize - (plain.length % blockSize)
  return Buffer.concat([plain, Buffer.alloc(missing, missing)])
}

function unpadded(plain: Buffer): Buffer {
  const missing = plain.at(-1) ?? 0
  const padding = plain.subarray(-missing)
  if (missing < 1 || missing > blockSize || padding.some((byte) => byte !== missing)) {
    throw new DamagedVault('what stands in it is not padded as ansible-vault does it')
  }
  return plain.subarray(0, -missing)
}
