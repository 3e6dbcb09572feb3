import { rejects } from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listPrefixes, pinText } from '../../../../lib/resources/package-repository/apt-sources.ts'
import { armoured } from '../../../../lib/resources/package-repository/openpgp-armour.ts'
import {
  packageRepository,
  type PackageRepositoryArgs,
} from '../../../../lib/resources/package-repository/package-repository.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('package-repository')
const key = armoured(Buffer.from('a key'))
const uri = 'https://packages.example.org/core:/v1.34/deb/'
const apt = { uris: [uri], suites: ['/'] }
const dnf = { baseurl: 'https://packages.example.org/core:/v1.34/rpm/', options: { priority: 10 } }
const own = '/etc/apt/sources.list.d/kubernetes.sources'
const list = '/var/lib/apt/lists/packages.example.org_core:_v1.34_deb_InRelease'

function repository(more: Partial<PackageRepositoryArgs> = {}) {
  return packageRepository({ name: 'kubernetes', apt, dnf, key, ...more })
}

function hostWith(files: Readonly<Record<string, string>> = {}, family: 'apt' | 'dnf' = 'apt'): FakeHost {
  const host = new FakeHost('a', { family })
  const folders = [
    '/etc/apt/sources.list.d',
    '/etc/apt/preferences.d',
    '/var/lib/apt/lists',
    '/etc/yum.repos.d',
  ]
  for (const folder of folders) host.files.mkdir(folder)
  host.files.mkdir('/etc/pki')
  for (const [path, text] of Object.entries(files)) host.files.write(path, text)
  return host
}

test('apt: a source, its key, its pin and its lists come, and go in a revert', async () => {
  const resource = repository({ apt: { ...apt, pin: { priority: 900 } } })
  await keepsContract({ host: hostWith(), resource })
  const host = hostWith()
  await bring(host, resource)
  assert.is(
    host.files.read(own),
    `Types: deb\nURIs: ${uri}\nSuites: /\nSigned-By: /etc/apt/keyrings/kubernetes.gpg\n`,
  )
  assert.is(host.files.read('/etc/apt/keyrings/kubernetes.gpg'), 'a key')
  assert.match(
    host.files.read('/etc/apt/preferences.d/kubernetes') ?? '',
    'Pin: origin "packages.example.org"',
  )
  assert.is(host.files.read(list), 'fetched')
})

test('dnf: a section and its key in its armour come, and go in a revert', async () => {
  await keepsContract({ host: hostWith({}, 'dnf'), resource: repository() })
  const host = hostWith({}, 'dnf')
  await bring(host, repository({ key: Buffer.from('a key').toString('base64') }))
  const keyFile = '/etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes'
  assert.is(
    host.files.read('/etc/yum.repos.d/kubernetes.repo'),
    `[kubernetes]\nname=kubernetes\nbaseurl=${dnf.baseurl}\nenabled=1\ngpgcheck=1\ngpgkey=file://${keyFile}\npriority=10\n`,
  )
  assert.is(host.files.read(keyFile), key)
})

test('A key is taken from a file of the role, armoured or not', async () => {
  const roleFolder = scratchFolder()
  mkdirSync(join(roleFolder, 'files'))
  writeFileSync(join(roleFolder, 'files', 'key.asc'), key)
  writeFileSync(join(roleFolder, 'files', 'key.gpg'), 'a key')
  for (const source of ['key.asc', 'key.gpg']) {
    const resource = repository({ key: { source } })
    await keepsContract({ host: hostWith(), resource, roleFolder })
    const spec = await kindOf(resource.kind).resolve?.(resource.spec, { roleFolder })
    const host = hostWith()
    await bring(host, { ...resource, spec: spec ?? {} })
    assert.is(host.files.read('/etc/apt/keyrings/kubernetes.gpg'), 'a key')
  }
})

test('Another address, and another key, have their lists fetched anew; the old ones are back after a revert', async () => {
  const host = hostWith()
  await bring(host, repository())
  const next = { uris: [uri.replace('1.34', '1.35')], suites: ['/'] }
  const change = await bring(host.clone(), repository({ apt: next }))
  assert.is(change?.from['lists'], 'missing')
  await keepsContract({ host: host.clone(), resource: repository({ key: armoured(Buffer.from('another')) }) })
})

test('Lists that were never fetched, or were taken away, are a difference', async () => {
  const host = hostWith()
  await bring(host, repository())
  assert.is(await bring(host, repository()), undefined)
  host.files.remove(list)
  host.files.remove(list.replace('InRelease', 'Packages'))
  assert.is((await stateOf(host, repository()))['lists'], 'missing')
  await bring(host, repository())
  assert.is(host.files.read(list), 'fetched')
})

test('Only the lists of this source are fetched', async () => {
  const host = hostWith()
  await bring(host, repository())
  const updates = host.traffic.commands.filter((text) => text.startsWith('apt-get update'))
  assert.is(updates.length, 1)
  assert.match(updates[0] ?? '', `Dir::Etc::sourcelist=${own}`)
  assert.match(updates[0] ?? '', 'APT::Get::List-Cleanup=0')
})

test('Lists that cannot be fetched, or are signed by another key, are an error that says why', async () => {
  const dead = repository({ apt: { uris: ['https://dead.example.org/'], suites: ['/'] } })
  const failed = await bring(hostWith(), dead).catch((error: unknown) => error)
  assert.match(
    String(failed),
    /a cannot fetch what the repository kubernetes has\.\nW: Failed to fetch it: 404/,
  )
  const wrong = bring(hostWith(), repository({ key: armoured(Buffer.from('wrong')) }))
  await rejects(wrong, (error: Error & { advice?: string }) =>
    /not the one by which/.test(error.advice ?? ''),
  )
})

test('An old line that names the same source gives way, and is back as it stood after a revert', async () => {
  const old = '/etc/apt/sources.list.d/k8s.list'
  const host = hostWith({
    [old]: `# theirs\ndeb [signed-by=/x.gpg] ${uri.slice(0, -1)} /\ndeb https://elsewhere.example.org/ /`,
  })
  await keepsContract({ host, resource: repository() })
  await bring(host, repository())
  assert.match(
    host.files.read(old) ?? '',
    /^# theirs\n# now in kubernetes\.sources: deb .*\ndeb https:\/\/elsewhere/,
  )
  assert.is(await bring(host, repository()), undefined)
})

test('A file of the new form that names the same source is an error, unless it is off or of another suite', async () => {
  const other = '/etc/apt/sources.list.d/k8s.sources'
  const text = `Types: deb\nURIs: ${uri}\nSuites: /\n`
  await rejects(() => bring(hostWith({ [other]: text }), repository()), /stands in .*k8s\.sources as well/)
  await bring(hostWith({ [other]: `${text}Enabled: no\n` }), repository())
  await bring(hostWith({ [other]: text.replace('Suites: /', 'Suites: stable') }), repository())
})

test('A repository that is to be absent goes with its key and its lists, and is back after a revert', async () => {
  const host = hostWith()
  await bring(host, repository())
  await keepsContract({
    host: host.clone(),
    resource: packageRepository({ name: 'kubernetes', apt, state: 'absent' }),
  })
})

test('A host of the family that nothing is given for is told', async () => {
  const { dnf: _, ...onlyApt } = { name: 'x', apt, dnf }
  await rejects(
    () => bring(hostWith({}, 'dnf'), packageRepository(onlyApt)),
    /has nothing for a host with dnf/,
  )
})

test('Many repositories cost one round trip', async () => {
  const host = hostWith()
  const refs = ['a', 'b', 'c'].map((name) => packageRepository({ name, apt }).ref)
  await kindOf('packageRepository').read(host, refs)
  assert.is(host.traffic.trips, 1)
})

test('Lists are named as apt names them', () => {
  const source = {
    uris: ['http://deb.example.org/debian', 'https://x.org/a_b/'],
    suites: ['bookworm', 'stable/'],
  }
  assert.equal(listPrefixes(source), [
    'deb.example.org_debian_dists_bookworm_',
    'deb.example.org_debian_stable_',
    'x.org_a%5fb_dists_bookworm_',
    'x.org_a%5fb_stable_',
  ])
})

test('A pin names each host once', () => {
  const uris = ['https://a.org/x', 'https://a.org/y', 'https://b.org/']
  const text = pinText({ uris, suites: ['/'], pin: { priority: 100, packages: ['kubelet', 'kubeadm'] } })
  assert.is(
    text,
    'Package: kubelet kubeadm\nPin: origin "a.org"\nPin-Priority: 100\n\n' +
      'Package: kubelet kubeadm\nPin: origin "b.org"\nPin-Priority: 100\n',
  )
})

test('Addresses with a login, names that are no file, and a repository without a source are refused', () => {
  const withLogin = { ...apt, uris: ['https://me:secret@x.org/'] }
  const refused = () => repository({ apt: withLogin })
  assert.throws(refused, /holds a login/)
  assert.throws(refused, (error: Error) => !error.message.includes('secret'))
  assert.throws(() => repository({ name: '../x' }), /no name of a repository/)
  assert.throws(() => packageRepository({ name: 'x' }), /needs a source/)
})
