import { writeFile } from 'node:fs/promises'
import { newKeyPair } from '../../backup/index.ts'
import { UserError } from '../../errors.ts'
import { privateMode } from '../../secrets/private-file.ts'
import { reveal } from '../../secrets/secret.ts'
import { localPath } from '../../vars/local-path.ts'

/** Writes a new identity file, for its owner alone, and gives the public key to it. */
export async function writeKeyFile(file: string): Promise<string> {
  const path = localPath(file)
  const { recipient, identity } = await newKeyPair(path)
  const text = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${reveal(identity)}\n`
  try {
    await writeFile(path, text, { mode: privateMode, flag: 'wx', flush: true })
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause
    throw cause.code === 'EEXIST'
      ? new UserError(
          `${file} is there already, and is never written over: backups may be readable with it alone.`,
          'Name a file that is not there.',
          { cause },
        )
      : new UserError(`${file} cannot be written: ${cause.message}.`, 'Name another file.', { cause })
  }
  return recipient
}
