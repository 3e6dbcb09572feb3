import { rejects } from 'node:assert/strict'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { tree, type TreeArgs } from '../../../../lib/resources/files/tree.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { undoOf } from '../../../../lib/task/undo.ts'
import { bring, completed, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('tree')
const path = '/etc/app'

/** A role with this in its `files/app`; an executable file is named so. */
function roleWith(files: Readonly<Record<string, string>>): string {
  const role = scratchFolder()
  mkdirSync(join(role, 'files/app'), { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const at = join(role, 'files/app', name)
    mkdirSync(dirname(at), { recursive: true })
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), at)
    else writeFileSync(at, content)
    if (content.startsWith('#!')) chmodSync(at, 0o700)
  }
  return role
}

const roleFolder = roleWith({
  'app.conf': 'port = 1\n',
  'bin/start': '#!/bin/sh\n',
  'bin/again': '-> start',
  'parts/a/1.conf': 'one\n',
})
const args: TreeArgs = { path, source: 'app' }
const resource = tree(args)

function hostWith(files: Readonly<Record<string, string>> = {}): FakeHost {
  const host = new FakeHost('a')
  for (const [name, content] of Object.entries(files)) host.files.write(join(path, name), content)
  return host
}

test('A folder comes with its files, executables and links, and is gone after a revert', async () => {
  const host = hostWith()
  await keepsContract({ host, resource, roleFolder, hidden: ['port', 'one'] })
  await bring(host, await completed(resource, roleFolder))
  const shape = host.snapshot()['files']
  assert.is(shape?.['/etc/app'], 'directory 755 root:root')
  assert.is(shape?.['/etc/app/app.conf'], 'file 644 root:root "port = 1\\n"')
  assert.is(shape?.['/etc/app/bin/start'], 'file 755 root:root "#!/bin/sh\\n"')
  assert.is(shape?.['/etc/app/bin/again'], 'link to start')
})

test('What differs is put right and what others put there stays, and all is as before after a revert', () =>
  keepsContract({
    host: hostWith({
      'app.conf': 'port = 2\n',
      'theirs.conf': 'x',
      'bin/theirs': 'x',
      'bin/again': 'no link',
    }),
    resource,
    roleFolder,
  }))

test('Owner and modes are those that are given, and a file that is executable stays so', async () => {
  const host = hostWith({ 'app.conf': 'port = 1\n' })
  host.users.add('app', 990)
  const given = tree({ ...args, owner: 'app', group: 'app', fileMode: 0o640, dirMode: 0o750 })
  await keepsContract({ host, resource: given, roleFolder })
  await bring(host, await completed(given, roleFolder))
  const shape = host.snapshot()['files']
  assert.is(shape?.['/etc/app/parts'], 'directory 750 app:app')
  assert.is(shape?.['/etc/app/app.conf'], 'file 640 app:app "port = 1\\n"')
  assert.is(shape?.['/etc/app/bin/start'], 'file 750 app:app "#!/bin/sh\\n"')
})

test('What the source does not have is removed on request, and stands again after a revert', async () => {
  const host = hostWith({ 'theirs.conf': 'x', 'old/deep/er': 'y', 'bin/start/x': 'in the way' })
  host.files.mkdir('/etc/app/empty', { mode: 0o700 })
  host.files.link('/etc/app/bin/l', '/nowhere')
  const exact = tree({ ...args, removeExtra: true })
  await keepsContract({ host, resource: exact, roleFolder })
  await bring(host, await completed(exact, roleFolder))
  assert.equal(
    host.files.paths().filter((each) => each.startsWith('/etc/app/')).length,
    7,
    'there is more than the source has',
  )
})

test('A link in the place of a folder gives way where extras are removed, and what it leads to stays', async () => {
  const host = hostWith()
  host.files.write('/srv/parts/a/1.conf', 'one\n')
  host.files.link('/etc/app/parts', '/srv/parts')
  await rejects(async () => bring(host, await completed(resource, roleFolder)), /there is a link in the way/)
  const exact = tree({ ...args, removeExtra: true })
  await keepsContract({ host: host.clone(), resource: exact, roleFolder })
  await bring(host, await completed(exact, roleFolder))
  assert.is(await bring(host, await completed(exact, roleFolder)), undefined)
  assert.is(host.files.read('/srv/parts/a/1.conf'), 'one\n')
})

test('What a write that was cut short left behind is nobody else, and goes', async () => {
  const host = hostWith()
  const whole = await completed(resource, roleFolder)
  const from = await stateOf(host, whole)
  host.files.write('/etc/app/.app.conf.troupe', 'po')
  await kindOf('tree').apply(host, whole.ref, { from: await stateOf(host, whole), to: from })
  assert.not(host.files.get('/etc/app'))
})

test('Two hundred files cost as few round trips as two', async () => {
  const many = (count: number) =>
    roleWith(Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n % 2}/${n}`, `file ${n}\n`])))
  const trips = async (role: string) => {
    const host = hostWith()
    const whole = await completed(resource, role)
    await bring(host, whole)
    const written = host.traffic.trips
    await bring(host, whole)
    return [written, host.traffic.trips - written]
  }
  const [two, hundreds] = [await trips(many(2)), await trips(many(200))]
  assert.equal(hundreds, two)
  assert.ok((hundreds[1] ?? 9) <= 2, 'looking takes more than two round trips')
})

test('A file that somebody adds or edits stays through a revert, with the folders it stands in', async () => {
  const host = hostWith()
  const whole = await completed(resource, roleFolder)
  const kind = kindOf('tree')
  const change = await bring(host, whole)
  assert.ok(change)
  host.files.write('/etc/app/bin/theirs', 'x')
  host.files.write('/etc/app/parts/a/1.conf', 'edited\n')
  const actual = await stateOf(host, whole)
  const undo = undoOf({ ...change, done: true }, actual, kind)
  assert.equal(undo.is === 'nothing' ? [] : undo.kept.toSorted(), [
    '.',
    './bin',
    './parts',
    './parts/a',
    './parts/a/1.conf',
  ])
  assert.is(undo.is, 'apply')
  if (undo.is !== 'apply') return
  await kind.apply(host, whole.ref, { from: actual, to: undo.to })
  assert.equal(await stateOf(host, whole), undo.to)
  assert.equal(
    host.files.paths().filter((each) => each.startsWith('/etc/app/')),
    ['/etc/app/bin', '/etc/app/bin/theirs', '/etc/app/parts', '/etc/app/parts/a', '/etc/app/parts/a/1.conf'],
  )
})

test('A change that was half done leaves the folders that somebody else put something into', async () => {
  const host = hostWith()
  const whole = await completed(resource, roleFolder)
  const change = await bring(host, whole)
  assert.ok(change)
  host.files.write('/etc/app/bin/theirs', 'x')
  await kindOf('tree').apply(host, whole.ref, { from: await stateOf(host, whole), to: change.from })
  const left = host.files.paths().filter((each) => each.startsWith('/etc/app'))
  assert.equal(left, ['/etc/app', '/etc/app/bin', '/etc/app/bin/theirs'])
})

test('A file that others add is not looked at, and does not make anything react', async () => {
  const host = hostWith()
  const whole = await completed(resource, roleFolder)
  await bring(host, whole)
  const digest = async () => kindOf('tree').digest?.(await stateOf(host, whole))
  const before = await digest()
  host.files.write('/etc/app/theirs', 'x')
  assert.is(await bring(host, whole), undefined)
  assert.is(await digest(), before)
  host.files.write('/etc/app/app.conf', 'other')
  assert.is.not(await digest(), before)
})

test('A change says which files come, go and differ', async () => {
  const host = hostWith({ 'app.conf': 'port = 2\n', 'bin/start': '#!/bin/sh\n', theirs: 'x' })
  const whole = await completed(tree({ ...args, removeExtra: true }), roleFolder)
  const change = await bring(host, whole)
  assert.ok(change)
  assert.equal(kindOf('tree').show?.(change), [
    { field: 'app.conf', from: 'file 0644 root:root', to: 'file 0644 root:root, other content' },
    { field: 'bin/again', from: 'absent', to: 'link to start' },
    { field: 'bin/start', from: 'file 0644 root:root', to: 'file 0755 root:root' },
    { field: 'parts', from: 'absent', to: 'directory 0755 root:root' },
    { field: 'parts/a', from: 'absent', to: 'directory 0755 root:root' },
    { field: 'parts/a/1.conf', from: 'absent', to: 'file 0644 root:root' },
    { field: 'theirs', from: 'file 0644 root:root', to: 'absent' },
  ])
})

test('It owns each of its files, and the whole folder only where it removes extras', async () => {
  const { claim } = kindOf('tree')
  const claims = async (given: TreeArgs) => {
    const whole = await completed(tree(given), roleWith({ a: '' }))
    return claim(whole.ref, whole.spec)
  }
  assert.equal(await claims(args), ['path:/etc/app', 'path:/etc/app/a'])
  assert.equal(await claims({ ...args, removeExtra: true }), [
    'path:/etc/app',
    'path:/etc/app/a',
    'path:/etc/app/',
  ])
})

test('A folder without one above it may still come', () =>
  rejects(
    async () => bring(hostWith(), await completed(tree({ ...args, path: '/srv/x/app' }), roleFolder)),
    /There is no directory \/srv\/x\./,
  ))

test('What is no folder is no source, and a folder where a file is wanted is in the way', async () => {
  await rejects(
    () => completed(tree({ ...args, source: 'nothing' }), roleFolder),
    /files\/nothing is not there/,
  )
  await rejects(() => completed(tree({ ...args, source: 'app/app.conf' }), roleFolder), /app\.conf is none/)
  await rejects(
    async () => bring(hostWith({ 'app.conf/x': 'x' }), await completed(resource, roleFolder)),
    /At \/etc\/app\/app\.conf there is a directory in the way/,
  )
})
