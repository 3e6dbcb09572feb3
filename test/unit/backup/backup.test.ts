import * as assert from 'uvu/assert'
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import {
  ageOfNewest,
  findBackup,
  foldersOf,
  newKeyPair,
  prune,
  verifyBackup,
  writeBackup,
} from '../../../lib/backup/index.ts'
import { manifestText } from '../../../lib/backup/manifest.ts'
import { fileOf, plainStream, readManifest } from '../../../lib/backup/read.ts'
import { reveal, type Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'
import { rejects } from './rejects.ts'
import { keeping, keptFile, source, tamper, withOneBitTurned } from '../../support/kept-backups.ts'

const test = suite('backups in a folder')
const prod = { cluster: 'prod', kind: 'etcd' }

test('a backup says what it is of, and gives its file back', async () => {
  const { store, keys, keep } = await keeping()
  const name = await keep()
  assert.is(name, 'etcd-20260102T030405Z-r1')
  const manifest = await readManifest(store, 'prod', name)
  assert.equal(
    { ...manifest, files: manifest.files.map((file) => [file.name, file.plain.bytes]) },
    {
      format: 1,
      name,
      created: '2026-01-02T03:04:05Z',
      cluster: 'prod',
      kind: 'etcd',
      run: 'r1',
      host: 'one',
      versions: { etcd: '3.5.16' },
      facts: { revision: 4711 },
      files: [['snapshot.db', 20]],
    },
  )
  const plain = await plainStream(store, manifest, fileOf(manifest, 'snapshot.db'), keys.identity)
  assert.is((await buffer(plain)).toString(), 'state of the cluster')
})

test('nothing of it is readable without the key, or by other users', async () => {
  const kept = await keeping()
  const name = await kept.keep()
  const [file, folder] = [keptFile(kept, name, 'snapshot.db.age'), keptFile(kept, name, '')]
  assert.not.match(readFileSync(file, 'latin1'), 'state of the cluster')
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.is(statSync(folder).mode & 0o777, 0o700)
})

test('without a recipient nothing is written, and it is said how to make one', async () => {
  const { keep, store } = await keeping({ recipients: [] })
  const { message, advice } = await rejects(keep())
  assert.match(message, 'backup.recipients is empty')
  assert.match(advice, 'playbooks/backup.ts key')
  assert.equal(await foldersOf(store, prod), [])
})

test('a secret key among the recipients is refused, and not shown', async () => {
  const { identity } = await newKeyPair('here')
  const { keep } = await keeping({ recipients: [reveal(identity)] })
  const { message } = await rejects(keep())
  assert.match(message, 'found a secret one')
  assert.not.match(message, reveal(identity).slice(20))
})

test('names that lead out of the folder are refused', async () => {
  const { keep } = await keeping()
  for (const order of [{ cluster: '../x' }, { kind: 'a/b' }, { files: [source('.hidden', 'x')] }]) {
    assert.match((await rejects(keep(order))).message, 'cannot be the')
  }
})

test('where a file fails in the middle there is no backup, and nothing is left', async () => {
  const kept = await keeping()
  const files = [source('one', 'whole'), source('two', 'half', new Error('the host is gone'))]
  assert.match((await rejects(kept.keep({ files }))).message, 'the host is gone')
  assert.equal(readdirSync(join(kept.settings.directory ?? '', 'prod')), [])
})

test('a store that gives other bytes back makes no backup', async () => {
  const { store, settings } = await keeping()
  const lying = {
    ...store,
    async begin(cluster: string, folder: string) {
      const draft = await store.begin(cluster, folder)
      return { ...draft, read: async () => ({ bytes: 5, stream: source('x', 'other').open() }) }
    },
  }
  const order = { ...prod, run: 'r1', host: 'one', versions: {}, facts: {}, files: [source('a', 'b')] }
  const { message } = await rejects(writeBackup(lying, { ...order, recipients: settings.recipients }))
  assert.match(message, 'others back')
  assert.equal(await foldersOf(store, prod), [])
})

test('the newest comes first, and what has no manifest is no backup', async () => {
  const kept = await keeping()
  const old = await kept.keep({ run: 'r1' }, '2026-01-01T00:00:00Z')
  const half = await kept.keep({ run: 'r2' }, '2026-01-03T00:00:00Z')
  const young = await kept.keep({ run: 'r3', kind: 'other' }, '2026-01-02T00:00:00Z')
  rmSync(keptFile(kept, half, 'manifest.json'))
  const found = await foldersOf(kept.store, { cluster: 'prod' })
  assert.equal(
    found.map(({ name, finished }) => [name, finished]),
    [
      [half, false],
      [young, true],
      [old, true],
    ],
  )
  assert.is((await findBackup(kept.store, prod, 'last')).name, old)
  assert.match((await rejects(findBackup(kept.store, prod, half))).message, 'never finished')
  assert.is(await ageOfNewest(kept.store, prod, new Date('2026-01-01T01:00:00Z')), 3_600_000)
  assert.is(await ageOfNewest(kept.store, { cluster: 'dev' }), undefined)
})

test('the next backup of a kind throws away what was left half made of it', async () => {
  const kept = await keeping()
  const half = await kept.keep({ run: 'r1' })
  const other = await kept.keep({ run: 'r1', kind: 'other' })
  for (const name of [half, other]) rmSync(keptFile(kept, name, 'manifest.json'))
  const name = await kept.keep({ run: 'r2' })
  assert.equal((await foldersOf(kept.store, { cluster: 'prod' })).map((each) => each.name).toSorted(), [
    name,
    other,
  ])
})

test('what is as it was written is found well, with and without the key', async () => {
  const { store, keys, keep } = await keeping()
  const name = await keep()
  const well = { name, files: 1, wrong: [] }
  assert.equal(await verifyBackup(store, 'prod', name, undefined), { ...well, looked: 'stored' })
  assert.equal(await verifyBackup(store, 'prod', name, keys.identity), { ...well, looked: 'decrypted' })
})

const damages: readonly (readonly [string, string, (content: Buffer) => Buffer, string])[] = [
  ['a byte that is altered', 'snapshot.db.age', withOneBitTurned, 'snapshot.db.age was altered'],
  ['a file that is cut off', 'snapshot.db.age', (all) => all.subarray(0, -1), 'was cut off: expected 2'],
  [
    'a manifest that somebody edited',
    'manifest.json',
    (all) => Buffer.from(all.toString().replace('4711', '4712')),
    'does not fit its own checksum',
  ],
  ['a manifest that is no manifest', 'manifest.json', () => Buffer.from('x'), 'found no JSON map'],
]

for (const [title, file, change, expected] of damages) {
  test(`${title} is found`, async () => {
    const kept = await keeping()
    const name = await kept.keep()
    tamper(keptFile(kept, name, file), change)
    const { wrong } = await verifyBackup(kept.store, 'prod', name, undefined)
    assert.is(wrong.length, 1)
    assert.match(wrong[0] ?? '', expected)
  })
}

test('a file that is missing is found, and so is the manifest of another backup', async () => {
  const kept = await keeping()
  const one = await kept.keep({ run: 'r1' })
  const other = await kept.keep({ run: 'r2' })
  rmSync(keptFile(kept, one, 'snapshot.db.age'))
  assert.match((await verifyBackup(kept.store, 'prod', one, undefined)).wrong[0] ?? '', 'is missing')
  renameSync(keptFile(kept, other, 'manifest.json'), keptFile(kept, one, 'manifest.json'))
  assert.match((await verifyBackup(kept.store, 'prod', one, undefined)).wrong[0] ?? '', 'somebody moved it')
})

test('another key is told apart from a damage', async () => {
  const { store, keep } = await keeping()
  const name = await keep()
  const { identity } = await newKeyPair('another file')
  const { wrong } = await verifyBackup(store, 'prod', name, identity)
  assert.equal(wrong, [`snapshot.db.age of ${name} is encrypted for other keys than that in another file.`])
})

const days = (...all: readonly number[]) =>
  all.map((day) => `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`)
const now = new Date('2026-01-10T00:00:00Z')

async function daysLeft(count: number | undefined, age: number | undefined): Promise<readonly string[]> {
  const { store, keep } = await keeping()
  for (const at of days(1, 4, 8, 9)) await keep({ run: 'r' }, at)
  await keep({ kind: 'other' }, '2026-01-01T00:00:00Z')
  await keep({ cluster: 'dev' }, '2026-01-01T00:00:00Z')
  await prune(store, prod, { count, days: age }, now)
  assert.is((await foldersOf(store, { cluster: 'prod', kind: 'other' })).length, 1)
  assert.is((await foldersOf(store, { cluster: 'dev' })).length, 1)
  return (await foldersOf(store, prod)).map(({ created }) => created)
}

test('so many backups of a kind are kept, the newest', async () =>
  assert.equal(await daysLeft(2, undefined), days(9, 8)))

test('what is young is kept, and the newest however old', async () => {
  assert.equal(await daysLeft(undefined, 6), days(9, 8, 4))
  assert.equal(await daysLeft(undefined, 0), days(9))
})

test('what either rule keeps is kept, and without a rule all is', async () => {
  assert.equal(await daysLeft(1, 3), days(9, 8))
  assert.equal(await daysLeft(3, 1), days(9, 8, 4))
  assert.equal(await daysLeft(undefined, undefined), days(9, 8, 4, 1))
})

test('another file under a manifest that fits itself is found by whoever has the key', async () => {
  const kept = await keeping()
  const name = await kept.keep()
  const manifest = await readManifest(kept.store, 'prod', name)
  const files = manifest.files.map((file) => ({ ...file, plain: { ...file.plain, sha256: '0'.repeat(64) } }))
  tamper(keptFile(kept, name, 'manifest.json'), () => Buffer.from(manifestText({ ...manifest, files })))
  const wrong = async (identity?: Secret) =>
    (await verifyBackup(kept.store, 'prod', name, identity)).wrong.join()
  assert.is(await wrong(), '')
  assert.match(await wrong(kept.keys.identity), 'holds another file than its manifest says')
})
