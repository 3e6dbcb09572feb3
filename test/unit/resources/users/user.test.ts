import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { user } from '../../../../lib/resources/users/user.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('user')
const name = 'etcd'

function hostWith(uid?: number): FakeHost {
  const host = new FakeHost('a')
  host.users.addGroup('certs', 500)
  host.users.addGroup('adm', 4)
  host.users.addGroup('docker', 501)
  if (uid !== undefined) host.users.add(name, uid)
  return host
}

function line(host: FakeHost): string | undefined {
  return host.users.snapshot()[`user ${name}`]
}

test('A user comes with a group of its own, and goes with it in a revert', () =>
  keepsContract({
    host: hostWith(),
    resource: user({ name, system: true, home: '/var/lib/etcd', shell: '/usr/sbin/nologin' }),
  }))

test('A group of its name that was there before is taken, and stays after a revert', async () => {
  const host = hostWith()
  host.users.addGroup(name, 700)
  await keepsContract({ host, resource: user({ name, system: true }) })
  await bring(host, user({ name }))
  assert.match(line(host) ?? '', 'etcd:x:1000:700:')
})

test('Its own name as its group means the group that comes with it', () =>
  keepsContract({ host: hostWith(), resource: user({ name, group: name }) }))

test('Everything that is given of a new user is set', async () => {
  const host = hostWith()
  await bring(
    host,
    user({
      name,
      uid: 990,
      group: 'certs',
      groups: ['adm'],
      home: '/srv',
      shell: '/bin/false',
      comment: 'a member',
    }),
  )
  assert.is(line(host), 'user etcd:x:990:500:a member:/srv:/bin/false')
  assert.is(host.users.snapshot()['group adm'], 'group adm:x:4:etcd')
})

test('What is given of a user that exists is changed, and is as before after a revert', async () => {
  const resource = user({
    name,
    uid: 990,
    group: 'certs',
    groups: ['adm'],
    home: '/srv',
    shell: '/bin/false',
    comment: 'x',
  })
  await keepsContract({ host: hostWith(1000), resource })
})

test('Only what is given is looked at', async () => {
  const host = hostWith(1000)
  assert.is(await bring(host, user({ name })), undefined)
  assert.equal(await stateOf(host, user({ name, shell: '/bin/sh' })), {
    is: 'user',
    shell: '/bin/sh',
    hint: {},
  })
})

test('Memberships that nobody claims stay', async () => {
  const host = hostWith(1000)
  await bring(host, user({ name, groups: ['docker'] }))
  const change = await bring(host, user({ name, groups: ['adm'] }))
  const groups = () =>
    ['adm', 'docker'].filter((group) => host.users.snapshot()[`group ${group}`]?.endsWith(name))
  assert.equal(groups(), ['adm', 'docker'])
  const { ref } = user({ name, groups: ['adm'] })
  if (change !== undefined) await kindOf('user').apply(host, ref, { from: change.to, to: change.from })
  assert.equal(groups(), ['docker'])
})

test('A group that is missing may still come', async () => {
  await rejects(
    () => bring(hostWith(), user({ name, groups: ['etcd-readers'] })),
    /There is no group etcd-readers for the user etcd/,
  )
})

test('A home is made only where that is asked for, and goes with the user in a revert', async () => {
  await keepsContract({ host: hostWith(), resource: user({ name, createHome: true }) })
  const host = hostWith()
  await bring(host, user({ name, home: '/srv/etcd' }))
  assert.is(host.files.get('/srv/etcd'), undefined)
})

test('A home that stood there before stays in a revert', () => {
  const host = hostWith()
  host.files.write('/home/etcd/kept', 'theirs')
  return keepsContract({ host, resource: user({ name, createHome: true }) })
})

test('A user is removed, and it is said that nothing brings it back', async () => {
  const host = hostWith(1000)
  const absent = user({ name, state: 'absent' })
  const change = await bring(host, absent)
  assert.is(line(host), undefined)
  assert.ok(change)
  assert.match(kindOf('user').oneWay?.(change, absent.ref) ?? '', /password of etcd/)
  assert.is(await bring(host, absent), undefined)
})

test('Many users cost one round trip and two commands', async () => {
  const host = hostWith(1000)
  const refs = ['root', name, 'nobody-knows'].map((each) => user({ name: each }).ref)
  await kindOf('user').read(host, refs)
  assert.equal([host.traffic.trips, host.traffic.commands.length], [1, 2])
})

test('An answer of getent that is none is an error, not a user without a number', async () => {
  for (const line of ['etcd:x:zz:990::/:/bin/sh', 'etcd:x:990', 'etcd:x:990:NaN::/:/bin/sh']) {
    const host = hostWith()
    host.on(/^getent passwd/, `${line}\n`)
    await rejects(() => stateOf(host, user({ name, uid: 990 })), /getent on a answers what cannot be read/)
  }
})
