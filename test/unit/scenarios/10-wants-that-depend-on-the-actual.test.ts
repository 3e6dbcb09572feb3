import * as assert from 'uvu/assert'
import type { Host, HostReader } from '../../../lib/host/host.ts'
import { defineRole } from '../../../lib/play/role.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { defineResource, type Change } from '../../../lib/task/kind.ts'
import { etcdHost, member, membersOf, withEtcd } from '../../support/fake-etcd.ts'
import { FakeGround } from '../../support/fake-ground.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { isHonest, isIdempotent, isReversible } from '../../support/laws.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/10 wants that depend on the actual')
const path = '/etc/shared.json'

type Values = { readonly [key: string]: string }
type SharedState = { readonly is: 'shared'; readonly values: Values }

/** Keys of a file that another program writes as well; all of them are seen, and its own are left as they are. */
const shared = defineResource('fake shared keys', {
  make: ({ set }: { readonly set: Values }) => ({ key: path, ref: { path }, spec: { set } }),
  read: (host: HostReader, refs) => Promise.all(refs.map(() => look(host))),
  want: ({ values }: SharedState, { set }): SharedState => ({ is: 'shared', values: { ...values, ...set } }),
  async apply(host: Host, _, { to }: Change<SharedState>) {
    const content = host.keep(JSON.stringify(to.values))
    await host.writeFile(path, content, { mode: 0o644, owner: 'root', group: 'root' })
  },
  claim: () => [`path:${path}#ours`],
})

async function look(host: HostReader): Promise<SharedState> {
  const [content] = await host.readFiles([path])
  return { is: 'shared', values: JSON.parse(content?.toString() ?? '{}') as Values }
}

const keys = defineRole({
  name: 'keys',
  folder: import.meta.dirname,
  vars: {},
  tasks: async ({ task }) => void (await task('Set our key', shared({ set: { ours: '1' } }))),
})

const sharing = () => {
  const host = new FakeHost('h1')
  host.files.write(path, '{"theirs":"1"}')
  return new FakeGround(new FakeCluster([host]), keys)
}

test('Keys are merged beside those of another program, once, and go again', async () => {
  await isHonest(sharing)
  await isIdempotent(sharing)
  await isReversible(sharing)
})

test('What the other program writes after us does not make us write again', async () => {
  const ground = sharing()
  await ground.run()
  ground.host.files.write(path, '{"theirs":"2","ours":"1","more":"1"}')
  assert.equal((await ground.check()).changed, [])
})

test('What the other program writes between our look and our write is no failure of ours to name', async () => {
  const ground = sharing()
  ground.host.traffic.afterWrite = (what) => {
    if (what !== `write ${path}`) return
    ground.host.files.write(path, '{"theirs":"2","ours":"1"}')
  }
  assert.equal((await ground.run()).failed, [])
})

test('A learner, then a voter, in one role: a second run wants neither again', async () => {
  const join = defineRole({
    name: 'join',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ task, host }) {
      await task('Add the member', member({ name: host.name, atLeast: 'learner' }))
      await task('Let it vote', member({ name: host.name, atLeast: 'voter' }))
    },
  })
  const stages = [stage('Join', { hosts: 'h1', roles: [join] })]
  const start = () =>
    new FakeGround(new FakeCluster([new FakeHost('h1'), etcdHost({})], undefined, withEtcd), stages)
  await isHonest(start)
  await isIdempotent(start)
  await isReversible(start)
  const ground = start()
  await ground.run()
  assert.equal(membersOf(ground.cluster.host('etcd')), { h1: 'voter' })
})
