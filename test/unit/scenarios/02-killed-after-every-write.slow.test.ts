import { spawn } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ourPaths } from '../../../lib/host/paths.ts'
import { FakeHost, type SavedHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { continuedFrom, momentsOf, type Moment } from '../../support/moments.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { app, bareHost, config, configuredHost, vars } from './app/index.ts'

const test = suite('scenarios/02 killed after every write')

const starts: Readonly<Record<string, () => FakeHost | Promise<FakeHost>>> = {
  'a bare host': bareHost,
  'a host that is configured otherwise': () => configuredHost('good day'),
}

for (const [title, start] of Object.entries(starts)) {
  test(`From ${title}, a run killed anywhere is resumed to the undisturbed end`, async () => {
    const { moments, end } = await undisturbed(await start())
    for (const moment of moments) {
      const cluster = continuedFrom(moment)
      await resume(cluster, moment)
      assert.equal(fingerprint(cluster), end, `${moment.after}: resumed`)
      const again = await cluster.again().run(app, vars())
      assert.not(again.end.changed, `${moment.after}: resumed, but there is something left to do`)
    }
  })

  test(`From ${title}, a run killed anywhere is reverted to where it began`, async () => {
    const host = await start()
    const before = host.snapshot({ ours: true })
    const { moments } = await undisturbed(host)
    for (const moment of moments) {
      const cluster = continuedFrom(moment)
      await revert(cluster, moment)
      assertAsBefore(cluster, before, `${moment.after}: reverted`)
    }
  })

  test(`From ${title}, a run killed anywhere is resumed and then reverted to where it began`, async () => {
    const host = await start()
    const before = host.snapshot({ ours: true })
    const { moments } = await undisturbed(host)
    for (const moment of everyNth(moments, 3)) {
      const cluster = continuedFrom(moment)
      await resume(cluster, moment)
      const next = cluster.again()
      await revert(next, moment)
      assertAsBefore(next, before, `${moment.after}: resumed and reverted`)
    }
  })

  test(`From ${title}, a revert killed anywhere is run again to where the run began`, async () => {
    const host = await start()
    const before = host.snapshot({ ours: true })
    const cluster = new FakeCluster([host])
    const run = await cluster.run(app, vars())
    const reverting = cluster.again()
    const { moments } = await momentsOf(reverting, (options) => reverting.revert(run.directory, app, options))
    assert.ok(moments.length > 5, `only ${moments.length} moments`)
    for (const moment of moments) {
      const again = continuedFrom(moment)
      await revert(again, moment)
      assertAsBefore(again, before, `${moment.after}: reverted again`)
    }
  })
}

test('The first thing that a run leaves is an entry in its journal', async () => {
  const { moments } = await undisturbed(bareHost())
  const first = moments.find(({ after }) => !after.startsWith('before'))
  assert.is(first?.after, 'after intent 1')
})

test('A process that really is killed leaves just that, and others resume and revert from it', async () => {
  const start = bareHost()
  const before = start.snapshot({ ours: true })
  const { moments, end } = await undisturbed(start.clone())
  const chosen = ['after done 2', `after "write ${config}" on h1`].map((after) =>
    moments.find((moment) => moment.after === after),
  )
  await Promise.all(
    chosen.map(async (moment, index) => {
      assert.ok(moment !== undefined)
      const folder = scratchFolder()
      start.save(join(folder, 'host.json'))
      assert.is(await child('run', folder, moment.after), 'SIGKILL', moment.after)
      const [left, expected] = [new FakeCluster([savedIn(folder)], folder), continuedFrom(moment)]
      assert.equal(withoutRuns(savedIn(folder)), withoutRuns(expected.host('h1')), moment.after)
      assert.equal(lastRun(left).journal('h1').entries, lastRun(expected).journal('h1').entries, moment.after)

      const verb = index === 0 ? 'resume' : 'revert'
      assert.is(await child(verb, folder), 'exit 0')
      const after = savedIn(folder)
      assert.equal(
        after.snapshot({ ours: verb === 'revert' }),
        verb === 'resume' ? end : before,
        moment.after,
      )
    }),
  )
})

/** All of a host but the names of runs, which are drawn anew each time. */
function withoutRuns(host: FakeHost): SavedHost {
  const copy = host.clone()
  copy.files.remove(ourPaths.runs)
  return copy.toJSON()
}

function savedIn(folder: string): FakeHost {
  return FakeHost.load(join(folder, 'host.json'))
}

/** Runs another process to its end, and tells which that was. */
function child(verb: string, folder: string, killedAt = ''): Promise<string> {
  const file = join(import.meta.dirname, 'app/child.ts')
  return new Promise((resolve) => {
    spawn(process.execPath, ['--import', 'tsx', file, verb, folder, killedAt], { stdio: 'inherit' }).on(
      'exit',
      (code, signal) => resolve(signal ?? `exit ${code}`),
    )
  })
}

async function undisturbed(host: FakeHost) {
  const cluster = new FakeCluster([host])
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(app, { ...vars(), ...options }))
  assert.not(run.end.failed)
  assert.ok(moments.length > 5, `only ${moments.length} moments`)
  return { moments, end: fingerprint(cluster) }
}

async function resume(cluster: FakeCluster, { after }: Moment): Promise<void> {
  const { end, events } = await cluster.resume(lastRun(cluster), app, vars())
  assert.not(
    end.failed,
    `${after}: the resume failed: ${JSON.stringify(events.filter(({ type }) => type === 'task'))}`,
  )
}

async function revert(cluster: FakeCluster, { after }: Moment): Promise<void> {
  const { end, events } = await cluster.revert(lastRun(cluster), app)
  const resources = events.filter((event) => event.type === 'resource')
  assert.equal(
    resources.filter(({ status }) => status !== 'reverted'),
    [],
    `${after}: the revert`,
  )
  assert.not(end.failed, `${after}: the revert failed`)
}

function lastRun({ store }: FakeCluster) {
  const run = store.list().at(-1)
  if (run === undefined) throw new TypeError('There is no run.')
  return run
}

function fingerprint(cluster: FakeCluster): object {
  return cluster.host('h1').snapshot()
}

/** A host on which no other run stands bears no trace of us; else what we remember there may have grown. */
function assertAsBefore(cluster: FakeCluster, before: ReturnType<FakeHost['snapshot']>, what: string): void {
  const wasBare = before['files']?.['/var/lib/troupe'] === undefined
  const now = cluster.host('h1').snapshot({ ours: wasBare })
  assert.equal(now, wasBare ? before : withoutOurs(before), what)
}

function withoutOurs(snapshot: ReturnType<FakeHost['snapshot']>): object {
  const files = Object.entries(snapshot['files'] ?? {})
  return {
    ...snapshot,
    files: Object.fromEntries(files.filter(([path]) => !/^\/(?:var\/lib|run)\/troupe(?:\/|$)/.test(path))),
  }
}

function everyNth<T>(items: readonly T[], n: number): readonly T[] {
  return items.filter((_, index) => index % n === 0)
}
