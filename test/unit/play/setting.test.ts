import * as assert from 'uvu/assert'
import { sh } from '../../../lib/host/command.ts'
import { CannotBecome } from '../../../lib/host/host.ts'
import type { Setting } from '../../../lib/host/setting.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { command } from '../../../lib/resources/command/command.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { defineCondition } from '../../../lib/task/gate.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play/setting')

interface Heard extends Setting {
  readonly text: string
}

/** A host on which keys can be made, and what was heard of each command. */
function ground(): { readonly cluster: FakeCluster; readonly heard: Heard[] } {
  const heard: Heard[] = []
  const cluster = new FakeCluster([new FakeHost('h1')], undefined, ([host]) => {
    const hear = (text: string, { as, env }: Setting) =>
      heard.push({ text, ...(as === undefined ? {} : { as }), ...(env === undefined ? {} : { env }) })
    host?.on('keys there', (_, given) => {
      hear('ask', given)
      return { code: host.files.read('/run/keys') === undefined ? 1 : 0 }
    })
    host?.onChange('keys make', (_, given) => {
      hear('make', given)
      host.files.write('/run/keys', 'made')
      return ''
    })
    host?.onChange('keys drop', (_, given) => {
      hear('drop', given)
      host.files.remove('/run/keys')
      return ''
    })
  })
  cluster.host('h1').files.mkdir('/run')
  return { cluster, heard }
}

const token = new Secret('s3cret-token', 'vars.yml: token')

const role: Role = defineRole({
  name: 'keys',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task, gate }) {
    await task(
      'Create the keys',
      { as: 'etcd', env: { ETCDCTL_API: '3', TOKEN: token } },
      file({ path: '/etc/keys', content: 'x' }),
      command({ title: 'Keys', run: sh`keys make`, unless: sh`keys there`, undo: sh`keys drop` }),
    )
    const condition = defineCondition('There are keys', async (host) => {
      const { code } = await host.query(sh`keys there`, { ok: [0, 1] })
      return code === 0 ? { holds: true } : { holds: false, found: 'none' }
    })
    await gate('There are keys', condition, { deadline: '1s', as: 'nobody' })
  },
})

test('all commands of a task run as the user and in the environment that it names, files do not', async () => {
  const { cluster, heard } = ground()
  await cluster.run(role)
  const gate = heard.pop()
  assert.equal([gate?.text, gate?.as], ['ask', 'nobody'])
  assert.ok(heard.some(({ text }) => text === 'make'))
  for (const { as, env } of heard) {
    assert.is(as, 'etcd')
    assert.is(env?.['ETCDCTL_API'], '3')
    assert.is(env?.['TOKEN'] instanceof Secret && reveal(env['TOKEN']), 's3cret-token')
  }
  assert.equal(cluster.host('h1').files.get('/etc/keys'), {
    type: 'file',
    bytes: Buffer.from('x'),
    mode: 0o644,
    owner: 'root',
    group: 'root',
  })
})

test('another process reverts in the same setting, but for secrets, which are written nowhere', async () => {
  const { cluster, heard } = ground()
  const { directory, events } = await cluster.run(role)
  const written = JSON.stringify([directory.journal('h1').entries, events])
  assert.match(written, '"setting":{"as":"etcd","env":{"ETCDCTL_API":"3"}}')
  assert.not.match(written, 's3cret-token')
  const before = heard.length
  const again = cluster.again()
  await again.revert(directory, role)
  const reverting = heard.slice(before)
  assert.ok(reverting.some(({ text }) => text === 'drop'))
  for (const { as, env } of reverting) assert.equal([as, env], ['etcd', { ETCDCTL_API: '3' }])
  assert.is(again.host('h1').files.read('/run/keys'), undefined)
})

test('whom a task works as may still have to be created: unknown in a plan, a failure in a run', async () => {
  const [host] = [new FakeHost('h1')]
  host.on('keys there', () => {
    throw new CannotBecome('h1: cannot become etcd: there is no such user.')
  })
  const cluster = new FakeCluster([host])
  const plan = await cluster.check(role)
  assert.is(plan.resources['h1 command:Keys'], 'unknown')
  assert.is(plan.end.unreachable, false)
  const run = await cluster.run(role)
  assert.is(run.tasks['h1 Create the keys'], 'failed')
  assert.is(run.end.unreachable, false)
})
