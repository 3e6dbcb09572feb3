/** What ansible-vault writes around a secret text: a line that says how, and lines of hex digits. */
export interface Envelope {
  /** The name of the password, where it has one. */
  readonly id?: string
  readonly salt: Buffer
  readonly hmac: Buffer
  readonly ciphertext: Buffer
}

/** Why a text is none that ansible-vault could have written, or none that is understood here. */
export class DamagedVault extends Error {
  override readonly name = 'DamagedVault'
}

const magic = '$ANSIBLE_VAULT'
const columns = 80

/** Whether a text says of itself that ansible-vault wrote it. */
export function isVaultText(text: string): boolean {
  return text.startsWith(`${magic};`)
}

/** Takes apart what ansible-vault wrote, also where it was indented; throws `DamagedVault`. */
export function readEnvelope(text: string): Envelope {
  const [header = '', ...body] = text.trim().split(/\r?\n/)
  const id = readHeader(header.trim())
  const hex = body.map((line, index) => hexDigits(line.trim(), index + 2)).join('')
  const [salt, hmac, ...rest] = Buffer.from(hex, 'hex').toString('latin1').split('\n')
  const parts = [salt, hmac, rest.join('\n')].map((part = '') => Buffer.from(part, 'hex'))
  const [saltBytes, hmacBytes, ciphertext] = parts as [Buffer, Buffer, Buffer]
  if (saltBytes.length === 0 || hmacBytes.length !== 32 || ciphertext.length === 0) {
    throw new DamagedVault(
      'its hex digits do not hold a salt, a checksum and a text: a part of it is missing',
    )
  }
  return { ...(id === undefined ? {} : { id }), salt: saltBytes, hmac: hmacBytes, ciphertext }
}

/** Writes it as ansible-vault does, with a line break at its end. */
export function envelopeText({ id, salt, hmac, ciphertext }: Envelope): string {
  const header = id === undefined ? [magic, '1.1', 'AES256'] : [magic, '1.2', 'AES256', id]
  const inner = [salt, hmac, ciphertext].map((part) => part.toString('hex')).join('\n')
  const digits = Buffer.from(inner).toString('hex')
  const lines = digits.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []
  return [header.join(';'), ...lines, ''].join('\n')
}

function readHeader(header: string): string | undefined {
  const [, version = '', cipher = '', ...id] = header.split(';')
  if (cipher !== 'AES256' || !['1.1', '1.2'].includes(version)) {
    throw new DamagedVault(`its first line is "${header}", and 1.1 or 1.2 with AES256 is what is understood`)
  }
  return version === '1.2' && id.length > 0 ? id.join(';') : undefined
}

function hexDigits(line: string, number: number): string {
  if (/^[\da-f]*$/i.test(line) && line.length % 2 === 0) return line
  throw new DamagedVault(`its line ${number} is not made of pairs of hex digits`)
}
