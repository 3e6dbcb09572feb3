import * as assert from 'uvu/assert'
import { foldersOf, verifyBackup } from '../../lib/backup/index.ts'
import { defineRole, type Role } from '../../lib/play/role.ts'
import { backup, pruned, restored } from '../../lib/resources/backup/index.ts'
import { defineVars } from '../../lib/vars/schema.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { LabCluster } from '../playbooks/lab-cluster.ts'
import { suite } from '../support/suite.ts'
import { keeping, type Keeping } from '../support/kept-backups.ts'

const test = suite('host/backup')
const prod = { cluster: 'prod', kind: 'etcd' }
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 2 })
})
test.after(() => lab.destroy())

function roleOf(tasks: Role['tasks']): Role {
  return defineRole({ name: 'copies', folder: import.meta.dirname, vars: defineVars({}), tasks })
}

/** Keeps a backup of a file in each run, and the newest two of them. */
function backingUp({ settings }: Keeping): Role {
  return roleOf(async ({ task, run, host }) => {
    const files = [{ path: '/var/snapshot.db', name: 'snapshot.db' }]
    const made = backup({ settings, ...prod, run: run.id, host: host.name, files })
    await task('Keep a backup', made, pruned({ settings, ...prod, after: [made] }))
  })
}

function clusterOf(...places: readonly number[]): LabCluster {
  return new LabCluster(
    lab,
    places.flatMap((at) => lab.hosts[at] ?? []),
  )
}

test('each run keeps a backup as its check says, old ones go, and a revert keeps them', async () => {
  const kept = await keeping({ keep: { count: 2, days: undefined } })
  const [cluster, role] = [clusterOf(0), backingUp(kept)]
  await lab.hosts[0]?.must('head -c 20000000 /dev/urandom > /var/snapshot.db')
  for (const [run, changed] of [
    [1, ['backup']],
    [2, ['backup']],
    [3, ['backup', 'pruned']],
  ] as const) {
    const expected = changed.map((kind) => `node1 ${kind}:prod/etcd`)
    for (const { resources } of [await cluster.check(role), await cluster.run(role)]) {
      const found = Object.keys(resources).filter((name) => resources[name] === 'changed')
      assert.equal(found, expected, `run ${run}`)
    }
    // Names hold whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100))
  }
  assert.is((await foldersOf(kept.store, prod)).length, 2)
  const { directory } = await cluster.run(role)
  const again = await cluster.resume(directory, role)
  assert.ok(Object.values(again.resources).every((status) => status === 'ok'))
  const { resources } = await cluster.revert(directory, role)
  assert.equal(resources, { 'node1 backup:prod/etcd': 'kept', 'node1 pruned:prod/etcd': 'kept' })
})

test('a file of one host comes back on another, and goes again', async () => {
  const kept = await keeping()
  await lab.hosts[0]?.must('head -c 20000000 /dev/urandom > /var/snapshot.db')
  const sum = (at: number, path: string) => lab.hosts[at]?.must(`sha256sum < ${path}`)
  await clusterOf(0).run(backingUp(kept))
  const [found] = await foldersOf(kept.store, prod)
  assert.equal((await verifyBackup(kept.store, 'prod', found?.name ?? '', kept.keys.identity)).wrong, [])

  const path = '/var/restored.db'
  const role = roleOf(async ({ task }) => {
    const file = restored({ settings: kept.settings, ...prod, backup: 'last', file: 'snapshot.db', path })
    await task('Bring the snapshot back', file)
  })
  const cluster = clusterOf(1)
  const { directory } = await cluster.run(role)
  assert.is(await sum(1, path), await sum(0, '/var/snapshot.db'))
  assert.is((await lab.hosts[1]?.must(`stat -c %a ${path}`))?.trim(), '600')
  await cluster.revert(directory, role)
  await lab.hosts[1]?.must(`test ! -e ${path}`)
})
