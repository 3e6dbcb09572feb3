import * as assert from 'uvu/assert'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'
import { app, config, configuredHost, vars } from './app/index.ts'

const test = suite('scenarios/11 changed between kill and resume')

test('Killed anywhere and resumed with another variable, the daemon takes up the new one', async () => {
  const host = await configuredHost('first')
  const before = host.snapshot()
  const cluster = new FakeCluster([host])
  const { run, moments } = await momentsOf(cluster, (options) =>
    cluster.run(app, { ...vars('second'), ...options }),
  )
  for (const moment of moments) {
    const resumed = continuedFrom(moment)
    const { end } = await resumed.resume(run.directory, app, vars('third'))
    assert.not(end.failed, moment.after)
    assert.is(resumed.host('h1').files.read(config), 'greeting = third\n', moment.after)
    assert.is(resumed.host('h1').systemd.took('app.service', config), 'greeting = third\n', moment.after)
    const back = resumed.again()
    await back.revert(run.directory, app)
    assert.equal(back.host('h1').snapshot(), before, `${moment.after}: reverted`)
  }
})

test('Killed anywhere and resumed with what stood before, the daemon runs on that', async () => {
  const host = await configuredHost('first')
  const before = host.snapshot()
  const cluster = new FakeCluster([host])
  const { run, moments } = await momentsOf(cluster, (options) =>
    cluster.run(app, { ...vars('second'), ...options }),
  )
  for (const moment of moments) {
    const resumed = continuedFrom(moment)
    await resumed.resume(run.directory, app, vars('first'))
    assert.equal(resumed.host('h1').snapshot(), before, moment.after)
  }
})
