import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { archive, type ArchiveArgs } from '../../../../lib/resources/archive/archive.ts'
import { file } from '../../../../lib/resources/files/file.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'
import { tarball, tgz, type Contents } from '../../../support/tarball.ts'

const test = suite('archive')
const source = '/var/cache/tool.tgz'
const to = '/opt/tool'
const args: ArchiveArgs = { source, to }
const resource = archive(args)
const first: Contents = {
  './': '',
  './bin/': '',
  './bin/tool': '#! one',
  './bin/again': '-> tool',
  './share/': '',
  './share/doc': 'doc one',
}
const second: Contents = { './': '', './bin/': '', './bin/tool': '#! two', './bin/more': '#! more' }

function hostWith(
  contents: Contents | Buffer = first,
  files: Readonly<Record<string, string>> = {},
): FakeHost {
  const host = new FakeHost('a')
  host.files.write(source, Buffer.isBuffer(contents) ? contents : tgz(contents))
  for (const [name, content] of Object.entries(files)) host.files.write(`${to}/${name}`, content)
  return host
}

function standing(host: FakeHost): readonly string[] {
  return host.files.paths().filter((path) => path.startsWith('/opt/'))
}

test('An archive is unpacked into a new folder, which is gone after a revert', async () => {
  const host = hostWith()
  await keepsContract({ host: host.clone(), resource })
  await bring(host, resource)
  assert.is(host.snapshot()['files']?.['/opt/tool/bin/tool'], 'file 755 root:root "#! one"')
  assert.is(host.snapshot()['files']?.['/opt/tool/bin/again'], 'link to tool')
  assert.is(await bring(host, resource), undefined)
})

test('What it replaces comes back, and what others keep there stays', async () => {
  const host = hostWith(first, { 'bin/tool': 'theirs', 'bin/other': 'other', 'bin/again': 'no link' })
  host.files.chmod(`${to}/bin`, { mode: 0o700 })
  await keepsContract({ host: host.clone(), resource })
  await bring(host, resource)
  assert.is(host.snapshot()['files']?.['/opt/tool/bin'], 'directory 700 root:root')
  host.files.chmod(`${to}/bin`, { mode: 0o755 })
  assert.is(await bring(host, resource), undefined, 'a folder that stood there is none of its business')
})

test('A damaged mark is an error that names it, not an archive that was never there', async () => {
  for (const damage of [
    '{"archive":"h:1",',
    '[]',
    '{"archive":"h:1","how":"","done":true,"members":{".":7},"replaced":{}}',
  ]) {
    const host = hostWith()
    await bring(host, resource)
    const mark = host.files.paths().find((path) => path.startsWith('/var/lib/troupe/unpacked/')) ?? ''
    host.files.write(mark, damage)
    await rejects(() => stateOf(host, resource), /unpacked\/\w+ on a holds what we remember there/)
  }
})

test('A newer archive takes the place of the older, which is whole again after a revert', async () => {
  const host = hostWith(first, { 'share/doc': 'theirs' })
  await bring(host, resource)
  host.files.write(source, tgz(second))
  await keepsContract({ host: host.clone(), resource })
  await bring(host, resource)
  assert.equal(standing(host), [
    '/opt/tool',
    '/opt/tool/bin',
    '/opt/tool/bin/more',
    '/opt/tool/bin/tool',
    '/opt/tool/share',
    '/opt/tool/share/doc',
  ])
  assert.is(host.files.read(`${to}/share/doc`), 'theirs')
})

test('Both go, newest first, though the archives are there no more', async () => {
  const host = hostWith(first, { 'bin/tool': 'theirs' })
  const before = standing(host)
  const one = await bring(host, resource)
  host.files.write(source, tgz(second))
  const two = await bring(host, resource)
  host.files.remove(source)
  for (const change of [two, one]) {
    assert.ok(change)
    const later = await stateOf(host, resource)
    await kindOf('archive').apply(host, resource.ref, { from: later, to: change.from })
  }
  assert.equal(standing(host), before)
  assert.is(host.files.read(`${to}/bin/tool`), 'theirs')
})

for (const [what, damage] of Object.entries<(host: FakeHost) => void>({
  'a file that was edited': (host) => host.files.write(`${to}/bin/tool`, 'edited'),
  'a file that is gone': (host) => host.files.remove(`${to}/bin/tool`),
  'a mode': (host) => host.files.chmod(`${to}/bin/tool`, { mode: 0o600 }),
  'a link': (host) => host.files.link(`${to}/bin/again`, '/etc/passwd'),
  'a folder': (host) => host.files.remove(`${to}/bin`),
  everything: (host) => host.files.remove(to),
})) {
  test(`Damage is found and undone, and stands again after a revert: ${what}`, async () => {
    const host = hostWith()
    await bring(host, resource)
    const whole = host.snapshot()
    damage(host)
    await keepsContract({ host: host.clone(), resource })
    await bring(host, resource)
    assert.equal(host.snapshot(), whole)
  })
}

test('Names lose their first folders, and only what is asked for comes, with the owner and mode given', async () => {
  const host = hostWith({
    'tool-1/': '',
    'tool-1/a': 'a',
    'tool-1/sub/': '',
    'tool-1/sub/b': 'b',
    'tool-1/sub/c': 'c',
  })
  host.users.add('app', 990)
  const part = archive({ ...args, strip: 1, only: ['tool-1/sub'], owner: 'app', group: 'app', mode: 0o700 })
  await keepsContract({ host: host.clone(), resource: part })
  await bring(host, part)
  assert.equal(standing(host), ['/opt/tool', '/opt/tool/sub', '/opt/tool/sub/b', '/opt/tool/sub/c'])
  assert.is(host.snapshot()['files']?.['/opt/tool/sub/b'], 'file 700 app:app "b"')
  const otherMode = archive({
    ...args,
    strip: 1,
    only: ['tool-1/sub'],
    owner: 'app',
    group: 'app',
    mode: 0o500,
  })
  await keepsContract({ host: host.clone(), resource: otherMode })
})

for (const [what, contents] of Object.entries<Contents>({
  'an absolute name': { '/etc/cron.d/x': 'x' },
  'a name with two dots': { 'a/../../etc/x': 'x' },
  'a folder that is a link': { a: '-> /etc', 'a/cron.d': 'x' },
})) {
  test(`An archive that leaves the folder is refused: ${what}`, async () => {
    const host = hostWith(tgz(contents))
    await rejects(() => bring(host, resource), /which leaves the folder/)
    assert.not(host.files.paths().some((path) => path.includes('cron') || path.endsWith('/x')))
  })
}

test('What was unpacked stays without its archive, and damage to it says what is missing', async () => {
  const host = hostWith()
  await bring(host, resource)
  host.files.remove(source)
  assert.is(await bring(host, resource), undefined)
  host.files.remove(`${to}/bin/tool`)
  await rejects(() => bring(host, resource), /There is no archive \/var\/cache\/tool\.tgz\./)
})

test('What stands there from elsewhere is left alone where it is named', async () => {
  const creating = archive({ ...args, creates: `${to}/bin/tool` })
  const host = hostWith(first, { 'bin/tool': 'theirs' })
  assert.is(await bring(host, creating), undefined)
  await keepsContract({ host: hostWith(), resource: creating })
})

test('The archive that is still to come is foreseen', async () => {
  const host = hostWith()
  await bring(host, resource)
  const download = file({ path: source, content: tgz(second) })
  const state = await stateOf(host, resource)
  const digest = host.keep(tgz(second))
  const spec = { ...args, after: [download] }
  const context = { inputs: { [download.id]: { digest } }, keep: () => digest, hashOf: () => digest }
  assert.is(kindOf('archive').want(state, spec, context)['archive'], digest)
})

test('What it brought makes others react: another archive, and damage that was undone', async () => {
  const host = hostWith()
  const digest = async () => kindOf('archive').digest?.(await stateOf(host, resource))
  const before = await digest()
  await bring(host, resource)
  const one = await digest()
  host.files.write(`${to}/bin/tool`, 'edited')
  const edited = await digest()
  await bring(host, resource)
  assert.is(await digest(), one)
  assert.is(new Set([before, one, edited]).size, 3)
})

test('The kind of archive is told by its name or given, and what is in the way is named', async () => {
  assert.throws(() => archive({ ...args, source: '/var/cache/tool.zip' }), /give a format/)
  const host = hostWith(tarball(first))
  await bring(host, archive({ ...args, format: 'tar' }))
  const blocked = hostWith(first, { 'bin/tool/x': 'x' })
  await rejects(() => bring(blocked, resource), /At \/opt\/tool\/bin\/tool there is a directory in the way/)
  const linked = hostWith()
  linked.files.link(to, '/srv')
  const seen = await reading(linked, resource)
  assert.match(seen instanceof Error ? seen.message : '', /At \/opt\/tool there is a link in the way/)
})
