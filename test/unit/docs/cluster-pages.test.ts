import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { clusterPorts } from '../../../lib/cluster/ports.ts'
import { loadInventory } from '../../../lib/inventory/inventory.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { loadVars } from '../../../lib/vars/load.ts'
import { resolveRoleVars } from '../../../lib/vars/resolve.ts'
import { causeIn } from '../../../roles/k3s/causes.ts'
import { thresholds } from '../../../roles/k3s/health/line.ts'
import { products } from '../../../roles/k3s/product.ts'
import { servicesPage, withServiceTables } from '../../../roles/k3s/services.ts'
import { newToken, partsOf } from '../../../roles/k3s/token.ts'
import { vars, type K3sVars } from '../../../roles/k3s/vars.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { configurationOf } from '../cluster/configuration.ts'

const test = suite('docs: pages on clusters')
const root = join(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const tokens = read('docs/tokens.md')

const blocks = (page: string, language: string) =>
  [...page.matchAll(new RegExp('```' + language + '\n([\\s\\S]*?)```', 'g'))].map(([, text = '']) => text)

/** What these group_vars come to. */
async function k3sOf(groupVars: string): Promise<K3sVars> {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'group_vars'))
  writeFileSync(join(folder, 'hosts.ini'), 'node1\n')
  writeFileSync(join(folder, 'group_vars/all.yml'), groupVars)
  const inventory = await loadInventory([join(folder, 'hosts.ini')])
  const store = await loadVars({ inventory, playbookFolder: folder, extra: [], roleNames: ['k3s'] })
  const resolved = resolveRoleVars(store.of('node1'), 'k3s', vars)
  if ('problems' in resolved) throw new Error(JSON.stringify(resolved.problems))
  return resolved.values
}

test('the tables of services and ports are those of the code', () => {
  const page = read(servicesPage)
  assert.is(page, withServiceTables(page), 'npm run fix writes them')
  for (const { units, dataDir } of Object.values(products)) {
    for (const name of [units.server, units.agent, dataDir]) assert.match(page, `\`${name}\``)
  }
  const ports = clusterPorts(configurationOf({ kubernetes: { distribution: 'rke2' } }))
  for (const { what, port, protocol } of ports) assert.match(page, `| ${what} | ${port}/${protocol} |`)
  assert.match(page, /\| etcd peers \| 2380\/tcp \| etcd \| etcd \| `etcd.type: hosts` \| kubeadm, binary \|/)
})

test('the tokens of the page are ones: the short form for founding, the full one for a cluster outside', async () => {
  const [own = '', outside = ''] = blocks(tokens, 'yaml')
  const founding = await k3sOf(own)
  assert.ok(founding.token instanceof Secret && founding.agentToken instanceof Secret)
  assert.is(partsOf(founding.token).ca, undefined)
  const joining = await k3sOf(outside)
  assert.is(joining.serverUrl, 'https://10.0.0.1:6443')
  assert.ok(joining.token instanceof Secret)
  assert.match(partsOf(joining.token).ca ?? '', /^[0-9a-f]{64}$/)
  assert.is(partsOf(joining.token).password, reveal(founding.token))
  assert.match(tokens, `made for it: ${reveal(newToken('a run')).length} hexadecimal digits`)
})

test('what the page has one look at by hand is the hash in the token', () => {
  const [, command = ''] = (blocks(tokens, 'sh')[0] ?? '').split('\n')
  const file = join(scratchFolder(), 'token')
  writeFileSync(file, `K10${'ab'.repeat(32)}::server:secret\n`)
  const said = execFileSync('sh', ['-c', command.replace('/var/lib/rancher/k3s/server/token', file)], {
    encoding: 'utf8',
  })
  assert.is(said, `${'ab'.repeat(32)}\n`)
})

test('the words by which a mismatch is known are those of the page, and its advice leads there', () => {
  const cause = causeIn(blocks(tokens, 'text')[0] ?? '')
  assert.match(cause?.message ?? '', /CA hash/)
  assert.match(cause?.advice ?? '', 'docs/tokens.md')
  for (const [, playbook = ''] of tokens.matchAll(/(playbooks\/\w+\.ts)/g)) {
    assert.ok(existsSync(join(root, playbook)), playbook)
  }
})

test('the page on health has the thresholds of the code', () => {
  const page = read('docs/health.md')
  const { certificateDays, diskPercent } = thresholds
  assert.match(page, `ends in less than ${certificateDays.fatal} days`)
  assert.match(page, `ends in less than ${certificateDays.warning} days`)
  assert.match(page, `less than ${diskPercent.fatal} % free`)
  assert.match(page, `less than ${diskPercent.warning} % |`)
})
