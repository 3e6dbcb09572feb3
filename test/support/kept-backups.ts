import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newKeyPair, openStore, writeBackup } from '../../lib/backup/index.ts'
import type { BackupOrder, BackupSettings, KeyPair, Source, Store } from '../../lib/backup/index.ts'
import { backup as backupVars } from '../../lib/backup/vars.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { readVars } from '../../lib/vars/schema.ts'
import { scratchFolder } from './scratch.ts'

const defaults: BackupSettings = readVars(backupVars, undefined, ({ path }) => {
  throw new TypeError(`backup.${path.join('.')} has no default`)
})

/** A store with a key to it, and how backups come into it. */
export interface Keeping {
  readonly settings: BackupSettings
  readonly store: Store
  readonly keys: KeyPair
  /** A backup of the cluster `prod`; `at` is when it was begun. */
  readonly keep: (order?: Partial<BackupOrder>, at?: string) => Promise<string>
}

/** What the variables come to where only these are set. */
export const settingsOf = (set: Partial<BackupSettings>): BackupSettings => ({ ...defaults, ...set })

export type S3 = NonNullable<BackupSettings['s3']>

/** What opens a bucket, as plain text. */
export type BucketKeys = Pick<S3, 'bucket' | 'endpoint'> & Readonly<Record<'accessKey' | 'secretKey', string>>

/** The variables of a bucket. */
export function inBucket({ endpoint, bucket, ...keys }: BucketKeys, set: Partial<S3> = {}) {
  const accessKey = new Secret(keys.accessKey, 'all.yml (backup.s3.accessKey)')
  const secretKey = new Secret(keys.secretKey, 'all.yml (backup.s3.secretKey)')
  const rest = { region: 'us-east-1', prefix: '', pathStyle: true, timeout: '30s' } as const
  return { to: 's3', s3: { endpoint, bucket, accessKey, secretKey, ...rest, ...set } } as const
}

/** An empty folder for backups, or what else is set. */
export async function keeping(set: Partial<BackupSettings> = {}): Promise<Keeping> {
  const keys = await newKeyPair('the test')
  const settings = settingsOf({
    directory: scratchFolder(),
    recipients: [keys.recipient],
    identity: keys.identity,
    ...set,
  })
  const store = openStore(settings)
  const keep: Keeping['keep'] = async (order = {}, at = '2026-01-02T03:04:05Z') => {
    const whole = { ...usual, recipients: settings.recipients, ...order }
    return (await writeBackup(store, whole, new Date(at))).name
  }
  return { settings, store, keys, keep }
}

const usual: BackupOrder = {
  cluster: 'prod',
  kind: 'etcd',
  run: 'r1',
  host: 'one',
  versions: { etcd: '3.5.16' },
  facts: { revision: 4711 },
  recipients: [],
  files: [source('snapshot.db', 'state of the cluster')],
}

export function source(name: string, ...chunks: readonly (string | Error)[]): Source {
  async function* open(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      if (chunk instanceof Error) throw chunk
      yield Buffer.from(chunk)
    }
  }
  return { name, open }
}

/** Where a file of a backup in a folder stands. */
export const keptFile = ({ settings }: Keeping, backup: string, file: string) =>
  join(settings.directory ?? '', 'prod', backup, file)

/** Changes what is kept behind the back of everybody. */
export function tamper(file: string, change: (content: Buffer) => Buffer): void {
  writeFileSync(file, change(readFileSync(file)))
}

/** The last byte with one bit turned. */
export function withOneBitTurned(content: Buffer): Buffer {
  const copy = Buffer.from(content)
  copy.writeUInt8((copy.at(-1) ?? 0) ^ 1, copy.length - 1)
  return copy
}
