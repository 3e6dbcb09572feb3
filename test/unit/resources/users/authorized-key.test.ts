import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { authorizedKey } from '../../../../lib/resources/users/authorized-key.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { same } from '../../../../lib/task/state.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('authorizedKey')

/** A public key in form: what follows its type is of no use to anybody. */
function publicKey(seed: number, type = 'ssh-ed25519'): string {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return `${type} ${Buffer.concat([length, Buffer.from(type), Buffer.alloc(36, seed)]).toString('base64')}`
}

const [ours, theirs] = [publicKey(251), publicKey(2)]
const path = '/home/deploy/.ssh/authorized_keys'
const resource = authorizedKey({ user: 'deploy', key: `${ours} deploy@ci` })

function hostWith(content?: string): FakeHost {
  const host = new FakeHost('a')
  host.users.add('deploy', 1500)
  host.files.mkdir('/home/deploy', { owner: 'deploy', group: 'deploy' })
  if (content !== undefined) {
    host.files.mkdir('/home/deploy/.ssh', { mode: 0o700, owner: 'deploy', group: 'deploy' })
    host.files.write(path, content, { mode: 0o600, owner: 'deploy', group: 'deploy' })
  }
  return host
}

test('A first key comes with its folder and file, and all three are gone after a revert', async () => {
  const host = hostWith()
  await keepsContract({ host: host.clone(), resource, hidden: ['ci'] })
  await bring(host, resource)
  const shape = host.snapshot()['files']
  assert.is(shape?.['/home/deploy/.ssh'], 'directory 700 deploy:deploy')
  assert.is(shape?.[path], `file 600 deploy:deploy ${JSON.stringify(`${ours} deploy@ci\n`)}`)
})

for (const [where, content] of Object.entries({
  'beside others': `# keys\n${theirs} them\n`,
  'behind a line without an end': `${theirs} them`,
  'in an empty file': '',
  'in place of another comment': `${theirs}\n${ours} old@ci\n`,
  'in place of other options': `from="10.0.0.1, 10.0.0.2",no-pty ${ours} deploy@ci\n${theirs}\n`,
  'once in place of twice': `${ours} deploy@ci\n${theirs}\nno-pty ${ours} deploy@ci\n`,
})) {
  test(`A key comes ${where}, and all is as it was after a revert`, () =>
    keepsContract({ host: hostWith(content), resource, hidden: ['them'] }))
}

test('A key is found by its blob, and a line that only speaks of it is no key', async () => {
  const host = hostWith(`# ${ours} once\nno-pty ${ours} old\n`)
  await bring(host, authorizedKey({ user: 'deploy', key: `${ours} new`, options: 'restrict,pty' }))
  assert.is(host.files.read(path), `# ${ours} once\nrestrict,pty ${ours} new\n`)
})

test('A key is taken away, and stands where it stood after a revert', async () => {
  const absent = authorizedKey({ user: 'deploy', key: ours, state: 'absent' })
  await keepsContract({ host: hostWith(`${theirs}\nno-pty ${ours} x\n${theirs} y\n`), resource: absent })
  for (const host of [hostWith(), hostWith('')]) assert.is(await bring(host, absent), undefined)
})

test('What somebody else put into the file or the folder stays through a revert', async () => {
  for (const add of ['authorized_keys', 'config']) {
    const host = hostWith()
    const change = await bring(host, resource)
    assert.ok(change)
    const at = `/home/deploy/.ssh/${add}`
    host.files.write(at, `${host.files.read(at) ?? ''}${theirs}\n`)
    await kindOf('authorizedKey').apply(host, resource.ref, {
      from: await stateOf(host, resource),
      to: change.from,
    })
    assert.ok(same(await stateOf(host, resource), change.from))
    assert.is(host.files.read(at), `${theirs}\n`)
  }
})

test('A path that is given is used, and its folder has to stand', async () => {
  const elsewhere = authorizedKey({ user: 'deploy', key: ours, path: '/etc/ssh/keys/deploy' })
  const host = hostWith()
  await rejects(() => bring(host, elsewhere), /There is no directory \/etc\/ssh\/keys\./)
  host.files.mkdir('/etc/ssh/keys')
  await keepsContract({ host, resource: elsewhere })
})

test('A user may still come, and a folder that is a link is not followed', async () => {
  await rejects(() => bring(new FakeHost('a'), resource), /There is no user deploy\./)
  const host = hostWith()
  host.files.link('/home/deploy/.ssh', '/etc')
  const seen = await reading(host, resource)
  assert.match(seen instanceof Error ? seen.message : '', /\.ssh is a link, where a directory is wanted/)
})

test('What is no public key is refused without being shown', () => {
  const secret = '-----BEGIN OPENSSH PRIVATE KEY-----\nhorse\n'
  for (const key of [secret, 'ssh-ed25519', `ssh-rsa ${ours.split(' ')[1]}`, `${ours}\n${theirs}`]) {
    assert.throws(
      () => authorizedKey({ user: 'deploy', key }),
      (error: Error) => /is no public key/.test(error.message) && !error.message.includes('horse'),
    )
  }
})
