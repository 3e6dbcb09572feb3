import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { UserError } from '../../errors.ts'
import type { Origin } from '../../inventory/located.ts'
import { writePrivately } from '../../secrets/private-file.ts'
import { isVaultText } from '../../secrets/vault/envelope.ts'
import { closedBy, type Opened, type Vault } from '../../secrets/vault/vault.ts'

/** Stands for stdin, and for stdout. */
export const dash = '-'

/** Where a text comes from, and what it is. */
export interface Text {
  readonly file: string
  readonly bytes: Buffer
}

/** All files that are named, or stdin; read before any is written, so that one that is missing spoils none. */
export function textsOf(files: readonly string[]): Promise<readonly Text[]> {
  return Promise.all((files.length === 0 ? [dash] : files).map(readText))
}

export async function readText(file: string): Promise<Text> {
  try {
    return { file, bytes: file === dash ? await buffer(process.stdin) : await readFile(file) }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'it cannot be read'
    const why = code === 'ENOENT' ? 'there is none' : code
    throw new UserError(`${file}: expected a file, but ${why}.`, 'Correct the path or its mode.', { cause })
  }
}

/** What stands in an encrypted text, and the password that opened it. */
export async function opened(vault: Vault, { file, bytes }: Text): Promise<Opened> {
  const text = bytes.toString()
  if (isVaultText(text)) return vault.openBy(text, originOf(file))
  throw new UserError(
    `${file}: expected an encrypted file, found a plain one.`,
    'Encrypt it first, or leave it out.',
  )
}

/** The text encrypted, with the password of that name, or the only one. */
export async function closed(vault: Vault, { file, bytes }: Text, id?: string): Promise<string> {
  if (isVaultText(bytes.toString()))
    throw new UserError(
      `${file}: expected a plain file, found an encrypted one.`,
      'Rekey it, or leave it out.',
    )
  return closedBy(vault.closing(id), bytes)
}

/** Puts what became of a text in its place; where `output` is given, there. */
export async function put(file: string, content: Buffer | string, output?: string): Promise<void> {
  const target = output ?? file
  if (target !== dash) return writePrivately(target, content)
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(content, (error) => (error ? reject(error) : resolve()))
  })
}

/** Throws where several texts would go to one place. */
export function refuseSeveral(texts: readonly Text[], output: string | undefined): void {
  if (output === undefined || texts.length === 1) return
  throw new UserError(
    `--output ${output} is one place, and ${texts.length} files are named.`,
    'Name one file.',
  )
}

function originOf(file: string): Origin {
  return { file: file === dash ? 'stdin' : file, line: 1 }
}
