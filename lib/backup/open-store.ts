import { UserError } from '../errors.ts'
import { localPath } from '../vars/local-path.ts'
import { directoryStore } from './directory-store.ts'
import { s3Store } from './s3-store.ts'
import type { Store } from './store.ts'
import type { BackupSettings } from './vars.ts'

/** By address: what is written down of a backup names its store by that, and never by the keys to it. */
const opened = new Map<string, Store>()

/** The store that the variables name. */
export function openStore(settings: BackupSettings): Store {
  const store = storeOf(settings)
  opened.set(store.address, store)
  return store
}

/** One that this process has opened. */
export function storeAt(address: string): Store | undefined {
  return opened.get(address)
}

function storeOf({ to, directory, s3 }: BackupSettings): Store {
  if (to === 'directory' && directory !== undefined) return directoryStore(localPath(directory))
  if (to === 's3' && s3 !== undefined) return s3Store(s3)
  throw new UserError(
    `Nothing says where backups are kept: backup.to is ${to}, and backup.${to} is not set.`,
    to === 'directory'
      ? 'Set backup.directory to a folder of this machine, or backup.to to s3.'
      : 'Set backup.s3 with endpoint, bucket, accessKey and secretKey.',
  )
}
