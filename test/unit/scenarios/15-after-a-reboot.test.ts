import * as assert from 'uvu/assert'
import { FakeCluster } from '../../support/fake-run.ts'
import { FakeGround } from '../../support/fake-ground.ts'
import { hasNothingToDo } from '../../support/laws.ts'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'
import { app, config, configuredHost, vars } from './app/index.ts'

const test = suite('scenarios/15 after a reboot')
const name = 'app.service'

test('After a reboot, nothing restarts for lack of a stamp', async () => {
  const host = await configuredHost()
  host.reboot()
  const restarts = host.systemd.restarts(name)
  await hasNothingToDo(new FakeGround(new FakeCluster([host]), app, vars()))
  assert.is(host.systemd.restarts(name), restarts)
})

test('After a reboot, new content restarts the daemon all the same, and a check says so', async () => {
  const host = await configuredHost()
  host.reboot()
  const cluster = new FakeCluster([host])
  assert.is((await cluster.check(app, vars('good day'))).resources[`h1 unit:${name}`], 'changed')
  await cluster.run(app, vars('good day'))
  assert.is(host.systemd.took(name, config), 'greeting = good day\n')
})

test('A run that was killed between write and restart is repaired by the next one', async () => {
  const { killed } = await killedBetween()
  const next = killed.again()
  assert.is(next.host('h1').systemd.took(name, config), 'greeting = hello\n')
  await next.run(app, vars('good day'))
  assert.is(next.host('h1').systemd.took(name, config), 'greeting = good day\n')
})

test('A host that was killed between write and restart, and then booted, is right', async () => {
  const { killed } = await killedBetween()
  const [host] = killed.hosts
  assert.ok(host !== undefined)
  host.reboot()
  assert.is(host.systemd.took(name, config), 'greeting = good day\n')
  const restarts = host.systemd.restarts(name)
  await hasNothingToDo(new FakeGround(killed, app, vars('good day')))
  assert.is(host.systemd.restarts(name), restarts)
})

test('A revert after a reboot puts the daemon back on what stood before', async () => {
  const host = await configuredHost()
  const before = host.snapshot()
  const cluster = new FakeCluster([host])
  const { directory } = await cluster.run(app, vars('good day'))
  const booted = cluster.again()
  booted.host('h1').reboot()
  assert.is(booted.host('h1').systemd.took(name, config), 'greeting = good day\n')
  await booted.revert(directory, app)
  assert.equal(booted.host('h1').snapshot(), before)
})

/** The file is new, the daemon is not. */
async function killedBetween() {
  const cluster = new FakeCluster([await configuredHost()])
  const { moments } = await momentsOf(cluster, (options) =>
    cluster.run(app, { ...vars('good day'), ...options }),
  )
  const written = moments.find(({ after }) => after.startsWith(`after "write ${config}"`))
  assert.ok(written !== undefined)
  return { killed: continuedFrom(written) }
}
