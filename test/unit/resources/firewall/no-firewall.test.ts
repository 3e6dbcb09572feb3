import * as assert from 'uvu/assert'
import { noFirewall } from '../../../../lib/resources/firewall/no-firewall.ts'
import { bring } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('no-firewall')
const [firewalld, ufw] = noFirewall()

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
