import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { tree, type TreeArgs } from '../../../lib/resources/files/tree.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/19 folder of files')
const service = '/etc/systemd/system/app.service'

/** A role that brings a folder, and a service that runs on it. */
function ground(more: Partial<TreeArgs> = {}): { folder: string; role: Role; cluster: FakeCluster } {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'files/app/parts'), { recursive: true })
  writeFileSync(join(folder, 'files/app/a.conf'), 'a\n')
  writeFileSync(join(folder, 'files/app/parts/b.conf'), 'b\n')
  const host = new FakeHost('h1')
  host.files.write(service, '[Service]\nExecStart=/usr/bin/app\n')
  const role = defineRole({
    name: 'work',
    folder,
    vars: {},
    async tasks({ task }) {
      const files = tree({ path: '/etc/app', source: 'app', ...more })
      await task('Configure', files)
      await task('Run', { tags: ['run'] }, unit({ name: 'app.service', restartAfter: [files] }))
    },
  })
  return { folder, role, cluster: new FakeCluster([host]) }
}

const changed = ({ resources }: FakeRun) => Object.keys(resources).filter((id) => resources[id] === 'changed')

test('What runs on a folder takes up each change of it, also in a run of its own task alone', async () => {
  const { folder, role, cluster } = ground()
  assert.equal(changed(await cluster.run(role)), ['h1 tree:/etc/app', 'h1 unit:app.service'])
  assert.equal(changed(await cluster.run(role)), [])
  assert.equal(changed(await cluster.run(role, { selection: { tags: ['run'], skipTags: [] } })), [])
  cluster.host('h1').files.write('/etc/app/theirs.conf', 'x')
  assert.equal(changed(await cluster.run(role)), [])
  writeFileSync(join(folder, 'files/app/parts/b.conf'), 'other\n')
  assert.equal(changed(await cluster.check(role)), ['h1 tree:/etc/app', 'h1 unit:app.service'])
  assert.equal(changed(await cluster.run(role)), ['h1 tree:/etc/app', 'h1 unit:app.service'])
})

test('A revert from another process brings the folder and its service back', async () => {
  const { folder, role, cluster } = ground({ removeExtra: true })
  cluster.host('h1').files.write('/etc/app/old/theirs.conf', 'x')
  cluster.host('h1').files.write('/etc/app/a.conf', 'old\n', { mode: 0o600 })
  const before = cluster.host('h1').snapshot()
  const { directory } = await cluster.run(role)
  assert.not(cluster.host('h1').files.get('/etc/app/old'))
  rmSync(folder, { recursive: true })
  const later = cluster.again()
  const { end } = await later.revert(directory, role)
  assert.not(end.failed)
  assert.equal(later.host('h1').snapshot(), before)
})

test('What somebody edited in the folder stays through a revert, and is named', async () => {
  const { role, cluster } = ground()
  const { directory } = await cluster.run(role)
  cluster.host('h1').files.write('/etc/app/parts/b.conf', 'edited\n')
  const { end, events } = await cluster.revert(directory, role)
  assert.not(end.failed)
  const kept = events.flatMap((event) =>
    event.type === 'resource' && event.status === 'kept' ? event.why : [],
  )
  assert.equal(kept, ['Somebody changed ., ./parts, ./parts/b.conf after this run, so that stays.'])
  const left = cluster
    .host('h1')
    .files.paths()
    .filter((path) => path.startsWith('/etc/app'))
  assert.equal(left, ['/etc/app', '/etc/app/parts', '/etc/app/parts/b.conf'])
})

test('Two roles may share a folder, unless one of them removes what is not its own', async () => {
  for (const removeExtra of [false, true]) {
    const { role, cluster } = ground({ removeExtra })
    const other = defineRole({
      name: 'other',
      folder: import.meta.dirname,
      vars: {},
      async tasks({ task }) {
        await task('Add a part', file({ path: '/etc/app/parts/c.conf', content: 'c\n' }))
      },
    })
    const { end, events } = await cluster.run([stage('Both', { hosts: 'all', roles: [role, other] })])
    assert.is(end.failed, removeExtra)
    const told = events.some(
      (event) =>
        'message' in event &&
        event.message?.includes('both want to own path:/etc/app/ and path:/etc/app/parts/c.conf') === true,
    )
    assert.is(told, removeExtra)
  }
})
