import * as assert from 'uvu/assert'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { file, type FileArgs } from '../../../lib/resources/files/file.ts'
import { line } from '../../../lib/resources/text/line.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/09 human edits after us')
const path = '/etc/app.conf'

function having(...resources: readonly Resource[]): Role {
  return defineRole({
    name: 'app',
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ task }) => void (await task('Configure it', ...resources)),
  })
}

const holding = (args: Omit<FileArgs, 'path'>) => having(file({ path, ...args }))

function oldHost(text = 'old\n'): FakeHost {
  const host = new FakeHost('h1')
  host.files.write(path, text)
  return host
}

/** Runs a role, lets a human at the host, and reverts from another process. */
async function editedAndReverted(
  host: FakeHost,
  role: Role,
  edit: (host: FakeHost) => void,
): Promise<{ readonly host: FakeHost; readonly back: FakeRun; readonly why: string }> {
  const cluster = new FakeCluster([host])
  const run = await cluster.run(role)
  edit(host)
  const again = cluster.again()
  const back = await again.revert(run.directory, role)
  const kept = back.events.find((event) => event.type === 'resource' && event.status === 'kept')
  return { host: again.host('h1'), back, why: kept?.type === 'resource' ? (kept.why ?? '') : '' }
}

test('Content that a human wrote after us stays, and is named', async () => {
  const { host, why } = await editedAndReverted(oldHost(), holding({ content: 'ours\n' }), ({ files }) =>
    files.write(path, 'theirs\n'),
  )
  assert.is(host.files.read(path), 'theirs\n')
  assert.equal(host.traffic.writes, [])
  assert.match(why, /^Somebody changed hash after this run/)
})

test('Where a human changed a mode that we had set, the mode stays and is named, and our content goes', async () => {
  const role = holding({ content: 'ours\n', mode: 0o600 })
  const { host, why } = await editedAndReverted(oldHost(), role, ({ files }) =>
    files.chmod(path, { mode: 0o640 }),
  )
  assert.is(host.files.read(path), 'old\n')
  assert.equal(attributes(host), { mode: 0o640, owner: 'root' })
  assert.match(why, /^Somebody changed mode after/)
})

test('An owner that we never set is left as a human set it', async () => {
  const { host, back } = await editedAndReverted(
    oldHost(),
    holding({ content: 'ours\n', mode: 0o600 }),
    ({ files, users }) => {
      users.add('they', 1234)
      files.chmod(path, { owner: 'they' })
    },
  )
  assert.is(host.files.read(path), 'old\n')
  assert.equal(attributes(host), { mode: 0o644, owner: 'they' })
  assert.equal(back.resources, { [`h1 file:${path}`]: 'reverted' })
})

test('A file that we made and a human changed stays as a whole', async () => {
  const { host, why } = await editedAndReverted(
    new FakeHost('h1'),
    holding({ content: 'ours\n' }),
    ({ files }) => files.chmod(path, { mode: 0o600 }),
  )
  assert.is(host.files.read(path), 'ours\n')
  assert.match(why, 'mode')
})

test('In a shared file, our line goes, and what a human added beside it stays', async () => {
  const role = having(line({ path, line: 'ours = 1' }))
  const { host, back } = await editedAndReverted(oldHost(), role, ({ files }) =>
    files.write(path, `${files.read(path)}theirs = 1\n`),
  )
  assert.is(host.files.read(path), 'old\ntheirs = 1\n')
  assert.not(back.end.failed)
})

test('What is kept stays kept in a second revert, and the host goes on remembering', async () => {
  const cluster = new FakeCluster([oldHost()])
  const run = await cluster.run(holding({ content: 'ours\n' }))
  cluster.host('h1').files.write(path, 'theirs\n')
  const once = cluster.again()
  await once.revert(run.directory, holding({ content: 'ours\n' }))
  const twice = once.again()
  const second = await twice.revert(run.directory, holding({ content: 'ours\n' }))
  assert.equal(second.resources, {})
  assert.is(twice.host('h1').files.read(path), 'theirs\n')
  assert.ok(twice.host('h1').files.get('/var/lib/troupe/origins') !== undefined)
})

test('When the older of two runs is reverted, the later run is named, not a human', async () => {
  const cluster = new FakeCluster([oldHost()])
  const first = await cluster.run(holding({ content: 'one\n' }))
  const second = await cluster.run(holding({ content: 'two\n' }))
  const back = cluster.again()
  const { events } = await back.revert(first.directory, holding({ content: 'two\n' }))
  assert.is(back.host('h1').files.read(path), 'two\n')
  const kept = events.find((event) => event.type === 'resource')
  assert.match(JSON.stringify(kept), `The later run ${second.directory.record.id} changed hash`)
})

test('A later run that was reverted itself is not named', async () => {
  const cluster = new FakeCluster([oldHost()])
  const first = await cluster.run(holding({ content: 'one\n' }))
  const second = await cluster.run(holding({ content: 'two\n' }))
  const once = cluster.again()
  await once.revert(second.directory, holding({ content: 'two\n' }))
  once.host('h1').files.write(path, 'theirs\n')
  const { events } = await once.again().revert(first.directory, holding({ content: 'one\n' }))
  assert.match(JSON.stringify(events.find((event) => event.type === 'resource')), 'Somebody changed hash')
})

test('A change that was only half made is put back whatever stands there, and that is kept aside', async () => {
  const host = oldHost()
  const cluster = new FakeCluster([host])
  const role = holding({ content: 'ours\n' })
  host.traffic.afterWrite = (what) => {
    if (what === `write ${path}`) throw new Error('the disk is full')
  }
  const run = await cluster.run(role)
  assert.ok(run.end.failed)
  host.files.write(path, 'theirs\n')
  const back = cluster.again()
  const { events, end } = await back.revert(run.directory, role)
  assert.not(end.failed)
  assert.is(back.host('h1').files.read(path), 'old\n')
  assert.match(
    JSON.stringify(events.find((event) => event.type === 'resource')),
    'it is kept in /var/lib/troupe/before',
  )
  const { files } = back.host('h1')
  assert.ok(files.children('/var/lib/troupe/before').some((image) => files.read(image) === 'theirs\n'))
})

function attributes(host: FakeHost): object {
  const found = host.files.get(path)
  return found?.type === 'file' ? { mode: found.mode, owner: found.owner } : {}
}
