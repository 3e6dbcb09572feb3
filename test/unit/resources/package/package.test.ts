import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { osPackage } from '../../../../lib/resources/package/package.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('package')
const config = '/etc/chrony/chrony.conf'
const chrony = osPackage({ name: 'chrony' })
const kind = kindOf('package')

function repository(family: 'apt' | 'dnf' = 'apt'): FakeHost {
  const host = new FakeHost('a', { family })
  host.packages.offer({ name: 'libseccomp', version: '2.5', files: { '/usr/lib/libseccomp.so': 'x' } })
  host.packages.offer({ name: 'tzdata', version: '2024', conffiles: { '/etc/tzdata.conf': 'shipped' } })
  host.packages.offer({
    name: 'chrony',
    version: '4.3',
    files: { '/usr/sbin/chronyd': 'x' },
    conffiles: { [config]: 'shipped\n' },
    units: { 'chrony.service': { reads: [config] } },
    depends: ['libseccomp', 'tzdata'],
  })
  return host
}

async function installed(host: FakeHost, ...names: readonly string[]): Promise<FakeHost> {
  for (const name of names) await host.packages.install(name, undefined, false, async () => {})
  return host
}

for (const family of ['apt', 'dnf'] as const) {
  test(`${family}: a package comes with what it needs, and goes with it in a revert`, () =>
    keepsContract({ host: repository(family), resource: chrony }))

  test(`${family}: what was there before stays in a revert`, async () =>
    keepsContract({ host: await installed(repository(family), 'tzdata'), resource: chrony }))

  test(`${family}: what is installed is left alone, in one round trip`, async () => {
    const host = await installed(repository(family), 'chrony')
    assert.is(await bring(host, chrony), undefined)
    await kind.read(host, [
      { name: 'chrony', aim: 'any version' },
      { name: 'tzdata', aim: 'any version' },
      { name: 'no', aim: 'any version' },
    ])
    assert.is(host.traffic.trips, 2)
    assert.equal(host.traffic.writes, [])
  })

  test(`${family}: another version is installed, and the old one again by a revert`, async () => {
    const host = await installed(repository(family), 'chrony')
    host.packages.offer({ name: 'chrony', version: '4.5', conffiles: { [config]: 'shipped\n' } })
    await keepsContract({ host, resource: osPackage({ name: 'chrony', version: '4.5' }) })
  })

  test(`${family}: a version that no repository has any more cannot come back, and that is said`, async () => {
    const host = await installed(repository(family), 'chrony')
    host.packages.offer({ name: 'chrony', version: '4.5' })
    const newer = osPackage({ name: 'chrony', version: '4.5' })
    const to = { is: 'installed', version: '4.5' }
    assert.is(kind.oneWay?.({ from: await stateOf(host, newer), to }, newer.ref), undefined)
    host.packages.withdraw('chrony', '4.3')
    const reason = kind.oneWay?.({ from: await stateOf(host, newer), to }, newer.ref)
    assert.is(reason, 'No repository has version 4.3 of chrony any more.')
  })

  test(`${family}: what a human installed for it later is not removed with it`, async () => {
    const host = repository(family)
    host.packages.offer({ name: 'theirs', version: '1', depends: ['chrony'] })
    const change = await bring(host, chrony)
    await installed(host, 'theirs')
    assert.ok(change)
    await rejects(
      () => kind.apply(host, chrony.ref, { from: change.to, to: change.from }),
      /theirs would go with it/,
    )
    assert.ok(host.packages.installed('chrony'))
  })

  test(`${family}: what came along but is needed by others since stays`, async () => {
    const host = repository(family)
    host.packages.offer({ name: 'theirs', version: '1', depends: ['libseccomp'] })
    const change = await bring(host, chrony)
    await installed(host, 'theirs')
    assert.ok(change)
    await kind.apply(host, chrony.ref, { from: change.to, to: change.from })
    assert.equal(host.packages.names(), ['libseccomp', 'theirs'])
  })
}

test('A package that is to be absent is removed without its configuration, and is back after a revert', async () => {
  const host = await installed(repository(), 'chrony')
  const absent = osPackage({ name: 'chrony', state: 'absent' })
  host.files.write(config, 'edited\n')
  host.systemd.restart('chrony.service')
  await keepsContract({ host, resource: absent })
  await bring(host, absent)
  assert.is(host.files.read(config), 'edited\n')
  assert.is(await bring(host, absent), undefined)
})

test('A package that was removed with its configuration kept is so again after a revert', async () => {
  const host = await installed(repository(), 'chrony')
  host.files.write(config, 'edited\n')
  host.packages.remove('chrony', false)
  host.packages.remove('libseccomp', false)
  assert.is(host.packages.get('chrony')?.status, 'config-files')
  await keepsContract({ host, resource: chrony })
})

test('A configuration file that stood there though nobody had installed anything stays', async () => {
  const host = repository()
  host.files.write(config, 'theirs\n', { mode: 0o640 })
  await keepsContract({ host, resource: chrony })
})

test('A configuration file that only ucf knows of stays as well', async () => {
  const host = new FakeHost('a')
  host.packages.offer({ name: 'keys', version: '1', ucf: { '/etc/keys/keys.conf': 'shipped' } })
  const keys = osPackage({ name: 'keys' })
  await keepsContract({ host, resource: keys })
  host.files.write('/etc/keys/keys.conf', 'theirs')
  await keepsContract({ host, resource: keys })
})

test('What came along and had left its configuration before leaves it again', async () => {
  const host = await installed(repository(), 'tzdata')
  host.files.write('/etc/tzdata.conf', 'edited')
  host.packages.remove('tzdata', false)
  await keepsContract({ host, resource: chrony })
})

test('A daemon that comes with it runs as its package starts it', async () => {
  const host = repository()
  await bring(host, chrony)
  assert.is(host.systemd.active('chrony.service'), 'active')
  assert.ok(host.systemd.enabled('chrony.service'))
})

test('Lists that were never fetched are fetched', async () => {
  const host = repository()
  host.packages.listsFetched = false
  await bring(host, chrony)
  assert.ok(host.packages.installed('chrony'))
})

test('Lists that are known are not fetched', async () => {
  const host = repository()
  await bring(host, chrony)
  assert.not(host.traffic.commands.includes('apt-get update'))
})

test('A package that no repository has is named', async () => {
  const advice = /No repository of a has chrony; known are: none/
  await rejects(() => bring(new FakeHost('a'), chrony), advice)
  const version = osPackage({ name: 'chrony', version: '9' })
  await rejects(() => bring(repository(), version), /has version 9 of chrony; known are: 4\.3/)
})

test('A package whose installation was interrupted is brought to its end', async () => {
  const host = repository()
  host.traffic.beforeWrite = (what) => {
    if (what === 'configure chrony') throw new Error('power cut')
  }
  await rejects(() => bring(host, chrony), /power cut/)
  const next = host.clone()
  assert.is((await stateOf(next, chrony)).is, 'half')
  await bring(next, chrony)
  assert.ok(next.packages.installed('chrony'))
})

test('A host with neither tool is told', async () => {
  const host = new FakeHost('a')
  host.on('command -v apt-get || command -v dnf || command -v yum', { code: 1 })
  await rejects(() => stateOf(host, chrony), /neither apt nor dnf/)
})

test('Names that could be options or patterns are refused', () => {
  for (const name of ['-y', 'a b', 'a*', '', 'a=1'])
    assert.throws(() => osPackage({ name }), /no name of a package/)
})
