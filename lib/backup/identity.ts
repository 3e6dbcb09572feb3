import { readFile, stat } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { neverPrint, Secret } from '../secrets/secret.ts'
import { localPath } from '../vars/local-path.ts'
import type { BackupSettings } from './vars.ts'

/** The key that reads backups, where the variables say where it is. */
export async function identityOf({
  identity,
  identityFile,
}: Pick<BackupSettings, 'identity' | 'identityFile'>): Promise<Secret | undefined> {
  if (identity !== undefined || identityFile === undefined) return identity
  const path = localPath(identityFile)
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) {
    throw new UserError(
      `backup.identityFile: expected a file ${path}, and there is none.`,
      'Bring the identity file here, or correct the path.',
    )
  }
  if ((found.mode & 0o077) !== 0) {
    throw new UserError(
      `${path} holds a secret key, and others than its owner may read it.`,
      `chmod 600 ${path}`,
    )
  }
  const text = await readFile(path, 'utf8')
  for (const line of text.split('\n')) if (line.startsWith('AGE-SECRET-KEY')) neverPrint(line.trim())
  return new Secret(text, path)
}

/** The same where nothing can be done without it. */
export async function neededIdentity(settings: BackupSettings): Promise<Secret> {
  const identity = await identityOf(settings)
  if (identity !== undefined) return identity
  throw new UserError(
    'A backup is encrypted, and neither backup.identityFile nor backup.identity says with what it is read.',
    'Give -e backup.identityFile=FILE, the file that `playbooks/backup.ts key FILE` wrote.',
  )
}
