import * as assert from 'uvu/assert'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyBackup } from '../../../lib/backup/index.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { troupe, type TroupeRun } from '../../support/troupe.ts'
import { keeping, keptFile, tamper, withOneBitTurned, type Keeping } from '../../support/kept-backups.ts'

const test = suite('cli: backup.ts')

const backups = (...args: readonly string[]) =>
  troupe('playbooks/backup.ts', args, { state: scratchFolder() })

/** What it reported: the rows of its one table. */
function rowsOf({ events }: TroupeRun): readonly Readonly<Record<string, string>>[] {
  const report = events.find((event) => event.type === 'report')
  return (report?.type === 'report' ? report.data : []) as readonly Readonly<Record<string, string>>[]
}

/** An inventory that says where the backups are. */
function inventoryOf({ settings }: Keeping, more: object = {}): string {
  const file = join(scratchFolder(), 'hosts.yml')
  const vars = { cluster: { name: 'prod' }, backup: { directory: settings.directory, ...more } }
  writeFileSync(file, JSON.stringify({ all: { hosts: { one: {}, two: {} }, vars } }))
  return file
}

async function keyFile(): Promise<{ readonly file: string; readonly recipient: string }> {
  const file = join(scratchFolder(), 'identity')
  const { events } = await backups('key', file)
  const report = events.find((event) => event.type === 'report')
  return { file, recipient: report?.type === 'report' ? String(report.data) : '' }
}

test('a key is printed in its public part, and its secret part is in a file of its owner alone', async () => {
  const { file, recipient } = await keyFile()
  assert.is(statSync(file).mode & 0o777, 0o600)
  const { store, keep } = await keeping({ recipients: [recipient] })
  const name = await keep()
  const identity = new Secret(readFileSync(file, 'utf8'), file)
  assert.equal((await verifyBackup(store, 'prod', name, identity)).wrong, [])
  const before = readFileSync(file, 'utf8')
  const again = await backups('key', file)
  assert.is(again.code, 1)
  assert.match(again.stderr, 'is there already')
  assert.is(readFileSync(file, 'utf8'), before)
})

test('backups are listed and pruned by the variables of the inventory', async () => {
  const kept = await keeping()
  const old = await kept.keep({}, '2026-01-01T00:00:00Z')
  const young = await kept.keep({}, '2026-01-02T00:00:00Z')
  const inventory = ['-i', inventoryOf(kept, { keep: { count: 1 } })]
  const names = async (...args: readonly string[]) => rowsOf(await backups(...args)).map(({ name }) => name)
  assert.equal(await names('list', ...inventory), [young, old])
  assert.equal(await names('list', 'other', ...inventory), [])
  assert.equal(await names('prune', '--check', ...inventory), [old])
  assert.equal(await names('prune', ...inventory), [old])
  assert.equal(await names('list', ...inventory), [young])
})

test('pruning without a rule is refused', async () => {
  const { code, stderr } = await backups('prune', '-i', inventoryOf(await keeping()))
  assert.is(code, 1)
  assert.match(stderr, 'backup.keep.count')
})

test('a check reads the newest of each kind, and a damage ends it with 2', async () => {
  const { file, recipient } = await keyFile()
  const kept = await keeping({ recipients: [recipient] })
  const old = await kept.keep({}, '2026-01-01T00:00:00Z')
  await kept.keep({}, '2026-01-02T00:00:00Z')
  await kept.keep({ kind: 'other' })
  const inventory = ['-i', inventoryOf(kept)]
  const withKey = [...inventory, '-e', `backup.identityFile=${file}`]
  const well = await backups('verify', ...withKey)
  assert.is(well.code, 0)
  assert.equal(
    rowsOf(well).map(({ found }) => found),
    Array(2).fill('decrypted, and as it was written'),
  )
  tamper(keptFile(kept, old, 'snapshot.db.age'), withOneBitTurned)
  const damaged = await backups('verify', old, ...inventory)
  assert.is(damaged.code, 2)
  assert.match(rowsOf(damaged)[0]?.found ?? '', 'was altered')
})
