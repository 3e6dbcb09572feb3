import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { osPackage } from '../../../../lib/resources/package/package.ts'
import { packages } from '../../../../lib/resources/package/packages.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('packages')
const names = ['kubelet', 'kubeadm', 'kubectl']
const versions = ['1.33.5-1.1', '1.34.0-1.1', '1.34.2-1.1', '1.35.0-1.1']

function hostWith(family: 'apt' | 'dnf' = 'apt'): FakeHost {
  const host = new FakeHost('a', { family })
  host.packages.offer({ name: 'conntrack', version: '1.4', files: { '/usr/sbin/conntrack': 'x' } })
  for (const version of versions) {
    for (const name of names) {
      const depends = name === 'kubelet' ? { depends: ['conntrack'] } : {}
      host.packages.offer({ name, version, files: { [`/usr/bin/${name}`]: version }, ...depends })
    }
  }
  return host
}

async function installed(host: FakeHost, version: string, ...these: readonly string[]): Promise<FakeHost> {
  for (const name of these) await host.packages.install(name, version, false, async () => {})
  return host
}

for (const family of ['apt', 'dnf'] as const) {
  test(`${family}: packages come together, at one version and held, and go in a revert`, () =>
    keepsContract({ host: hostWith(family), resource: packages({ names, version: '1.34.*', hold: true }) }))

  test(`${family}: they move together from where each of them stood, and back`, async () => {
    const host = await installed(hostWith(family), '1.33.5-1.1', 'kubelet', 'kubeadm')
    host.packages.hold('kubelet', true)
    await keepsContract({ host, resource: packages({ names, version: '1.34.2', hold: true }) })
  })

  test(`${family}: one that is held is freed, moved and held again, and is back so after a revert`, async () => {
    const host = await installed(hostWith(family), '1.33.5-1.1', 'kubelet')
    host.packages.hold('kubelet', true)
    await keepsContract({ host, resource: osPackage({ name: 'kubelet', version: '1.34.0-1.1', hold: true }) })
    await keepsContract({ host, resource: osPackage({ name: 'kubelet', hold: false }) })
  })

  test(`${family}: an older version needs leave`, async () => {
    const host = await installed(hostWith(family), '1.35.0-1.1', 'kubelet')
    const older = { name: 'kubelet', version: '1.34.*' }
    await rejects(
      () => bring(host, osPackage(older)),
      /installed in version 1\.35\.0-1\.1, which is newer than 1\.34/,
    )
    await keepsContract({ host, resource: osPackage({ ...older, allowDowngrade: true }) })
  })
}

test('One transaction installs all of them, the newest that fits', async () => {
  const host = hostWith()
  await bring(host, packages({ names, version: '1.34.*', hold: true }))
  const changing = host.traffic.commands.filter((text) => /^apt-get install|^apt-mark hold/.test(text))
  assert.is(changing.length, 2)
  assert.match(changing[0] ?? '', /kubeadm=1\.34\.2-1\.1 kubectl=1\.34\.2-1\.1 kubelet=1\.34\.2-1\.1$/)
  assert.is(host.packages.snapshot()['kubelet'], 'installed 1.34.2-1.1 held')
})

test('What fits already is left, and costs one round trip and one more for the way back', async () => {
  const host = await installed(hostWith(), '1.34.0-1.1', ...names)
  const resource = packages({ names, version: '1.34.*' })
  assert.is(await bring(host, resource), undefined)
  assert.equal(host.traffic.writes, [])
  const state = await stateOf(host, packages({ names, version: '1.34.*', hold: true }))
  assert.equal(state['kubectl'], {
    is: 'installed',
    version: '1.34.*',
    held: false,
    hint: { version: '1.34.0-1.1', available: true },
  })
})

test('What somebody did to one of them leaves the others to a revert', async () => {
  const host = hostWith()
  const resource = packages({ names, version: '1.34.2' })
  const change = await bring(host, resource)
  host.packages.remove('kubectl', false)
  assert.ok(change)
  const now = await stateOf(host, resource)
  const to = { ...change.from, kubectl: now['kubectl'] ?? null }
  await kindOf('packages').apply(host, resource.ref, { from: now, to })
  assert.equal(host.packages.names(), [])
})

test('A package that somebody else holds is not moved', async () => {
  const host = await installed(hostWith(), '1.33.5-1.1', 'kubelet')
  host.packages.hold('kubelet', true)
  await rejects(
    () => bring(host, osPackage({ name: 'kubelet', version: '1.34.*' })),
    /Held packages were changed/,
  )
})

test('dnf without its plugin is an error that names the plugin', async () => {
  const host = hostWith('dnf').on(/^dnf -q versionlock list/, {
    code: 1,
    stderr: 'No such command: versionlock. Please use /usr/bin/dnf --help\n',
  })
  await rejects(
    () => bring(host, osPackage({ name: 'kubelet', hold: true })),
    /cannot hold packages: it has no command versionlock/,
  )
})

test('Each of them is a thing of its own, so that no other role wants the same', () => {
  const { kind, ref, spec, id } = packages({ names: ['b', 'a', 'b'] })
  assert.equal(kindOf(kind).claim(ref, spec), ['package:a', 'package:b'])
  assert.is(id, 'packages:a+b')
})

test('Packages that no repository has in that version are named', async () => {
  const wants = () => bring(hostWith(), packages({ names, version: '1.40.*' }))
  await rejects(wants, /has version 1\.40\.\* of kubeadm; known are: 1\.35\.0-1\.1/)
})

test('No names, versions that could be options, and what is absent and held are refused', () => {
  assert.throws(() => packages({ names: [] }), /needs the name/)
  assert.throws(() => packages({ names, version: '1 --x' }), /is no version of/)
  assert.throws(() => packages({ names, state: 'absent', hold: true }), /to be absent, and to have a version/)
})
