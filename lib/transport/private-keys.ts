import { readFile } from 'node:fs/promises'
import type { ParsedKey } from 'ssh2'
import { quoted } from './quoting.ts'

/** A private key that cannot be used, and what to do about it. */
export class KeyUnusable extends Error {
  override readonly name = 'KeyUnusable'
  readonly advice: string
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options)
    this.advice = advice
  }
}

/** Asks for the passphrase of a key file. */
export type AskPassphrase = (file: string) => Promise<string>

const unlocked = new Map<string, Promise<ParsedKey>>()

/** The private key in a file, which is read, and its passphrase asked for, once in the life of this process. */
export function privateKey(file: string, ask: AskPassphrase | undefined): Promise<ParsedKey> {
  const known = unlocked.get(file)
  if (known) return known
  const key = load(file, ask)
  key.catch(() => unlocked.delete(file))
  unlocked.set(file, key)
  return key
}

/** Whether a passphrase is needed; undefined when there is no such file. */
export async function isEncrypted(file: string): Promise<boolean | undefined> {
  const text = await readFile(file).catch(() => undefined)
  if (text === undefined) return undefined
  return needsPassphrase((await parse(text)) as Error)
}

async function load(file: string, ask: AskPassphrase | undefined): Promise<ParsedKey> {
  const text = await readFile(file).catch((error: Error) => {
    throw new KeyUnusable(`The key ${file} cannot be read: ${error.message}`, 'Correct the path.', {
      cause: error,
    })
  })
  let key = await parse(text)
  if (needsPassphrase(key)) {
    if (!ask) {
      throw new KeyUnusable(
        `The key ${file} is encrypted and nobody is there to be asked for its passphrase.`,
        `Load it into an agent: ssh-add ${quoted(file)}`,
      )
    }
    key = await parse(text, await ask(file))
    if (key instanceof Error) {
      throw new KeyUnusable(
        `The passphrase given for the key ${file} is wrong.`,
        'Start again with the right one.',
      )
    }
  }
  if (key instanceof Error) throw explain(file, text, key)
  if (!key.isPrivateKey()) {
    throw new KeyUnusable(
      `${file} holds a public key; a private one is needed.`,
      'Name the file without ".pub".',
    )
  }
  return key
}

async function parse(text: Buffer, passphrase?: string): Promise<ParsedKey | Error> {
  const { default: ssh2 } = await import('ssh2')
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase)
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('the file holds no key')) : parsed
}

function needsPassphrase(key: ParsedKey | Error): boolean {
  return key instanceof Error && /no passphrase given/i.test(key.message)
}

function explain(file: string, text: Buffer, error: Error): KeyUnusable {
  const rewrite = `Rewrite it in OpenSSH's own format: ssh-keygen -p -f ${quoted(file)}`
  const content = text.toString('latin1')
  if (/BEGIN (ENCRYPTED )?PRIVATE KEY/.test(content)) {
    return new KeyUnusable(`The key ${file} is in PKCS#8 format, which is not supported.`, rewrite)
  }
  const inside = Buffer.from(content.replace(/-----[^-]*-----/g, ''), 'base64').toString('latin1')
  if (/sk-(ssh|ecdsa)-/.test(inside)) {
    return new KeyUnusable(
      `The key ${file} lives on a security key (FIDO), which is not supported.`,
      'Name an ordinary key; ssh-keygen -t ed25519 makes one.',
    )
  }
  return new KeyUnusable(`The key ${file} cannot be used: ${error.message}.`, rewrite, { cause: error })
}
