import * as assert from 'uvu/assert'
import { ourPaths } from '../../../lib/host/paths.ts'
import { putBack } from '../../../lib/play/playbook.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { continuedFrom, momentsOf, type Moment } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'
import { app, bareHost, config, configuredHost, vars } from './app/index.ts'

const test = suite('scenarios/21 put back')
const back = [putBack('Put back', { hosts: 'all', roles: [app] })]
const long = { timeoutMs: 60_000 }

const starts: Readonly<Record<string, () => Promise<FakeHost>>> = {
  'a bare host': async () => bareHost(),
  'a host that others had configured': configuredByOthers,
}

for (const [title, start] of Object.entries(starts)) {
  test(
    `From ${title}, a second run that was killed anywhere is put back from elsewhere`,
    async () => {
      const host = await start()
      const before = host.snapshot({ ours: true })
      await new FakeCluster([host]).run(app, vars('hello'))
      const cluster = new FakeCluster([host.clone()])
      const { moments } = await momentsOf(cluster, (options) =>
        cluster.run(app, { ...vars('good day'), ...options }),
      )
      assert.ok(moments.length > 5, `only ${moments.length} moments`)
      for (const moment of moments) await isBack(elsewhere(moment), before, moment)
    },
    long,
  )

  test(
    `From ${title}, the first run that was killed anywhere is put back from elsewhere`,
    async () => {
      const host = await start()
      const before = host.snapshot({ ours: true })
      const cluster = new FakeCluster([host])
      const { moments } = await momentsOf(cluster, (options) => cluster.run(app, { ...vars(), ...options }))
      for (const moment of moments) await isBack(elsewhere(moment), before, moment)
    },
    long,
  )

  test(
    `From ${title}, putting back that was killed anywhere ends from elsewhere, or resumed, with just what is left`,
    async () => {
      const host = await start()
      const before = host.snapshot({ ours: true })
      await new FakeCluster([host]).run(app, vars('hello'))
      await new FakeCluster([host]).run(app, vars('good day'))
      const cluster = new FakeCluster([host.clone()])
      const { run, moments } = await momentsOf(cluster, (options) => cluster.run(back, options))
      assert.equal(cluster.host('h1').snapshot({ ours: true }), before)
      assert.ok(moments.length > 10, `only ${moments.length} moments`)
      for (const moment of moments) {
        await isBack(elsewhere(moment), before, moment)
        const resumed = continuedFrom(moment)
        const known = resumed.store.find(run.directory.record.id)
        assert.ok(known !== undefined)
        const { end } = await resumed.resume(known, back)
        assert.not(end.failed, `${moment.after}: the resume failed`)
        assert.equal(resumed.host('h1').snapshot({ ours: true }), before, `${moment.after}: resumed`)
      }
    },
    long,
  )
}

test(
  'A mode that a human set meanwhile stays, wherever putting back is killed',
  async () => {
    const host = await configuredByOthers()
    host.files.chmod(config, { mode: 0o644 })
    await new FakeCluster([host]).run(app, vars('hello'))
    host.files.chmod(config, { mode: 0o604 })
    const cluster = new FakeCluster([host])
    const { moments } = await momentsOf(cluster, (options) => cluster.run(back, options))
    for (const moment of moments) {
      const other = elsewhere(moment)
      const { end, resources } = await other.run(back)
      assert.not(end.failed, moment.after)
      assert.is(resources[`h1 file:${config}`], 'kept', moment.after)
      const found = other.host('h1').files.get(config)
      const kept = found?.type === 'file' ? found.mode : undefined
      assert.equal([other.host('h1').files.read(config), kept], ['greeting = by hand\n', 0o604], moment.after)
    }
  },
  long,
)

async function configuredByOthers(): Promise<FakeHost> {
  const host = await configuredHost('by hand')
  for (const folder of [ourPaths.persistent, ourPaths.passing]) host.files.remove(folder)
  return host
}

/** The hosts at that moment, for a controller that has none of the runs. */
function elsewhere({ hosts }: Moment): FakeCluster {
  return new FakeCluster(hosts.map((saved) => FakeHost.load(saved)))
}

async function isBack(cluster: FakeCluster, before: object, { after }: Moment): Promise<void> {
  const { end, resources } = await cluster.run(back)
  const others = Object.entries(resources).filter(([, status]) => status !== 'reverted')
  assert.equal(others, [], `${after}: put back`)
  assert.not(end.failed, `${after}: putting back failed`)
  assert.equal(cluster.host('h1').snapshot({ ours: true }), before, `${after}: put back`)
}
