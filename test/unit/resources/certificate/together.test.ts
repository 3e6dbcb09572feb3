import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { pki, storeOf, type Pki } from '../../../../lib/cluster/pki-vars.ts'
import { defineRole } from '../../../../lib/play/role.ts'
import type { Step } from '../../../../lib/pki/replacement.ts'
import { authority, certificate, directory, trust } from '../../../../lib/resources/index.ts'
import { defineVars, readVars } from '../../../../lib/vars/schema.ts'
import { FakeCluster } from '../../../support/fake-run.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { newPlace } from '../../../support/pki.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('certificates in one task')
const names = ['h1', 'h2', 'h3']

function settings(folder: string): Pki {
  const values = readVars(pki, undefined, () => undefined)
  return { ...values, ...newPlace().store, folder }
}

function roleWith(folder: string, step?: Step) {
  return defineRole({
    name: 'app',
    folder: import.meta.dirname,
    vars: defineVars({}),
    async tasks({ task, run, host }) {
      const { algorithm, authorityDays, leafDays, renewDays, ...rest } = settings(folder)
      const store = storeOf(rest, run)
      const name = 'app'
      await task(
        'Bring certificates',
        directory({ path: '/etc/app' }),
        authority({ name, store, commonName: 'app', algorithm, days: authorityDays, step }),
        trust({ path: '/etc/app/ca.crt', authority: { name, store } }),
        certificate({
          cert: '/etc/app/own.crt',
          key: '/etc/app/own.key',
          authority: { name, store },
          commonName: host.name,
          dns: [host.name],
          addresses: [],
          usages: ['server'],
          algorithm,
          days: leafDays,
          renewDays,
        }),
      )
    },
  })
}

function fakeCluster(): FakeCluster {
  return new FakeCluster(names.map((name) => new FakeHost(name)))
}

function changed(resources: Readonly<Record<string, string>>): readonly string[] {
  const kinds = Object.entries(resources)
    .filter(([, status]) => status !== 'ok')
    .map(([id, status]) => `${id.replace(/^h\d (\w+):.*/, '$1')} ${status}`)
  return [...new Set(kinds)]
}

test('On a bare controller a check foretells all of it and makes nothing; the run does what was foretold', async () => {
  const { folder } = newPlace().store
  const cluster = fakeCluster()
  const foretold = await cluster.check(roleWith(folder))
  assert.not(existsSync(folder))
  const run = await cluster.run(roleWith(folder))
  assert.not(run.end.failed)
  const all = ['directory changed', 'authority changed', 'trust changed', 'certificate changed']
  assert.equal(changed(foretold.resources), all)
  assert.equal([...new Set(changed(run.resources))].toSorted(), all.toSorted())
  assert.equal(changed((await cluster.check(roleWith(folder))).resources), [])
  assert.equal(changed((await cluster.run(roleWith(folder))).resources), [])
})

test('Each step of a replacement is foretold by a check for what it comes to on the hosts', async () => {
  const { folder } = newPlace().store
  const cluster = fakeCluster()
  await cluster.run(roleWith(folder))
  for (const [step, expected] of [
    ['introduce', ['authority changed', 'trust changed']],
    ['switch', ['authority changed', 'certificate changed']],
    ['drop', ['authority changed', 'trust changed']],
  ] as const) {
    assert.equal(changed((await cluster.check(roleWith(folder, step))).resources), expected)
    const run = await cluster.run(roleWith(folder, step))
    assert.not(run.end.failed)
    assert.equal(changed(run.resources), expected)
    assert.equal(changed((await cluster.check(roleWith(folder, step))).resources), [])
  }
})

test('A revert takes the certificates away, keeps the authority and says why', async () => {
  const { folder } = newPlace().store
  const cluster = fakeCluster()
  const before = names.map((name) => cluster.host(name).snapshot())
  const { directory } = await cluster.run(roleWith(folder))
  const reverted = await cluster.revert(directory, roleWith(folder))
  assert.equal(changed(reverted.resources).toSorted(), [
    'authority kept',
    'certificate reverted',
    'directory reverted',
    'trust reverted',
  ])
  assert.equal(
    names.map((name) => cluster.host(name).snapshot()),
    before,
  )
  assert.ok(existsSync(`${folder}/app.key`))
})
