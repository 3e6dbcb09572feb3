import { UserError } from '../errors.ts'
import { reveal, Secret } from '../secrets/secret.ts'
import type { Bytes } from './measured.ts'
import { damaged, Unsound } from './unsound.ts'

export interface KeyPair {
  /** For group_vars: whoever has it can make backups, and read none. */
  readonly recipient: string
  readonly identity: Secret
}

const makeKey =
  'Make a key with `playbooks/backup.ts key FILE` and write what it prints into backup.recipients.'

/** A new key in the age format. */
export async function newKeyPair(source: string): Promise<KeyPair> {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption')
  const identity = await generateX25519Identity()
  return { recipient: await identityToRecipient(identity), identity: new Secret(identity, source) }
}

/** The bytes in the age format, to be read with the identity of any of the recipients. */
export async function encrypted(source: Bytes, recipients: readonly string[]): Promise<Bytes> {
  if (recipients.length === 0) {
    throw new UserError('backup.recipients is empty, and a backup is never kept unencrypted.', makeKey)
  }
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const [index, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient)
    } catch (cause) {
      throw new UserError(`backup.recipients[${index}]: ${whatIs(recipient)}.`, makeKey, { cause })
    }
  }
  return encrypter.encrypt(ReadableStream.from(source))
}

/** Whether all of them can be encrypted for; nothing is read or written. */
export async function checkRecipients(recipients: readonly string[]): Promise<void> {
  await encrypted(nothing(), recipients)
}

/**
 * What was encrypted for one of these identities.
 * @param identity the text of an identity file
 * @param what for messages: the file
 */
export async function decrypted(source: Bytes, identity: Secret, what: string): Promise<Bytes> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const line of keysIn(identity)) {
    try {
      decrypter.addIdentity(line)
    } catch {
      throw noIdentity(identity)
    }
  }
  const altered = (cause: unknown) =>
    damaged(`${what} was altered or cut off: it cannot be decrypted.`, cause)
  try {
    return inWords(await decrypter.decrypt(ReadableStream.from(source)), altered)
  } catch (error) {
    if (error instanceof UserError) throw error
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw new Unsound(
        `${what} is encrypted for other keys than that in ${identity.source}.`,
        'Give the identity of one of those that were in backup.recipients when it was made.',
        { cause: error },
      )
    }
    throw altered(error)
  }
}

async function* inWords(stream: Bytes, words: (error: unknown) => UserError): AsyncGenerator<Uint8Array> {
  try {
    yield* stream
  } catch (error) {
    throw error instanceof UserError ? error : words(error)
  }
}

/** The lines of an identity file that are keys. */
function keysIn(identity: Secret): readonly string[] {
  const lines = reveal(identity)
    .split('\n')
    .map((line) => line.trim())
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (keys.length === 0) throw noIdentity(identity)
  return keys
}

function noIdentity({ source }: Secret): UserError {
  return new UserError(
    `${source}: expected age identities, as lines AGE-SECRET-KEY-1…, found something else.`,
    'Give the file that `playbooks/backup.ts key FILE` wrote.',
  )
}

function whatIs(recipient: string): string {
  // Whoever mistook one for the other is not to find it in a log.
  if (/AGE-SECRET-KEY/i.test(recipient))
    return 'expected a public key age1…, found a secret one; make another key'
  return `expected a public key age1…, found ${JSON.stringify(recipient.slice(0, 80))}`
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
