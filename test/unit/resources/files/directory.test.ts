import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { directory } from '../../../../lib/resources/files/directory.ts'
import { kindOf, type Resource } from '../../../../lib/task/kind.ts'
import { bring } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('directory')
const path = '/etc/app'

function hostWith(mode?: number): FakeHost {
  const host = new FakeHost('a')
  if (mode !== undefined) host.files.mkdir(path, { mode })
  return host
}

test('A directory is made, and is gone after a revert', () =>
  keepsContract({ host: hostWith(), resource: directory({ path, mode: 0o750 }) }))

test('Its attributes are set, and stand again after a revert', () => {
  const host = hostWith(0o700)
  host.users.add('app', 990)
  return keepsContract({ host, resource: directory({ path, mode: 0o750, owner: 'app', group: 'app' }) })
})

test('An empty one is removed, and stands again after a revert', () =>
  keepsContract({ host: hostWith(0o700), resource: directory({ path, state: 'absent' }) }))

test('One with something in it is not removed', async () => {
  const host = hostWith(0o700)
  host.files.write(`${path}/kept`, 'theirs')
  await rejects(() => bring(host, directory({ path, state: 'absent' })), /not empty/)
  assert.is(host.files.read(`${path}/kept`), 'theirs')
})

test('Without the one above it, it cannot be yet', async () => {
  await rejects(() => bring(hostWith(), directory({ path: '/etc/a/b' })), /There is no directory \/etc\/a\./)
})

test('The one above may be a link', async () => {
  const host = new FakeHost('a')
  host.files.mkdir('/data/etc')
  host.files.link('/opt/etc', '/data/etc')
  await bring(host, directory({ path: '/opt/etc/app' }))
  assert.is(host.files.get('/data/etc/app')?.type, 'directory')
})

test('A file in the way is an error', async () => {
  const host = new FakeHost('a')
  host.files.write(path, 'x')
  await rejects(() => bring(host, directory({ path })), /there is a file in the way/)
})

test('It belongs to a role that says how it is, and to nobody where it is only to be there', () => {
  const claims = ({ ref, spec }: Resource) => kindOf('directory').claim(ref, spec)
  assert.equal(claims(directory({ path })), [])
  for (const says of [{ mode: 0o700 }, { owner: 'app' }, { group: 'app' }, { state: 'absent' }] as const)
    assert.equal(claims(directory({ path, ...says })), [`path:${path}`])
})

test('It only orders what comes after it', () => {
  assert.not('digest' in kindOf('directory'))
})
