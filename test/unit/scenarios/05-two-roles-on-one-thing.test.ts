import * as assert from 'uvu/assert'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { block } from '../../../lib/resources/text/block.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { restart, unit } from '../../../lib/resources/unit/unit.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/05 two roles on one thing')
const conf = '/etc/daemon.conf'
const ca = '/etc/ca.pem'

function role(name: string, tasks: (context: RoleContext<unknown, unknown>) => Promise<void>): Role {
  return defineRole({ name, folder: import.meta.dirname, vars: {}, tasks })
}

const owner = role('owner', async ({ task }) => {
  const files = await task('Configure', file({ path: conf, content: 'one' }))
  await task('Run', unit({ name: 'daemon', restartAfter: files }))
})

function host(): FakeHost {
  const made = new FakeHost('h1')
  made.systemd.define('daemon.service', { reads: [conf, ca] })
  return made
}

const together = (...roles: readonly Role[]) => [stage('Both', { hosts: 'all', roles })]

const conflicts: Readonly<Record<string, readonly [Role, string]>> = {
  'the same file': [
    role('other', async ({ task }) => void (await task('Write', file({ path: conf, content: 'two' })))),
    `path:${conf}`,
  ],
  'a file, and a block in it': [
    role('other', async ({ task }) => {
      await task('Write', block({ path: conf, name: 'part', content: 'two' }))
    }),
    `path:${conf}#part`,
  ],
  'one daemon, with different inputs': [
    role('other', async ({ task }) => {
      const files = await task('Write', file({ path: ca, content: 'ca' }))
      await task('Run', unit({ name: 'daemon', restartAfter: files }))
    }),
    'unit:daemon.service#state',
  ],
}

for (const [what, [other, claim]] of Object.entries(conflicts)) {
  test(`Two roles that own ${what} are refused, and both are named, under check as in the run`, async () => {
    for (const roles of [together(owner, other), together(other, owner)]) {
      for (const mode of ['check', 'run'] as const) {
        const shared = host()
        shared.files.write(conf, '')
        const run = await new FakeCluster([shared])[mode](roles)
        const said = failures(run)
        for (const word of ['owner', 'other', claim]) assert.match(said, word)
      }
    }
  })
}

test('What owns a whole is refused a part of it that another role owns, and no other file', async () => {
  const part = (path: string) =>
    role('part', async ({ task }) => void (await task('Write', block({ path, name: 'part', content: 'x' }))))
  const near = host()
  near.files.write(`${conf}.d`, '')
  assert.not((await new FakeCluster([near]).run(together(owner, part(`${conf}.d`)))).end.failed)
})

test('Two roles may own a block each of one file', async () => {
  const blocks = ['a', 'b'].map((name) =>
    role(
      name,
      async ({ task }) => void (await task('Write', block({ path: '/etc/hosts', name, content: name }))),
    ),
  )
  const shared = host()
  shared.files.write('/etc/hosts', '127.0.0.1 localhost\n')
  const cluster = new FakeCluster([shared])
  assert.not((await cluster.run(together(...blocks))).end.failed)
  assert.match(shared.files.read('/etc/hosts') ?? '', /BEGIN a[^]*BEGIN b/)
  assert.not((await cluster.run(together(...blocks))).end.changed)
})

test('A later task of the same role may want more of a thing', async () => {
  const more = role('more', async ({ task }) => {
    const files = await task('Write', file({ path: conf, content: 'one' }))
    await task('Run', unit({ name: 'daemon', restartAfter: files }))
    await task('Close it', file({ path: conf, mode: 0o600 }))
  })
  const cluster = new FakeCluster([host()])
  assert.not((await cluster.run(more)).end.failed)
  assert.not((await cluster.run(more)).end.changed)
  assert.equal(cluster.host('h1').files.get(conf), {
    type: 'file',
    bytes: Buffer.from('one'),
    mode: 0o600,
    owner: 'root',
    group: 'root',
  })
})

test("A role restarts another role's daemon for its own file, and claims no more", async () => {
  const trust = role('trust', async ({ task }) => {
    const files = await task('Trust the authority', file({ path: ca, content: 'ca' }))
    await task('Restart who reads it', restart('daemon', { after: files, ifInstalled: true }))
  })
  const cluster = new FakeCluster([host()])
  const before = cluster.host('h1').snapshot({ ours: true })
  await cluster.run(together(owner))
  const run = await cluster.run(together(trust, owner))
  assert.not(run.end.failed)
  const { systemd } = cluster.host('h1')
  assert.is(systemd.took('daemon.service', ca), 'ca')
  assert.is(systemd.restarts('daemon.service'), 1)
  assert.not((await cluster.run(together(trust, owner))).end.changed)

  const back = cluster.again()
  await back.revert(run.directory, together(trust, owner))
  assert.is(back.host('h1').systemd.took('daemon.service', ca), undefined)
  assert.is(back.host('h1').systemd.took('daemon.service', conf), 'one')
  const [first] = back.store.list()
  assert.ok(first !== undefined)
  const bare = back.again()
  await bare.revert(first, together(owner))
  assert.equal(bare.host('h1').snapshot({ ours: true }), before)
})

test('Where there is no such daemon, there is nothing to restart', async () => {
  const trust = role('trust', async ({ task }) => {
    const files = await task('Trust the authority', file({ path: ca, content: 'ca' }))
    await task('Restart who reads it', restart('absent', { after: files, ifInstalled: true }))
  })
  const { resources, end } = await new FakeCluster([host()]).run(trust)
  assert.is(resources['h1 unit:absent.service'], 'ok')
  assert.not(end.failed)
})

test('A claim that is only made in a look ahead binds nobody', async () => {
  const { drained, withNode } = await import('../../support/fake-node.ts')
  let looks = 0
  const wavering = role('wavering', async ({ task, during }) => {
    await during(drained('n1'), async () => {
      const path = looks++ === 0 ? conf : '/etc/other.conf'
      await task('Write', file({ path, content: 'x' }))
    })
  })
  const cluster = new FakeCluster([host()], undefined, (hosts) => hosts.forEach((host) => withNode(host)))
  const { end } = await cluster.run(together(wavering, owner))
  assert.not(end.failed)
})

function failures({ events }: FakeRun): string {
  const failed = events.filter((event) => event.type === 'task' && event.status === 'failed')
  assert.is(failed.length, 1, 'one task fails')
  return JSON.stringify(failed)
}
