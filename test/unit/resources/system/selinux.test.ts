import * as assert from 'uvu/assert'
import { selinux, type SelinuxMode } from '../../../../lib/resources/system/selinux.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('selinux')
const [enforce, path] = ['/sys/fs/selinux/enforce', '/etc/selinux/config']
const permissive = selinux({ mode: 'permissive' })

/** As RHEL 9 has it. */
function hostWith(boot: SelinuxMode, live: '1' | '0' | undefined): FakeHost {
  const host = new FakeHost('a', { family: 'dnf' })
  host.files.write(
    path,
    `# SELINUX= can take one of these three values:\n\nSELINUX=${boot}\nSELINUXTYPE=targeted\n`,
  )
  if (live !== undefined) host.files.write(enforce, live)
  return host
}

test('It is made permissive, now and for the next boot, and enforces again after a revert', () =>
  keepsContract({ host: hostWith('enforcing', '1'), resource: permissive }))

test('Only what differs is changed', async () => {
  const host = hostWith('permissive', '1')
  await keepsContract({ host, resource: permissive })
  await bring(host, permissive)
  assert.equal(host.traffic.writes, ['exec setenforce 0'])
})

test('It is disabled from the next boot on, and no longer enforces until then', async () => {
  const resource = selinux({ mode: 'disabled' })
  await keepsContract({ host: hostWith('enforcing', '1'), resource })
  const host = hostWith('enforcing', '1')
  await bring(host, resource)
  assert.is(host.files.read(enforce), '0')
  assert.is(
    host.files.read(path),
    '# SELINUX= can take one of these three values:\n\nSELINUX=disabled\nSELINUXTYPE=targeted\n',
  )
})

test('Where it is disabled, it is left to a boot to bring it back', async () => {
  const host = hostWith('disabled', undefined)
  await keepsContract({ host, resource: selinux({ mode: 'enforcing' }) })
  await bring(host, selinux({ mode: 'enforcing' }))
  assert.equal(await stateOf(host, permissive), { is: 'SELinux', live: 'disabled', boot: 'enforcing' })
})

test('A setting that is missing is added, and gone after a revert', () => {
  const host = hostWith('enforcing', '1')
  host.files.write(path, 'SELINUXTYPE=targeted\n')
  return keepsContract({ host, resource: permissive })
})

test('A host that does not know SELinux has nothing to do', async () => {
  assert.is(await bring(new FakeHost('a'), permissive), undefined)
})

test('Another mode is refused', () =>
  assert.throws(() => selinux({ mode: 'off' as SelinuxMode }), /knows no mode "off"/))

test('Where it may only be loosened, what is less strict already stays so, now and after a boot', async () => {
  const loosened = selinux({ atMost: 'permissive' })
  await keepsContract({ host: hostWith('enforcing', '1'), resource: loosened })
  await keepsContract({ host: hostWith('enforcing', undefined), resource: loosened })
  for (const host of [hostWith('disabled', undefined), hostWith('permissive', '0'), new FakeHost('a')])
    assert.is(await bring(host, loosened), undefined)
  const leaving = hostWith('disabled', '1')
  await keepsContract({ host: leaving, resource: loosened })
  await bring(leaving, loosened)
  assert.equal(await stateOf(leaving, loosened), { is: 'SELinux', live: 'permissive', boot: 'disabled' })
})
