import * as assert from 'uvu/assert'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { osPackage } from '../../../lib/resources/package/package.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/07 unit of an earlier package')

function running(...units: readonly string[]): Role {
  return defineRole({
    name: 'time',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ task }) {
      await task('Install it', osPackage({ name: 'chrony' }))
      await task('Run it', ...units.map((name) => unit({ name })))
    },
  })
}

function host(): FakeHost {
  const made = new FakeHost('h1')
  made.packages.offer({
    name: 'chrony',
    version: '4',
    units: { 'chrony.service': { start: false }, 'chrony-wait.service': { start: false } },
  })
  return made
}

test('On a bare host, a check does not know the unit of a package that is still to come, and says so', async () => {
  const cluster = new FakeCluster([host()])
  const planned = await cluster.check(running('chrony'))
  assert.equal(planned.resources, { 'h1 package:chrony': 'changed', 'h1 unit:chrony.service': 'unknown' })
  assert.not(planned.end.failed)
  const { resources } = await cluster.run(running('chrony'))
  assert.equal(resources, { 'h1 package:chrony': 'changed', 'h1 unit:chrony.service': 'changed' })
})

test('In the run, a misspelt unit fails by its name, and those before it are done', async () => {
  const cluster = new FakeCluster([host()])
  const run = await cluster.run(running('chrony', 'chronyy', 'chrony-wait'))
  assert.equal(run.resources, { 'h1 package:chrony': 'changed', 'h1 unit:chrony.service': 'changed' })
  assertOnlyMisspelt(run)
})

test('A check cannot hide a misspelt unit where nothing is pending, and does not take the good ones for wrong', async () => {
  const cluster = new FakeCluster([host()])
  await cluster.run(running('chrony', 'chrony-wait'))
  const planned = await cluster.check(running('chrony', 'chronyy', 'chrony-wait'))
  assert.equal(planned.resources, { 'h1 package:chrony': 'ok', 'h1 unit:chrony.service': 'ok' })
  assertOnlyMisspelt(planned)
})

function assertOnlyMisspelt({ events, end }: FakeRun): void {
  const failed = events.filter((event) => event.type === 'task').filter(({ status }) => status === 'failed')
  assert.equal(
    failed.map(({ task, message }) => `${task}: ${message}`),
    ['Run it: There is no unit chronyy.service on h1.'],
  )
  assert.ok(end.failed)
}
