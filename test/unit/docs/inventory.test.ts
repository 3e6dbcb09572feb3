import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { explanation } from '../../../lib/cli/inventory/explain.ts'
import { inventoryFor } from '../../../lib/cli/inventory/load.ts'
import { groups, variables } from '../../../lib/cluster/environment.ts'
import { suite } from '../../support/suite.ts'
import { scratch } from '../inventory/scratch.ts'

const test = suite('docs/inventory')
const page = readFileSync(join(import.meta.dirname, '../../../docs/inventory.md'), 'utf8')

test('every name of the environment that is read is on the page, with what it stands for', () => {
  const rows = [...page.matchAll(/^\| `([A-Z\d_]+)` \| (.*) \|$/gm)].map(([, name, is]) => [name, is])
  const hosts = Object.entries(groups).map(([name, group]) => [name, `the hosts of the group \`${group}\``])
  assert.equal(rows, [...Object.entries(variables).map(([name, is]) => [name, `\`${is}\``]), ...hosts])
})

test('what --explain prints on the page is what it prints', async () => {
  const folder = scratch({
    'hosts.ini': '[server]\nnode1\n',
    'group_vars/all.yml': 'k3s:\n  disable: []\n  token: one-of-all\n',
    'group_vars/server.yml': 'k3s:\n  token: one-of-servers\n',
  })
  const noVault = { vaultIds: [], vaultPasswordFiles: [], askVaultPass: false }
  const options = { inventory: [join(folder, 'hosts.ini')], extraVars: [], playbookDir: folder, ...noVault }
  const { store } = await inventoryFor(options, folder, { roleNames: ['k3s'] })
  const told = explanation(store, 'node1', 'k3s.token').replaceAll(`${folder}/`, '')
  assert.ok(page.includes(`--explain node1 k3s.token\n${told}\n\`\`\``), told)
})
