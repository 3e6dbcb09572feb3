import { rejects } from 'node:assert/strict'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { file, template } from '../../../../lib/resources/files/file.ts'
import type { Hash } from '../../../../lib/host/host.ts'
import { Secret } from '../../../../lib/secrets/secret.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('file')
const path = '/etc/app.conf'

function hostWith(content?: string, mode = 0o644): FakeHost {
  const host = new FakeHost('a')
  if (content !== undefined) host.files.write(path, content, { mode })
  return host
}

test('A file that is not there is made, and is gone after a revert', () =>
  keepsContract({ host: hostWith(), resource: file({ path, content: 'new\n' }), hidden: ['new'] }))

test('A file with other content is overwritten, and stands again after a revert', () =>
  keepsContract({
    host: hostWith('old\n', 0o640),
    resource: file({ path, content: 'new\n' }),
    hidden: ['old', 'new'],
  }))

test('Only the mode is set of a file that is right otherwise', async () => {
  const resource = file({ path, content: 'same\n', mode: 0o600 })
  await keepsContract({ host: hostWith('same\n'), resource })
  const host = hostWith('same\n')
  await bring(host, resource)
  assert.equal(host.traffic.writes, [`attributes ${path}`])
})

test('Attributes alone leave the content as it is', () =>
  keepsContract({ host: hostWith('theirs\n'), resource: file({ path, mode: 0o600 }) }))

test('Attributes that are not given stay as they are', async () => {
  const host = hostWith('old\n', 0o640)
  await bring(host, file({ path, content: 'new\n' }))
  assert.equal((await stateOf(host, file({ path })))['mode'], 0o640)
})

test('A file that is to be absent is removed, and stands again after a revert', () =>
  keepsContract({ host: hostWith('old\n', 0o640), resource: file({ path, state: 'absent' }) }))

test('What is only for a new file leaves whatever stands there, and the parts of it to others', async () => {
  const resource = file({ path, content: 'new\n', mode: 0o600, ifAbsent: true })
  await keepsContract({ host: hostWith(), resource })
  const linked = new FakeHost('a')
  linked.files.link(path, '/etc/other')
  for (const host of [hostWith('theirs\n'), linked]) assert.is(await bring(host, resource), undefined)
  assert.equal(kindOf('file').claim(resource.ref, resource.spec), [`path:${path}#presence`])
  assert.throws(() => file({ path, state: 'absent', ifAbsent: true }), 'in more than one way')
})

test('A link gives way to a file, and stands again after a revert', () => {
  const host = new FakeHost('a')
  host.files.write('/etc/other', 'other\n')
  host.files.link(path, '/etc/other')
  return keepsContract({ host, resource: file({ path, content: 'new\n' }) })
})

test('What stood where a revert puts a link is kept aside', async () => {
  const host = hostWith('found')
  const from = await stateOf(host, file({ path }))
  await kindOf('file').apply(host, { path }, { from, to: { is: 'link', target: '/etc/other' } })
  assert.is((await host.clone().bytes(from['hash'] as Hash)).toString(), 'found')
})

test('A directory in the way is an error that removes nothing', async () => {
  const host = hostWith()
  host.files.mkdir(path)
  await rejects(
    () => bring(host, file({ path, content: 'x' })),
    /At \/etc\/app.conf there is a directory in the way/,
  )
  await rejects(() => bring(host, file({ path, state: 'absent' })), /in the way/)
  assert.equal(host.traffic.writes, [])
})

test('Without a directory above it, it cannot be yet', async () => {
  const attempt = bring(hostWith(), file({ path: '/etc/app/x.conf', content: 'x' }))
  await rejects(
    () => attempt,
    (error: Error) => error instanceof NotYet && /no directory \/etc\/app/.test(error.message),
  )
})

test('A secret is for its owner only', async () => {
  const secret = new Secret('very hidden', 'a test')
  const resource = file({ path, content: secret })
  await keepsContract({ host: hostWith('very open', 0o644), resource, hidden: ['very'] })
  const host = hostWith('old')
  await bring(host, resource)
  assert.is((await stateOf(host, resource))['mode'], 0o600)
})

test('A secret that others could read is refused where it is declared', () => {
  const secret = new Secret('hidden', 'group_vars/all.yml: token')
  assert.throws(
    () => file({ path, content: secret, mode: 0o640 }),
    /\/etc\/app.conf holds the secret from group_vars/,
  )
  assert.equal(file({ path, content: secret, mode: 0o400 }).kind, 'file')
})

test('A secret that only a template brings in is held to the same', async () => {
  const kind = kindOf('file')
  const spec = { path, content: new Secret('hidden', 'another host'), mode: 0o644 }
  await rejects(async () => kind.resolve?.(spec, { roleFolder: '/' }), /at most 0600/)
})

test('Its digest follows the content and nothing else', async () => {
  const digest = async (host: FakeHost) => kindOf('file').digest?.(await stateOf(host, file({ path })))
  assert.is(await digest(hostWith('a', 0o600)), await digest(hostWith('a', 0o644)))
  assert.not.equal(await digest(hostWith('a')), await digest(hostWith('b')))
  assert.is(await digest(hostWith()), 'absent')
})

test('Many files cost one round trip', async () => {
  const host = hostWith('x')
  const refs = Array.from({ length: 20 }, (_, index) => ({ path: `/etc/${index}.conf` }))
  await kindOf('file').read(host, refs)
  assert.is(host.traffic.trips, 1)
})

test('Two sources of content for one file are refused', () => {
  assert.throws(() => file({ path, content: 'x', source: 'y' }), /more than one way/)
  assert.throws(() => file({ path, content: 'x', state: 'absent' }), /more than one way/)
  assert.throws(() => file({ path: 'etc/x', content: 'x' }), /no plain absolute path/)
  assert.throws(() => file({ path: '/etc/../x', content: 'x' }), /no plain absolute path/)
})

test('A template is a file whose content is rendered', () => {
  const made = template({ path, from: 'app.conf.ejs', values: { a: 1 }, mode: 0o600 })
  assert.equal(made, file({ path, template: { from: 'app.conf.ejs', values: { a: 1 } }, mode: 0o600 }))
})

const roleFolder = join(import.meta.dirname, '../../../fixtures/role')

test('A file of the role is put there', async () => {
  const resource = file({ path, source: 'app.conf' })
  await keepsContract({ host: hostWith(), resource, roleFolder })
  const spec = await kindOf('file').resolve?.(resource.spec, { roleFolder })
  assert.equal(spec, { path, content: Buffer.from('from a file\n') })
})

test('A template of the role is rendered', async () => {
  const resource = template({ path, from: 'app.conf.ejs', values: { port: 2379 } })
  await keepsContract({ host: hostWith(), resource, roleFolder })
  const spec = await kindOf('file').resolve?.(resource.spec, { roleFolder })
  assert.equal(spec, { path, content: 'port 2379\n' })
})

test('A template that prints a secret makes a file for its owner only', async () => {
  const values = { port: new Secret('very hidden', 'a test') }
  const resource = template({ path, from: 'app.conf.ejs', values })
  const spec = await kindOf('file').resolve?.(resource.spec, { roleFolder })
  assert.is((spec as { mode?: number }).mode, 0o600)
  await keepsContract({ host: hostWith('old'), resource, roleFolder, hidden: ['hidden'] })
})
