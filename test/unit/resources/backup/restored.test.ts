import * as assert from 'uvu/assert'
import { restored, type RestoredArgs } from '../../../../lib/resources/backup/restored.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, completed } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'
import { newKeyPair } from '../../../../lib/backup/index.ts'
import { keeping, keptFile, tamper, withOneBitTurned, type Keeping } from '../../../support/kept-backups.ts'
import { rejects } from '../../backup/rejects.ts'

const test = suite('a file restored from a backup')
const path = '/var/restore.db'

const resourceFor = ({ settings }: Keeping, args: Partial<RestoredArgs> = {}) =>
  restored({ settings, cluster: 'prod', kind: 'etcd', backup: 'last', file: 'snapshot.db', path, ...args })

test('comes and goes where nothing stood, wherever that is killed', async () => {
  const kept = await keeping()
  await kept.keep()
  await keepsContract({
    host: new FakeHost('one'),
    resource: resourceFor(kept),
    hidden: ['SECRET', 'state of'],
  })
})

test('takes the place of another file, which comes back', async () => {
  const kept = await keeping()
  await kept.keep()
  const host = new FakeHost('one')
  host.files.write(path, 'what stood there', { mode: 0o640 })
  await keepsContract({ host, resource: resourceFor(kept), hidden: ['SECRET', 'state of'] })
})

test('is for its owner alone', async () => {
  const kept = await keeping()
  await kept.keep()
  const host = new FakeHost('one')
  await bring(host, await completed(resourceFor(kept)))
  assert.is(host.files.bytes(path)?.toString(), 'state of the cluster')
  const [stat] = await host.stat([path])
  assert.ok(stat?.type === 'file' && stat.mode === 0o600 && stat.owner === 'root')
})

test('is that of the backup that is named, or of the newest', async () => {
  const kept = await keeping()
  const old = await kept.keep({ facts: {} }, '2026-01-01T00:00:00Z')
  const young = await kept.keep({}, '2026-01-02T00:00:00Z')
  const found = async (backup: string) =>
    ((await completed(resourceFor(kept, { backup }))).spec as { found: { backup: string } }).found.backup
  assert.is(await found(old), old)
  assert.is(await found('last'), young)
})

test('may be of a backup that is still to come, which a check does not take for a failure', async () => {
  const kept = await keeping()
  const resource = await completed(resourceFor(kept))
  const host = new FakeHost('one')
  const error: unknown = await bring(host, resource).catch((thrown: unknown) => thrown)
  assert.ok(error instanceof NotYet)
  assert.match(error.message, 'There is no backup of the kind etcd of prod')
})

test('is not brought without the key, or by another one', async () => {
  const kept = await keeping()
  await kept.keep()
  const settings = { ...kept.settings, identity: undefined }
  assert.match((await rejects(completed(resourceFor(kept, { settings })))).advice, 'backup.identityFile')
  const { identity } = await newKeyPair('another file')
  const host = new FakeHost('one')
  const other = await completed(resourceFor(kept, { settings: { ...settings, identity } }))
  assert.match((await rejects(bring(host, other))).message, 'encrypted for other keys')
  assert.is(host.files.bytes(path), undefined)
})

test('that was altered since does not come to the host', async () => {
  const kept = await keeping()
  const name = await kept.keep()
  tamper(keptFile(kept, name, 'snapshot.db.age'), withOneBitTurned)
  const host = new FakeHost('one')
  const resource = await completed(resourceFor(kept))
  assert.match((await rejects(bring(host, resource))).message, 'was altered')
  assert.is(host.files.bytes(path), undefined)
})

test('that the backup does not have is refused with those that it has', async () => {
  const kept = await keeping()
  await kept.keep()
  const { message, advice } = await rejects(completed(resourceFor(kept, { file: 'other' })))
  assert.match(message, 'has no file other')
  assert.match(advice, 'snapshot.db')
})
