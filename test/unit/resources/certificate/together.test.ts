import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { certified } from '../../../../docs/examples/certified.ts'
import { pki } from '../../../../lib/pki/vars.ts'
import type { Step } from '../../../../lib/pki/replacement.ts'
import { readVars } from '../../../../lib/vars/schema.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster, type FakeRunOptions } from '../../../support/fake-run.ts'
import { newPlace } from '../../../support/pki.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('certificates in one task')
const names = ['h1', 'h2', 'h3']

/** The role that the page on certificates shows, on three hosts and with a folder of its own. */
function ground() {
  const cluster = new FakeCluster(names.map((name) => new FakeHost(name)))
  const { store } = newPlace()
  const given = { ...readVars(pki, undefined, () => undefined), ...store }
  const options = (authorityStep?: Step): FakeRunOptions => ({
    vars: { pki: given, certified: { authorityStep } },
    member: () => ({ address: '10.0.0.1' }),
  })
  return {
    cluster,
    folder: store.folder,
    check: (step?: Step) => cluster.check(certified, options(step)),
    run: (step?: Step) => cluster.run(certified, options(step)),
  }
}

function changed(resources: Readonly<Record<string, string>>): readonly string[] {
  const kinds = Object.entries(resources)
    .filter(([, status]) => status !== 'ok')
    .map(([id, status]) => `${id.replace(/^h\d (\w+):.*/, '$1')} ${status}`)
  return [...new Set(kinds)].toSorted()
}

test('On a bare controller a check foretells all of it and makes nothing; the run does what was foretold', async () => {
  const { folder, check, run } = ground()
  const foretold = await check()
  assert.not(existsSync(folder))
  const done = await run()
  assert.not(done.end.failed)
  const all = ['authority changed', 'certificate changed', 'directory changed', 'trust changed']
  assert.equal(changed(foretold.resources), all)
  assert.equal(changed(done.resources), all)
  assert.equal(changed((await check()).resources), [])
  assert.equal(changed((await run()).resources), [])
})

test('Each step of a replacement is foretold by a check for what it comes to on the hosts', async () => {
  const { check, run } = ground()
  await run()
  for (const [step, expected] of [
    ['introduce', ['authority changed', 'trust changed']],
    ['switch', ['authority changed', 'certificate changed']],
    ['drop', ['authority changed', 'trust changed']],
  ] as const) {
    assert.equal(changed((await check(step)).resources), expected)
    const done = await run(step)
    assert.not(done.end.failed)
    assert.equal(changed(done.resources), expected)
    assert.equal(changed((await check(step)).resources), [])
  }
})

test('A revert takes the certificates away, keeps the authority and says why', async () => {
  const { cluster, folder, run } = ground()
  const before = names.map((name) => cluster.host(name).snapshot())
  const { directory } = await run()
  const reverted = await cluster.revert(directory, certified)
  assert.equal(changed(reverted.resources), [
    'authority kept',
    'certificate reverted',
    'directory reverted',
    'trust reverted',
  ])
  assert.equal(
    names.map((name) => cluster.host(name).snapshot()),
    before,
  )
  assert.ok(existsSync(`${folder}/certified.key`))
})
