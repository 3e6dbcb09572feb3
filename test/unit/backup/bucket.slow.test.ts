import * as assert from 'uvu/assert'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { buffer } from 'node:stream/consumers'
import { foldersOf, openStore, prune, verifyBackup } from '../../../lib/backup/index.ts'
import type { BackupSettings } from '../../../lib/backup/index.ts'
import { fileOf, plainStream, readManifest } from '../../../lib/backup/read.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { startBucketServer, type BucketServer } from '../../lab/bucket-server.ts'
import { suite } from '../../support/suite.ts'
import {
  inBucket,
  keeping,
  settingsOf,
  source,
  tamper,
  withOneBitTurned,
  type S3,
} from '../../support/kept-backups.ts'
import { rejects } from './rejects.ts'

/** Against versitygw, which speaks the S3 protocol over a folder of this machine. */
const test = suite('backups in a bucket')
const prod = { cluster: 'prod', kind: 'etcd' }
let server: BucketServer
let buckets = 0

test.before(async () => {
  server = await startBucketServer()
})
test.after(() => server.stop())

function newBucket(set: Partial<S3> = {}) {
  const bucket = `b${++buckets}-backups`
  server.makeBucket(bucket)
  return inBucket({ ...server, bucket }, { prefix: 'team/a/', timeout: '2s', ...set })
}

const pathIn = ({ s3 }: BackupSettings, ...path: readonly string[]) =>
  join(server.root, s3?.bucket ?? '', 'team/a/prod', ...path)

test(
  'a backup goes into a bucket, is found well, and gives its file back',
  async () => {
    const { store, settings, keys, keep } = await keeping(newBucket())
    const name = await keep()
    assert.equal(readdirSync(pathIn(settings, name)).toSorted(), ['manifest.json', 'snapshot.db.age'])
    assert.equal((await verifyBackup(store, 'prod', name, keys.identity)).wrong, [])
    const manifest = await readManifest(store, 'prod', name)
    const plain = await plainStream(store, manifest, fileOf(manifest, 'snapshot.db'), keys.identity)
    assert.is((await buffer(plain)).toString(), 'state of the cluster')
    assert.not.match(store.address, 'lab-')
  },
  { timeoutMs: 15 * 60_000 },
)

test('a file of many parts arrives as it was sent', async () => {
  const { store, keys, keep } = await keeping(newBucket())
  const name = await keep({ files: [source('large', ...Array<string>(40).fill('x'.repeat(1_000_000)))] })
  const [file] = (await readManifest(store, 'prod', name)).files
  assert.is(file?.plain.bytes, 40_000_000)
  assert.equal((await verifyBackup(store, 'prod', name, keys.identity)).wrong, [])
})

test('damage in a bucket is found', async () => {
  const { store, settings, keep } = await keeping(newBucket())
  const wrongAfter = async (run: string, change: (content: Buffer) => Buffer) => {
    const name = await keep({ run })
    tamper(pathIn(settings, name, 'snapshot.db.age'), change)
    return (await verifyBackup(store, 'prod', name, undefined)).wrong.join()
  }
  assert.match(await wrongAfter('r1', withOneBitTurned), 'snapshot.db.age was altered')
  assert.match(await wrongAfter('r2', (all) => all.subarray(0, 100)), 'was cut off')
})

test('where a file fails in the middle, nothing of it is left in the bucket', async () => {
  const { store, settings, keep } = await keeping(newBucket())
  const large = Array<string>(40).fill('x'.repeat(1_000_000))
  const files = [source('a', 'whole'), source('b', ...large, new Error('the host is gone'))]
  assert.match((await rejects(keep({ files }))).message, 'the host is gone')
  assert.equal(await foldersOf(store, prod), [])
  assert.not.ok(existsSync(pathIn(settings)))
})

test('old backups of a bucket are pruned, those of other kinds are not', async () => {
  const { store, keep } = await keeping(newBucket())
  for (const day of [1, 2, 3]) await keep({}, `2026-01-0${day}T00:00:00Z`)
  await keep({ kind: 'other' }, '2026-01-01T00:00:00Z')
  await prune(store, prod, { count: 1, days: undefined })
  const left = await foldersOf(store, { cluster: 'prod' })
  assert.equal(
    left.map(({ kind, created }) => `${kind} ${created}`),
    ['etcd 2026-01-03T00:00:00Z', 'other 2026-01-01T00:00:00Z'],
  )
})

async function refusal(set: Partial<S3>): Promise<string> {
  const store = openStore(settingsOf(newBucket(set)))
  const error: unknown = await foldersOf(store, prod).catch((thrown: unknown) => thrown)
  const { message, advice } = await rejects(Promise.reject(error as Error))
  assert.not.match(inspect(error, { depth: 9 }), 'not-the-key', 'an error holds a key')
  return `${message} ${advice}`
}

test('a bucket that is not there is named, and not made', async () => {
  assert.match(await refusal({ bucket: 'nowhere-at-all' }), 'There is no bucket nowhere-at-all')
  assert.not.ok(existsSync(join(server.root, 'nowhere-at-all')))
})

test('keys that are refused are named by where they are written', async () => {
  const wrong = (what: string) => new Secret('not-the-key', `all.yml (${what})`)
  assert.match(await refusal({ secretKey: wrong('s') }), /refuses the keys .*SignatureDoesNotMatch/)
  assert.match(await refusal({ accessKey: wrong('a') }), /refuses the keys .*all\.yml \(a\)/)
})

test('a service that is not up, or says nothing, is given up in time', async () => {
  assert.match(await refusal({ endpoint: 'http://127.0.0.1:1' }), 'does not answer within 2s (ECONNREFUSED)')
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const { port } = silent.address() as AddressInfo
  const began = performance.now()
  assert.match(
    await refusal({ endpoint: `http://127.0.0.1:${port}`, timeout: '500ms' }),
    'does not answer within 500ms',
  )
  assert.ok(performance.now() - began < 10_000)
  silent.close()
})

test('an address that is none is refused, and one with a password in it is not shown', async () => {
  const said = (endpoint: string) =>
    rejects(Promise.resolve().then(() => openStore(settingsOf(newBucket({ endpoint })))))
  assert.match((await said('s3.example.com')).message, 'expected an address, found "s3.example.com"')
  assert.match((await said('https://me:not-the-key@s3')).message, 'found one with keys in it')
})
