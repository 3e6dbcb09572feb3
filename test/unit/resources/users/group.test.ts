import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { group } from '../../../../lib/resources/users/group.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('group')
const name = 'kube-cert'

function hostWith(...groups: readonly [string, number][]): FakeHost {
  const host = new FakeHost('a')
  host.users.add('ann', 1000)
  host.users.add('ben', 1001)
  for (const [each, gid] of groups) host.users.addGroup(each, gid)
  return host
}

function line(host: FakeHost): string | undefined {
  return host.users.snapshot()[`group ${name}`]
}

test('A group comes with its number and its members, and goes in a revert', () =>
  keepsContract({ host: hostWith(), resource: group({ name, gid: 990, members: ['ben', 'ann'] }) }))

test('A group of the system gets a number of the system', async () => {
  const host = hostWith()
  await bring(host, group({ name, system: true }))
  assert.is(line(host), `group ${name}:x:900:`)
})

test('The number and the members of a group that stands are changed, and are as before after a revert', () =>
  keepsContract({ host: hostWith([name, 700]), resource: group({ name, gid: 990, members: ['ann'] }) }))

test('Members that nobody named stay, also after a revert', async () => {
  const host = hostWith([name, 700])
  await bring(host, group({ name, members: ['ann'] }))
  const change = await bring(host, group({ name, members: ['ben'] }))
  assert.is(line(host), `group ${name}:x:700:ann,ben`)
  assert.ok(change)
  const { ref } = group({ name, members: ['ben'] })
  await kindOf('group').apply(host, ref, { from: change.to, to: change.from })
  assert.is(line(host), `group ${name}:x:700:ann`)
})

test('Who has it as the primary group is in it already', async () => {
  assert.is(await bring(hostWith(), group({ name: 'ann', members: ['ann'] })), undefined)
})

test('Only what is given is looked at', async () => {
  assert.equal(await stateOf(hostWith([name, 700]), group({ name })), { is: 'group' })
})

test('A user that is missing may still come', async () => {
  const wants = () => bring(hostWith(), group({ name, members: ['ann', 'cleo'] }))
  await rejects(wants, /There is no user cleo to be in the group kube-cert/)
})

test('A group that is to be absent comes back with its number and all its members', async () => {
  const host = hostWith([name, 700])
  await bring(host, group({ name, members: ['ann', 'ben'] }))
  await keepsContract({ host: host.clone(), resource: group({ name, state: 'absent' }) })
})

test('A group that somebody else has joined since is not removed by a revert', async () => {
  const host = hostWith()
  const ours = group({ name, members: ['ann'] })
  const change = await bring(host, ours)
  await bring(host, group({ name, members: ['ben'] }))
  assert.ok(change)
  const undo = () => kindOf('group').apply(host, ours.ref, { from: change.to, to: change.from })
  await rejects(undo, /has other members by now: ben/)
})

test('The primary group of a user cannot be removed, and that is said', async () => {
  await rejects(
    () => bring(hostWith(), group({ name: 'ann', state: 'absent' })),
    /primary group of user 'ann'/,
  )
})

test('Many groups cost one round trip and two commands', async () => {
  const host = hostWith()
  const refs = ['a', 'b', 'c'].map((each) => group({ name: each, members: ['ann'] }).ref)
  await kindOf('group').read(host, refs)
  assert.equal([host.traffic.trips, host.traffic.commands.length], [1, 2])
})

test('What is no name of a group is refused, and so is a group that is absent and has members', () => {
  for (const bad of ['', '-x', 'a b', '0']) assert.throws(() => group({ name: bad }), /no name of a group/)
  assert.throws(() => group({ name, state: 'absent', members: ['ann'] }), /is to be absent, and to have/)
})

test('Where there is no getent, the files of the host tell', async () => {
  const host = hostWith()
  host.on(/^getent/, { code: 127, stderr: 'sh: getent: not found' })
  host.files.write('/etc/group', `root:x:0:\n${name}:x:990:ann\n`)
  host.files.write('/etc/passwd', 'ann:x:1000:1000::/:/bin/sh\n')
  assert.equal(await stateOf(host, group({ name, gid: 990, members: ['ann'] })), {
    is: 'group',
    gid: 990,
    members: ['ann'],
  })
})

test('An answer of getent that is none is an error, not a group without a number', async () => {
  const host = hostWith()
  host.on(/^getent group/, `${name}:x:NaN:\n`)
  await rejects(() => stateOf(host, group({ name, gid: 990 })), /getent on a answers what cannot be read/)
})
