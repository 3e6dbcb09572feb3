import * as assert from 'uvu/assert'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { file, type FileArgs } from '../../../lib/resources/files/file.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/06 secret rotated')
const path = '/etc/key'

function holding(args: Omit<FileArgs, 'path'>): Role {
  return defineRole({
    name: 'key',
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ task }) => void (await task('Write the key', file({ path, ...args }))),
  })
}

const secret = (value: string) => holding({ content: new Secret(value, 'a test') })

test('A secret that was rotated twice goes back one rotation at a time, each time in another process', async () => {
  let cluster = new FakeCluster([new FakeHost('h1')])
  const bare = cluster.host('h1').snapshot({ ours: true })
  const runs: FakeRun[] = []
  for (const value of ['key-one', 'key-two', 'key-three']) {
    runs.push(await cluster.run(secret(value)))
    cluster = cluster.again()
  }
  for (const [value, run] of [
    ['key-two', runs[2]],
    ['key-one', runs[1]],
  ] as const) {
    assert.ok(run !== undefined)
    const { end, resources } = await cluster.revert(run.directory, secret(value))
    assert.not(end.failed)
    assert.equal(resources, { [`h1 file:${path}`]: 'reverted' })
    cluster = cluster.again()
    assertHolds(cluster, value, 0o600)
  }
  assert.ok(runs[0] !== undefined)
  await cluster.revert(runs[0].directory, secret('key-one'))
  assert.equal(cluster.host('h1').snapshot({ ours: true }), bare)
})

test('A plain file that took the place of a secret gives it back, and neither is shown', async () => {
  const cluster = new FakeCluster([new FakeHost('h1')])
  await cluster.run(secret('key-one'))
  const run = await cluster.run(holding({ content: 'public\n', mode: 0o644 }))
  assertHolds(cluster, 'public\n', 0o644)
  assert.not.match(JSON.stringify(run.events), 'key-one')
  const back = cluster.again()
  const reverted = await back.revert(run.directory, secret('key-one'))
  assertHolds(back, 'key-one', 0o600)
  assert.not.match(JSON.stringify(reverted.events), 'key-one')
})

test('A secret that took the place of a plain file is as private as a secret has to be, and gives it back', async () => {
  const host = new FakeHost('h1')
  host.files.write(path, 'public\n', { mode: 0o644 })
  const cluster = new FakeCluster([host])
  const run = await cluster.run(secret('key-one'))
  assertHolds(cluster, 'key-one', 0o600)
  const back = cluster.again()
  await back.revert(run.directory, secret('key-one'))
  assertHolds(back, 'public\n', 0o644)
})

function assertHolds(cluster: FakeCluster, text: string, mode: number): void {
  const found = cluster.host('h1').files.get(path)
  assert.is(found?.type === 'file' ? found.bytes.toString() : undefined, text)
  assert.is(found?.type === 'file' ? found.mode : undefined, mode)
}
