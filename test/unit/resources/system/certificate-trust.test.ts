import { rejects } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { certificateTrust } from '../../../../lib/resources/system/certificate-trust.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('certificateTrust')
const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../fixtures/certificates', `${name}.pem`), 'utf8')
const [one, two, leaf] = [pem('one'), pem('two'), pem('leaf')]
const resource = certificateTrust({ name: 'company', certificate: one })
const debianBundle = '/etc/ssl/certs/ca-certificates.crt'

async function debian(): Promise<FakeHost> {
  const host = new FakeHost('a')
  host.files.write('/usr/sbin/update-ca-certificates', '', { mode: 0o755 })
  host.files.mkdir('/usr/local/share/ca-certificates')
  return filled(host, '/usr/share/ca-certificates/mozilla.crt', '/usr/sbin/update-ca-certificates')
}

async function redhat(): Promise<FakeHost> {
  const host = new FakeHost('a', { family: 'dnf' })
  host.files.write('/usr/bin/update-ca-trust', '', { mode: 0o755 })
  host.files.mkdir('/etc/pki/ca-trust/source/anchors')
  return filled(host, '/usr/share/pki/ca-trust-source/anchors/mozilla.pem', '/usr/bin/update-ca-trust')
}

/** With a bundle as the system's own package leaves it. */
async function filled(host: FakeHost, own: string, update: string): Promise<FakeHost> {
  host.files.write(own, two)
  await host.exec({ text: update })
  return host.clone()
}

test('An authority is trusted, and trusted no more after a revert', async () => {
  const host = await debian()
  await keepsContract({ host: host.clone(), resource })
  await bring(host, resource)
  assert.is(host.files.read(debianBundle), `${two}${one}`)
  assert.is(await bring(host, resource), undefined)
})

test('It is trusted where the tools are those of the Red Hat family', async () => {
  const host = await redhat()
  await keepsContract({ host: host.clone(), resource })
  await bring(host, resource)
  assert.is(host.files.read('/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'), `${two}${one}`)
})

test('Another certificate of that name gives way, and is trusted again after a revert', async () => {
  const host = await debian()
  await bring(host, certificateTrust({ name: 'company', certificate: two }))
  await keepsContract({ host: host.clone(), resource })
})

for (const [what, damage] of Object.entries<(host: FakeHost) => void>({
  'that programs read lacks it': (host) => host.files.write(debianBundle, two),
  'that programs read is gone': (host) => host.files.remove(debianBundle),
  'it was made from was removed': (host) => host.files.remove('/usr/local/share/ca-certificates/company.crt'),
  'it was made from may not be read': (host) =>
    host.files.chmod('/usr/local/share/ca-certificates/company.crt', { mode: 0o600 }),
})) {
  test(`It is trusted again where what ${what}`, async () => {
    const host = await debian()
    await bring(host, resource)
    const whole = host.snapshot()
    damage(host)
    assert.ok(await bring(host, resource))
    assert.equal(host.snapshot(), whole)
  })
}

test('A bundle that lacked it is not made wrong again, and that is said', async () => {
  const { oneWay } = kindOf('certificateTrust')
  const host = await debian()
  await bring(host, resource)
  host.files.write(debianBundle, two)
  const from = await stateOf(host, resource)
  assert.match(oneWay?.({ from, to: { ...from, bundled: true } }, resource.ref) ?? '', /not made wrong again/)
  assert.is(oneWay?.({ from: { is: 'absent' }, to: from }, resource.ref), undefined)
})

test('A body whose lines are broken otherwise is the same certificate', async () => {
  const host = await debian()
  await bring(host, resource)
  host.files.write(debianBundle, one.replaceAll(/(?<=[\w+/]{20})\n(?=[\w+/]{20})/g, '\r\n  '))
  assert.is(await bring(host, resource), undefined)
})

test('A system without such tools may still get them', () =>
  rejects(() => bring(new FakeHost('a'), resource), /neither update-ca-certificates nor update-ca-trust/))

test('What is not one certificate of an authority is refused', async () => {
  const host = await debian()
  const given = (certificate: string) => bring(host, certificateTrust({ name: 'company', certificate }))
  await rejects(() => given(leaf), /CN=leaf\) is none of an authority/)
  await rejects(() => given(`${one}${two}`), /it holds 2/)
  await rejects(() => given('none'), /it holds 0/)
  await rejects(() => given(one.replace(/\n[\w+/]{20}/, '\nAAAA')), /cannot be read/)
  assert.throws(() => certificateTrust({ name: '../x', certificate: one }), /is no name/)
})
