import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { storeOf } from '../../../lib/pki/vars.ts'
import { defineRole, type RunContext } from '../../../lib/play/role.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('where the authorities of a cluster stand')

test('Left out, the folder is the one beside the inventory', () => {
  const run = { inventoryFolder: '/srv/cluster' }
  assert.is(storeOf({ folder: undefined, passphrase: undefined }, run).folder, '/srv/cluster/pki')
  assert.is(storeOf({ folder: '/srv/pki', passphrase: undefined }, run).folder, '/srv/pki')
})

test('A role hears where the inventory of its run stands', async () => {
  const heard: RunContext[] = []
  const role = defineRole({
    name: 'app',
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ run }) => void heard.push(run),
  })
  await new FakeCluster([new FakeHost('a')]).run(role)
  assert.ok(existsSync(join(heard[0]?.inventoryFolder ?? '', 'hosts.ini')))
})
