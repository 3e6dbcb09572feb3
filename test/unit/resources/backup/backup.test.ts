import * as assert from 'uvu/assert'
import { finished } from 'node:stream/promises'
import { foldersOf, readManifest } from '../../../../lib/backup/index.ts'
import { backup, type BackupArgs } from '../../../../lib/resources/backup/backup.ts'
import { pruned } from '../../../../lib/resources/backup/pruned.ts'
import { kindOf, type Inputs, type Resource } from '../../../../lib/task/kind.ts'
import { bring, completed, stateOf } from '../../../support/bring.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'
import { keeping, type Keeping } from '../../../support/kept-backups.ts'
import { rejects } from '../../backup/rejects.ts'

const test = suite('a backup of files of a host')
const prod = { cluster: 'prod', kind: 'etcd' }

function hostWithSnapshot(): FakeHost {
  const host = new FakeHost('one')
  host.files.write('/var/snapshot.db', 'state of the cluster')
  return host
}

const resourceFor = ({ settings }: Keeping, args: Partial<BackupArgs> = {}) =>
  backup({
    settings,
    ...prod,
    run: 'r1',
    host: 'one',
    files: [{ path: '/var/snapshot.db', name: 'snapshot.db' }],
    ...args,
  })

test('is made once in a run, and found again by another process', async () => {
  const kept = await keeping()
  const host = hostWithSnapshot()
  const resource = resourceFor(kept)
  assert.equal(await stateOf(host, resource), { is: 'absent' })
  await bring(host, resource)
  assert.is(await bring(host, resource), undefined)
  const [found] = await foldersOf(kept.store, prod)
  assert.equal(await stateOf(host.clone(), resourceFor(kept)), {
    is: 'kept',
    run: 'r1',
    hint: { name: found?.name },
  })
  assert.is((await stateOf(host, resourceFor(kept, { run: 'r2' }))).is, 'absent')
})

test('says what it is of, also by what stands in a file of the host', async () => {
  const kept = await keeping()
  const host = hostWithSnapshot()
  host.files.write('/var/facts.json', '{"revision": 12}')
  await bring(
    host,
    resourceFor(kept, {
      versions: { etcd: '3.5.16' },
      facts: { members: 3 },
      factsFile: '/var/facts.json',
    }),
  )
  const [found] = await foldersOf(kept.store, prod)
  const manifest = await readManifest(kept.store, 'prod', found?.name ?? '')
  assert.equal(manifest.facts, { members: 3, revision: 12 })
  assert.equal(manifest.versions, { etcd: '3.5.16' })
  assert.is(manifest.host, 'one')
})

test('is none where a file of it is not there', async () => {
  const kept = await keeping()
  const resource = resourceFor(kept, { files: [{ path: '/var/none', name: 'none' }] })
  assert.match((await rejects(bring(new FakeHost('one'), resource))).message, '/var/none')
  assert.equal(await foldersOf(kept.store, prod), [])
})

test('is none where all bytes that came are not all that there are', async () => {
  const kept = await keeping()
  const host = hostWithSnapshot()
  host.download = async (_, to) => {
    if (typeof to === 'string') throw new TypeError('It is streamed.')
    to.end('half of it')
    await finished(to)
    throw new Error('cat: Input/output error')
  }
  assert.match((await rejects(bring(host, resourceFor(kept)))).message, 'Input/output error')
  assert.equal(await foldersOf(kept.store, prod), [])
})

test('is refused before anything is done where it cannot be encrypted', async () => {
  const resource = resourceFor(await keeping({ recipients: ['age1nonsense'] }))
  assert.match((await rejects(completed(resource))).message, 'backup.recipients[0]')
})

test('tells people what goes where, holds no key, and cannot be undone', async () => {
  const kept = await keeping()
  const host = hostWithSnapshot()
  const change = await bring(host, resourceFor(kept))
  assert.ok(change)
  const { show, oneWay } = kindOf('backup')
  assert.equal(show?.(change), [{ field: 'backup', from: 'absent', to: 'snapshot.db, encrypted for 1 key' }])
  assert.match(oneWay?.(change, {}) ?? '', 'stays until it is pruned')
  assert.not.match(JSON.stringify([change, resourceFor(kept).ref]), 'SECRET')
})

test('of another process, which has the keys of the store, is nothing to go back to', async () => {
  const host = hostWithSnapshot()
  const ref = { store: 'https://elsewhere/bucket', cluster: 'prod', kind: 'etcd', run: 'r1' }
  const [state] = await kindOf('backup').read(host, [ref])
  assert.equal(state, { is: 'unasked' })
})

async function threeKept(count: number) {
  const kept = await keeping({ keep: { count, days: undefined } })
  for (const day of [1, 2, 3]) await kept.keep({ run: `old${day}` }, `2026-01-0${day}T00:00:00Z`)
  const made = resourceFor(kept)
  return { kept, made, resource: pruned({ settings: kept.settings, ...prod, after: [made] }) }
}

const names = async ({ store }: Keeping) => (await foldersOf(store, prod)).map(({ run }) => run)

test('those of a kind are pruned to what is to stay', async () => {
  const { kept, resource } = await threeKept(2)
  const host = new FakeHost('one')
  await bring(host, resource)
  assert.equal(await names(kept), ['old3', 'old2'])
  assert.is(await bring(host, resource), undefined)
})

for (const [count, left] of [
  [3, ['r1', 'old3', 'old2']],
  [1, ['r1']],
] as const) {
  test(`one that is still to come counts already, so that a check names what goes where ${count} stay`, async () => {
    const { kept, made, resource } = await threeKept(count)
    const host = hostWithSnapshot()
    const { want } = kindOf('pruned')
    const context = { keep: () => 'h:' as const, hashOf: () => 'h:' as const }
    const inputs = await foretold(host, made)
    const wanted = want(await stateOf(host, resource), resource.spec, { ...context, inputs })
    assert.equal((wanted['names'] as string[]).length, count - 1)
    await bring(host, made)
    await bring(host, resource, inputs)
    assert.equal(await names(kept), left)
  })
}

/** What a dependant of a resource is told under check. */
async function foretold(host: FakeHost, of: Resource): Promise<Inputs> {
  const { want, digest } = kindOf(of.kind)
  const to = want(await stateOf(host, of), of.spec, { inputs: {}, keep: () => 'h:', hashOf: () => 'h:' })
  return { [of.id]: { digest: digest?.(to) ?? '' } }
}
