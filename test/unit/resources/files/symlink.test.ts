import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { symlink } from '../../../../lib/resources/files/symlink.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('symlink')
const path = '/usr/local/bin/tool'

function hostWith(target?: string): FakeHost {
  const host = new FakeHost('a')
  if (target !== undefined) host.files.link(path, target)
  return host
}

test('A link is made, and is gone after a revert', () =>
  keepsContract({ host: hostWith(), resource: symlink({ path, target: '/opt/tool-2' }) }))

test('A link is pointed elsewhere, and back by a revert', () =>
  keepsContract({ host: hostWith('/opt/tool-1'), resource: symlink({ path, target: '/opt/tool-2' }) }))

test('A link is removed, and stands again after a revert', () =>
  keepsContract({ host: hostWith('/opt/tool-1'), resource: symlink({ path, state: 'absent' }) }))

test('A file in the way is an error', async () => {
  const host = new FakeHost('a')
  host.files.write(path, 'theirs')
  await rejects(() => bring(host, symlink({ path, target: '/x' })), /there is a file in the way/)
  assert.is(host.files.read(path), 'theirs')
})

test('Its digest is where it points', async () => {
  const resource = symlink({ path, target: '/x' })
  assert.is(kindOf('symlink').digest?.(await stateOf(hostWith('/opt/tool-1'), resource)), '/opt/tool-1')
  assert.is(kindOf('symlink').digest?.(await stateOf(hostWith(), resource)), 'absent')
})
