import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { hostsIn, variablesOf } from '../../../lib/cluster/environment.ts'
import { loadInventory } from '../../../lib/inventory/inventory.ts'
import { loadVars } from '../../../lib/vars/load.ts'
import { suite } from '../../support/suite.ts'
import { scratch } from '../inventory/scratch.ts'

const test = suite('what the environment says of a cluster')

const env = {
  K3S_VERSION: 'v1.28.3+k3s2',
  CLUSTER_CIDR: '10.42.0.0/16',
  CONTROL_PLANE_IPS: '192.0.2.11,192.0.2.12',
  WORKER_IPS: '192.0.2.21, 192.0.2.22:2222',
  NAMESPACE: 'gov-native',
  SERVICE_CIDR: ' ',
}

async function varsOf(
  files: Readonly<Record<string, string>>,
  roleNames: readonly string[],
  extra: readonly string[] = [],
) {
  const folder = scratch({ hosts: 'h\n', ...files })
  const inventory = await loadInventory([join(folder, 'hosts')])
  const environment = variablesOf(env)
  const options = { inventory, playbookFolder: join(folder, 'play'), extra, roleNames, environment }
  return (await loadVars(options)).of('h')
}

test('its names stand for variables, of roles only where the role is there', async () => {
  const vars = await varsOf({}, ['kubernetes'])
  assert.equal(vars.plain(), { kubernetes: { version: 'v1.28.3+k3s2' }, namespace: 'gov-native' })
})

test('it yields to whatever is written, and says where it comes from', async () => {
  const written = { 'group_vars/all.yml': 'network: {podCidr: 10.0.0.0/16}\nnamespace: other\n' }
  const vars = await varsOf(written, ['network', 'kubernetes'], ['kubernetes.version=v9'])
  assert.equal(vars.plain(), {
    network: { podCidr: '10.0.0.0/16' },
    kubernetes: { version: 'v9' },
    namespace: 'other',
  })
  const history = vars.history('kubernetes.version').map(({ origin }) => origin.file)
  assert.equal(history, ['command line', 'environment variable K3S_VERSION'])
})

test('lists of addresses are an inventory of servers and agents', async () => {
  const named = hostsIn(env)
  const inventory = await loadInventory(named === undefined ? [] : [named])
  assert.equal(inventory.group('server'), ['192.0.2.11', '192.0.2.12'])
  assert.equal(inventory.group('agent'), ['192.0.2.21', '192.0.2.22'])
  assert.is(hostsIn({ WORKER_IPS: '' }), undefined)
})
