import * as assert from 'uvu/assert'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { groundOf, hostOf } from './tuned.ts'

// On the fake host alone: no lab host knows SELinux.
const test = suite('roles/system_tuning: selinux')
const [enforce, config] = ['/sys/fs/selinux/enforce', '/etc/selinux/config']
const rhel = (boot: string, live?: '0' | '1') =>
  hostOf('redhat', {
    [config]: `# As shipped\nSELINUX=${boot}\nSELINUXTYPE=targeted\n`,
    ...(live === undefined ? {} : { [enforce]: live }),
  })

test('An enforcing host only warns, and keeps the four laws', () =>
  keepsLaws(
    () => groundOf([rhel('enforcing', '1')], { selinux: 'permissive' }),
    ({ host }): readonly Damage[] => [
      { title: 'enforcing', repairs: ['selinux:mode'], do: () => host.files.write(enforce, '1') },
      {
        title: 'enforcing from the next boot on',
        repairs: ['selinux:mode'],
        do: () => host.files.write(config, '# As shipped\nSELINUX=enforcing\nSELINUXTYPE=targeted\n'),
      },
    ],
  ))

test('A host on which it only warns, is disabled or unknown stays as it is', async () => {
  for (const host of [rhel('permissive', '0'), rhel('disabled'), rhel('disabled', '0'), hostOf('debian')]) {
    const before = host.snapshot()
    assert.equal((await groundOf([host], { selinux: 'permissive' }).run()).changed, [])
    assert.equal(host.snapshot(), before)
  }
})

test('It can be left alone', async () => {
  const host = rhel('enforcing', '1')
  assert.equal((await groundOf([host], { selinux: 'keep' }).run()).changed, [])
  assert.is(host.files.read(enforce), '1')
})
