import { createHash, randomBytes } from 'node:crypto'
import { newKeyPair, openStore, verifyBackup, writeBackup } from '../../../lib/backup/index.ts'
import type { Bytes } from '../../../lib/backup/index.ts'
import { inBucket, settingsOf, type BucketKeys } from '../../support/kept-backups.ts'

/** What a child is told: where to keep a backup of so many megabytes. */
export interface Told {
  readonly directory?: string
  readonly bucket?: BucketKeys
  readonly megabytes: number
}

/** What it says of that: how much memory it took at most, and whether all is well. */
export interface SaidOfIt {
  readonly peakMegabytes: number
  readonly wrong: readonly string[]
}

async function* random(megabytes: number): Bytes & AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < megabytes; sent++) yield randomBytes(1_000_000)
}

function storeOf({ directory, bucket }: Told) {
  return openStore(settingsOf(bucket === undefined ? { directory } : inBucket(bucket)))
}

async function work(told: Told): Promise<SaidOfIt> {
  const { recipient, identity } = await newKeyPair('the test')
  const store = storeOf(told)
  const { name } = await writeBackup(store, {
    cluster: 'prod',
    kind: 'etcd',
    run: createHash('sha256').update(recipient).digest('hex').slice(0, 8),
    host: 'one',
    versions: {},
    facts: {},
    recipients: [recipient],
    files: [{ name: 'large', open: () => random(told.megabytes) }],
  })
  const { wrong } = await verifyBackup(store, 'prod', name, identity)
  return { peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1000), wrong }
}

process.stdout.write(JSON.stringify(await work(JSON.parse(process.argv[2] ?? '') as Told)))
