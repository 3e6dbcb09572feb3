import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { sh } from '../../../lib/host/command.ts'
import { ourPaths } from '../../../lib/host/paths.ts'
import { putBack, stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role } from '../../../lib/play/role.ts'
import { command } from '../../../lib/resources/command/command.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { tree } from '../../../lib/resources/files/tree.ts'
import { osPackage } from '../../../lib/resources/package/package.ts'
import { line } from '../../../lib/resources/text/line.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import type { Resource } from '../../../lib/task/kind.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster, type FakeRun, type Prepare } from '../../support/fake-run.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { app, bareHost, config, configuredHost, vars } from '../scenarios/app/index.ts'

const test = suite('play/put-back')
const path = '/etc/app.conf'

function having(name: string, ...resources: readonly Resource[]): Role {
  return defineRole({
    name,
    folder: import.meta.dirname,
    vars: {},
    tasks: async ({ task }) => void (await task(`Set up ${name}`, ...resources)),
  })
}

const holding = (content: string, more: object = {}) => having('holder', file({ path, content, ...more }))
const back = (...roles: readonly Role[]) => [putBack('Put back', { hosts: 'all', roles })]

/** The same hosts for a controller that has none of the runs. */
function elsewhere(cluster: FakeCluster, prepare?: Prepare): FakeCluster {
  return new FakeCluster(
    cluster.hosts.map((host) => host.clone()),
    undefined,
    prepare,
  )
}

function whys({ events }: FakeRun): Readonly<Record<string, string | undefined>> {
  const told = events.flatMap((event) => (event.type === 'resource' ? [[event.id, event.why]] : []))
  return Object.fromEntries(told) as Readonly<Record<string, string | undefined>>
}

test('Whatever a role changed in two runs, another controller puts it back, with all that a package brought', async () => {
  const cluster = new FakeCluster([bareHost()])
  const before = cluster.host('h1').snapshot({ ours: true })
  await cluster.run(app, vars('hello'))
  const next = cluster.again()
  await next.run(app, vars('good day'))
  const other = elsewhere(next)
  const run = await other.run(back(app))
  assert.not(run.end.failed)
  assert.ok(run.end.changed)
  assert.equal([...new Set(Object.values(run.resources))], ['reverted'])
  assert.equal(other.host('h1').snapshot({ ours: true }), before)
})

test('What stood there before stays, and a daemon runs on it again', async () => {
  const host = await configuredHost('by hand')
  for (const folder of [ourPaths.persistent, ourPaths.passing]) host.files.remove(folder)
  const before = host.snapshot({ ours: true })
  const cluster = new FakeCluster([host])
  await cluster.run(app, vars('hello'))
  await cluster.run(app, vars('good day'))
  const other = elsewhere(cluster)
  await other.run(back(app))
  assert.equal(other.host('h1').snapshot({ ours: true }), before)
  assert.is(other.host('h1').systemd.took('app.service', config), 'greeting = by hand\n')
})

test('A second time there is nothing to put back, and that is said', async () => {
  const cluster = new FakeCluster([bareHost()])
  await cluster.run(app, vars())
  await cluster.run(back(app))
  const again = cluster.again()
  const standing = again.host('h1').snapshot({ ours: true })
  for (const run of [await again.check(back(app)), await again.run(back(app))]) {
    assert.equal(run.tasks, { 'h1 There is nothing to put back': 'ok' })
    assert.not(run.end.changed)
  }
  assert.equal(again.host('h1').snapshot({ ours: true }), standing)
})

test('Things of other roles stay, and are still remembered', async () => {
  const other = having('other', file({ path: '/etc/other.conf', content: 'other' }))
  const cluster = new FakeCluster([new FakeHost('h1')])
  const before = cluster.host('h1').snapshot({ ours: true })
  await cluster.run([{ title: 'Both', hosts: 'all', roles: [holding('ours\n'), other] }])
  const there = elsewhere(cluster)
  assert.equal((await there.run(back(holding('')))).resources, { [`h1 file:${path}`]: 'reverted' })
  const { files } = there.host('h1')
  assert.equal([files.read(path), files.read('/etc/other.conf')], [undefined, 'other'])
  await elsewhere(there).run(back(holding('')))
  const rest = elsewhere(there)
  await rest.run(back(other))
  assert.equal(rest.host('h1').snapshot({ ours: true }), before)
})

test('Content that a human wrote between two runs, and that we replaced, is ours; what came after us stays and is named', async () => {
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  const cluster = new FakeCluster([host])
  await cluster.run(holding('one\n'))
  host.files.write(path, 'theirs\n')
  await cluster.run(holding('two\n', { mode: 0o600 }))
  const edited = elsewhere(cluster)
  edited.host('h1').files.chmod(path, { mode: 0o640 })
  const run = await edited.run(back(holding('')))
  assert.is(edited.host('h1').files.read(path), 'old\n')
  assert.equal(modeOf(edited), 0o640)
  assert.equal(run.resources, { [`h1 file:${path}`]: 'kept' })
  assert.is(whys(run)[`file:${path}`], 'Somebody changed mode after the last run that did, so that stays.')
})

test('An attribute that we never set stays as a human set it, also where we wrote the content again later', async () => {
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  const cluster = new FakeCluster([host])
  await cluster.run(holding('one\n'))
  host.files.chmod(path, { mode: 0o640 })
  await cluster.run(holding('two\n'))
  const there = elsewhere(cluster)
  const run = await there.run(back(holding('')))
  assert.equal(run.resources, { [`h1 file:${path}`]: 'reverted' })
  assert.equal([there.host('h1').files.read(path), modeOf(there)], ['old\n', 0o640])
})

test('What is kept is named again until it is undone by hand; then every trace goes', async () => {
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  const cluster = new FakeCluster([host])
  const before = host.snapshot({ ours: true })
  await cluster.run(holding('ours\n', { mode: 0o600 }))
  host.files.chmod(path, { mode: 0o640 })
  for (let time = 1; time <= 3; time++) {
    const run = await elsewhere(cluster).run(back(holding('')))
    assert.equal(run.resources, { [`h1 file:${path}`]: 'kept' })
  }
  const once = elsewhere(cluster)
  await once.run(back(holding('')))
  const twice = elsewhere(once)
  const run = await twice.run(back(holding('')))
  assert.equal(run.resources, { [`h1 file:${path}`]: 'kept' })
  assert.equal([twice.host('h1').files.read(path), modeOf(twice)], ['old\n', 0o640])
  twice.host('h1').files.chmod(path, { mode: 0o644 })
  const last = elsewhere(twice)
  await last.run(back(holding('')))
  assert.equal(last.host('h1').snapshot({ ours: true }), before)
})

test('A folder that got other files in a second run goes back to what stood before the first', async () => {
  const source = scratchFolder()
  const role = having('folder', tree({ path: '/srv/app', source }))
  const host = new FakeHost('h1')
  for (const name of ['a', 'c']) host.files.write(`/srv/app/${name}`, `old ${name}`)
  const before = host.snapshot({ ours: true })
  const cluster = new FakeCluster([host])
  for (const name of ['a', 'b']) writeFileSync(join(source, name), '1')
  await cluster.run(role)
  rmSync(join(source, 'a'))
  for (const name of ['b', 'c']) writeFileSync(join(source, name), '2')
  await cluster.run(role)
  assert.is(host.files.read('/srv/app/c'), '2')
  const there = elsewhere(cluster)
  const check = await there.check(back(role))
  assert.equal((await there.run(back(role))).resources, check.resources)
  assert.equal(there.host('h1').snapshot({ ours: true }), before)
})

test('A line goes, and what a human added beside it stays', async () => {
  const role = having('liner', line({ path, line: 'ours = 1' }))
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  const cluster = new FakeCluster([host])
  await cluster.run(role)
  host.files.write(path, `${host.files.read(path)}theirs = 1\n`)
  const there = elsewhere(cluster)
  await there.run(back(role))
  assert.is(there.host('h1').files.read(path), 'old\ntheirs = 1\n')
})

test('A check names what the run then does, shows it, and changes nothing', async () => {
  const cluster = new FakeCluster([bareHost()])
  await cluster.run(app, vars())
  const { files } = cluster.host('h1')
  files.write('/etc/hosts', (files.read('/etc/hosts') ?? '').replace('127.0.0.1 app', '127.0.0.2 app'))
  const there = elsewhere(cluster)
  const standing = there.host('h1').snapshot({ ours: true })
  const check = await there.check(back(app))
  assert.equal(there.host('h1').snapshot({ ours: true }), standing)
  assert.ok(check.end.changed)
  const run = await there.run(back(app))
  assert.equal(check.resources, run.resources)
  assert.is(run.resources['h1 block:/etc/hosts#app'], 'kept')
  assert.equal(whys(check), whys(run))
  const shown = check.events.find((event) => event.type === 'resource' && event.id === `file:${config}`)
  assert.match(JSON.stringify(shown), 'greeting = shipped')
})

test('What a secret stood in is not shown on its way back, whatever a human made of its mode', async () => {
  const content = new Secret('correct horse battery', 'a test')
  const role = having('keeper', file({ path, content, mode: 0o600 }))
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  const cluster = new FakeCluster([host])
  await cluster.run(role)
  host.files.chmod(path, { mode: 0o640 })
  for (const { events } of [await cluster.check(back(role)), await cluster.run(back(role))]) {
    assert.match(JSON.stringify(events), '"field":"content"')
    assert.not.match(JSON.stringify(events), 'battery')
  }
})

test('A daemon whose file could not be put back is settled once it is', async () => {
  const role = defineRole({
    name: 'running',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ task }) {
      const files = await task('Configure', file({ path, content: 'ours\n' }))
      await task('Run', unit({ name: 'app', restartAfter: files }))
    },
  })
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  host.systemd.define('app.service', { reads: [path], enabled: true, running: true })
  const cluster = new FakeCluster([host])
  const before = host.snapshot({ ours: true })
  await cluster.run(role)
  const there = elsewhere(cluster)
  const { files } = there.host('h1')
  const [image = ''] = files.children(ourPaths.before)
  files.remove(image)
  assert.ok((await there.run(back(role))).end.failed)
  files.write(image, 'old\n', { mode: 0o600 })
  const next = elsewhere(there)
  assert.not((await next.run(back(role))).end.failed)
  assert.equal(next.host('h1').snapshot({ ours: true }), before)
})

test('What nothing could ever undo is kept with its reason, and remembered no longer', async () => {
  const oneWay = 'What was said stays said.'
  const told = having('told', command({ title: 'Tell', run: sh`tell`, creates: path, oneWay }))
  const answers: Prepare = ([host]) => void host?.onChange('tell', () => (host.files.write(path, 'said'), ''))
  const cluster = new FakeCluster([new FakeHost('h1')], undefined, answers)
  await cluster.run(told)
  const there = elsewhere(cluster, answers)
  assert.equal(whys(await there.run(back(told))), { 'command:Tell': oneWay })
  const { files } = there.host('h1')
  assert.equal([files.read(path), files.get(ourPaths.persistent)], ['said', undefined])
})

test('On a host that was not limited to, all stays', async () => {
  const cluster = new FakeCluster(['h1', 'h2'].map((name) => new FakeHost(name)))
  await cluster.run(holding('ours\n'))
  const there = elsewhere(cluster)
  await there.run(back(holding('')), { limit: ['h2'] })
  assert.equal(
    there.hosts.map(({ files }) => files.read(path)),
    ['ours\n', undefined],
  )
})

test('What could not be put back is named and fails, the rest goes back, and the next one does what is left', async () => {
  const two = having('two', file({ path, content: 'x' }), file({ path: '/etc/second', content: 'x' }))
  const host = new FakeHost('h1')
  host.files.write(path, 'old')
  const cluster = new FakeCluster([host])
  const before = host.snapshot({ ours: true })
  await cluster.run(two)
  const there = elsewhere(cluster)
  const { files } = there.host('h1')
  const [image = ''] = files.children(ourPaths.before)
  const kept = files.bytes(image) ?? Buffer.of()
  files.remove(image)
  const run = await there.run(back(two))
  assert.ok(run.end.failed)
  assert.equal(run.resources, { 'h1 file:/etc/second': 'reverted', [`h1 file:${path}`]: 'failed' })
  assert.match(JSON.stringify(run.events), `On h1 this is left: file:${path}.`)
  files.write(image, kept, { mode: 0o600 })
  const next = elsewhere(there)
  assert.equal((await next.run(back(two))).resources, { [`h1 file:${path}`]: 'reverted' })
  assert.equal(next.host('h1').snapshot({ ours: true }), before)
})

test('An interrupt ends it after what it is at, and a resume does only what is left', async () => {
  const several = having('several', ...[1, 2, 3].map((n) => file({ path: `/etc/${n}`, content: 'x' })))
  const cluster = new FakeCluster([new FakeHost('h1')])
  const before = cluster.host('h1').snapshot({ ours: true })
  await cluster.run(several)
  const there = elsewhere(cluster)
  const interrupt = new AbortController()
  there.host('h1').traffic.afterWrite = (what) => void (what === 'remove /etc/3' && interrupt.abort())
  const run = await there.run(back(several), { interrupted: interrupt.signal })
  assert.ok(run.end.interrupted)
  assert.equal(run.resources, { 'h1 file:/etc/3': 'reverted' })
  const again = there.again()
  const resumed = await again.resume(run.directory, back(several))
  assert.equal(resumed.resources, { 'h1 file:/etc/2': 'reverted', 'h1 file:/etc/1': 'reverted' })
  assert.equal(again.host('h1').snapshot({ ours: true }), before)
})

test('A revert of an older run does no harm afterwards, also of one that was killed', async () => {
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  const cluster = new FakeCluster([host])
  const before = host.snapshot({ ours: true })
  const whole = await cluster.run(holding('one\n'))
  host.traffic.afterWrite = (what) => {
    if (what === `write ${path}`) throw new Error('the disk is full')
  }
  const broken = await cluster.run(holding('two\n'))
  assert.ok(broken.end.failed)
  const there = elsewhere(cluster)
  await there.run(back(holding('')))
  assert.equal(there.host('h1').snapshot({ ours: true }), before)
  for (const { directory } of [broken, whole]) {
    const old = new FakeCluster([there.host('h1').clone()], cluster.folder)
    const { end } = await old.revert(directory, holding(''))
    assert.not(end.failed)
    assert.equal(old.host('h1').snapshot(), before)
  }
})

test('After a reboot it is the same way back', async () => {
  const host = bareHost()
  const before = host.snapshot({ ours: true })
  const cluster = new FakeCluster([host])
  await cluster.run(app, vars())
  host.reboot()
  const there = elsewhere(cluster)
  const run = await there.run(back(app))
  assert.equal([...new Set(Object.values(run.resources))], ['reverted'])
  assert.equal(there.host('h1').snapshot({ ours: true }), before)
})

test('A daemon that stood still before stands still again, also after a reboot', async () => {
  const host = new FakeHost('h1')
  host.files.write(path, 'old\n')
  host.systemd.define('app.service', { reads: [path] })
  const before = host.snapshot({ ours: true })
  const running = defineRole({
    name: 'running',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ task }) {
      const files = await task('Configure', file({ path, content: 'ours\n' }))
      await task('Run', unit({ name: 'app', restartAfter: files }))
    },
  })
  const cluster = new FakeCluster([host])
  await cluster.run(running)
  host.reboot()
  const there = elsewhere(cluster)
  const run = await there.run(back(running))
  assert.equal([...new Set(Object.values(run.resources))], ['reverted'])
  assert.equal(there.host('h1').snapshot({ ours: true }), before)
})

test('A package that was there before stays, in the version that it had', async () => {
  const role = having('packager', osPackage({ name: 'tool' }), osPackage({ name: 'other' }))
  const host = new FakeHost('h1')
  for (const name of ['tool', 'other']) host.packages.offer({ name, version: '1' })
  await new FakeCluster([host]).run(having('human', osPackage({ name: 'tool' })))
  host.files.remove(ourPaths.persistent)
  const cluster = new FakeCluster([host])
  const before = host.snapshot({ ours: true })
  await cluster.run(role)
  const there = elsewhere(cluster)
  assert.equal((await there.run(back(role))).resources, { 'h1 package:other': 'reverted' })
  assert.equal(there.host('h1').snapshot({ ours: true }), before)
})

function modeOf(cluster: FakeCluster): number | undefined {
  const found = cluster.host('h1').files.get(path)
  return found?.type === 'file' ? found.mode : undefined
}

test('What an earlier stage of the same run did, and cannot be undone, is not said to be left', async () => {
  const once = command({ title: 'Wipe', run: sh`wipe`, creates: '/etc/wiped', oneWay: 'It is gone.' })
  const host = new FakeHost('h1')
  host.onChange('wipe', () => {
    host.files.write('/etc/wiped', '')
    return ''
  })
  const cluster = new FakeCluster([host])
  const { end } = await cluster.run([
    stage('Wipe', { hosts: 'all', roles: [having('wiper', once)] }),
    ...back(having('wiper', once)),
  ])
  assert.not(end.failed)
})
