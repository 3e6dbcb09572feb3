import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { noFirewall } from '../../../../lib/resources/firewall/no-firewall.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { kernelRules } from '../../../support/fake-host/nft.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { table, withNftables } from '../../../support/nftables.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('no-firewall')
const [firewalld, ufw, nftables] = noFirewall()

function hostWith({ enabled = 'no', running = false } = {}): FakeHost {
  const host = new FakeHost('a')
  host.files.write('/etc/ufw/ufw.conf', `ENABLED=${enabled}\nLOGLEVEL=low\n`)
  if (running) host.systemd.define('firewalld.service', { running, enabled: true })
  return host
}

test('ufw is disabled, and active again after a revert', () => {
  assert.ok(ufw)
  return keepsContract({ host: hostWith({ enabled: 'yes' }), resource: ufw })
})

test('firewalld is stopped and disabled, and runs again after a revert', () => {
  assert.ok(firewalld)
  return keepsContract({ host: hostWith({ running: true }), resource: firewalld })
})

test('Where neither is active, or neither is there, nothing is to be done', async () => {
  for (const host of [hostWith(), new FakeHost('a')])
    for (const resource of noFirewall()) assert.is(await bring(host, resource), undefined)
})

const own = table('inet own')
const kubeProxy = 'table ip kube-proxy {\n\tchain services {\n\t\tdrop\n\t}\n}\n'

test('Rules of nftables.service that refuse are stopped and disabled, and in force again after a revert', async () => {
  assert.ok(nftables)
  await keepsContract({ host: withNftables({ text: own }), resource: nftables })
  await keepsContract({ host: withNftables({ text: own, enabled: false }), resource: nftables })
  await keepsContract({ host: withNftables({ text: own, kernel: '', running: false }), resource: nftables })
})

test('Rules of nftables.service that refuse nothing are left as they are', async () => {
  assert.ok(nftables)
  const text = own.replace('policy drop', 'policy accept')
  assert.is(await bring(withNftables({ text, kernel: text + kubeProxy }), nftables), undefined)
  assert.is(await bring(withNftables({ text: own, kernel: '', enabled: false }), nftables), undefined)
})

test('nftables.service is neither stopped nor started where that would flush the tables of others', async () => {
  assert.ok(nftables)
  const host = withNftables({ text: own, kernel: own + kubeProxy })
  await rejects(() => bring(host, nftables), /To stop nftables.service would flush .* ip kube-proxy\./)
  assert.equal(host.traffic.writes, [])
  host.files.write(kernelRules, own)
  const change = await bring(host, nftables)
  assert.ok(change)
  host.files.write(kernelRules, kubeProxy)
  const back = { from: change.to, to: change.from }
  const { apply } = kindOf(nftables.kind)
  await rejects(() => apply(host, nftables.ref, back), /To start .* of a would flush .* ip kube-proxy\./)
  assert.ok(host.systemd.enabled('nftables.service'))
  assert.is(host.systemd.active('nftables.service'), 'inactive')
})
