import * as assert from 'uvu/assert'
import { bootIdPath } from '../../../lib/host/boot.ts'
import { defineFact } from '../../../lib/host/fact.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { reboot } from '../../../lib/resources/system/reboot.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { drained, nodeOf, withNode } from '../../support/fake-node.ts'
import { FakeCluster, type Prepare } from '../../support/fake-run.ts'
import { continuedFrom, momentsOf } from '../../support/moments.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/20 reboot')
const conf = '/etc/daemon.conf'
const later = '/etc/later.conf'
const reason = 'the new kernel'

function role(tasks: (context: RoleContext<unknown, unknown>) => Promise<void>): Role {
  return defineRole({ name: 'kernel', folder: import.meta.dirname, vars: {}, tasks })
}

/** A daemon that reacts to what was written before the boot, and to what is written after it. */
const upgrade = role(async ({ run, task }) => {
  const before = await task('Configure', file({ path: conf, content: 'new' }))
  await task('Reboot', reboot({ reason, run: run.id }))
  const after = await task('Configure more', file({ path: later, content: 'new' }))
  await task('Run', unit({ name: 'daemon', restartAfter: [...before, ...after] }))
})

function hostWith(name = 'h1'): FakeHost {
  const host = new FakeHost(name)
  host.files.write(conf, 'old')
  host.files.write(later, 'old')
  host.systemd.define('daemon.service', { reads: [conf, later], enabled: true, running: true })
  return host
}

const boots = (host: FakeHost) => host.traffic.writes.filter((what) => what === 'boot').length
const took = ({ systemd }: FakeHost) => [conf, later].map((path) => systemd.took('daemon.service', path))

test('A role goes on after the reboot, on what the host is then', async () => {
  const cluster = new FakeCluster([hostWith()])
  const plan = await cluster.check(upgrade)
  assert.is(plan.tasks['h1 Reboot'], 'changed')
  assert.is(boots(cluster.host('h1')), 0)
  const { end, tasks } = await cluster.run(upgrade)
  assert.not(end.failed)
  assert.equal(tasks, {
    'h1 Configure': 'changed',
    'h1 Reboot': 'changed',
    'h1 Configure more': 'changed',
    'h1 Run': 'changed',
  })
  const host = cluster.host('h1')
  assert.equal(took(host), ['new', 'new'])
  assert.is(boots(host), 1)
  assert.is(host.systemd.restarts('daemon.service'), 1)
})

test('What was taken up by the boot itself needs no restart', async () => {
  const only = role(async ({ run, task }) => {
    const files = await task('Configure', file({ path: conf, content: 'new' }))
    await task('Reboot', reboot({ reason, run: run.id }))
    await task('Run', unit({ name: 'daemon', restartAfter: files }))
  })
  const cluster = new FakeCluster([hostWith()])
  const { tasks } = await cluster.run(only)
  assert.is(tasks['h1 Run'], 'ok')
  assert.equal(took(cluster.host('h1')), ['new', 'old'])
})

test('In one task, what is written after the reboot counts as written after it', async () => {
  const one = role(async ({ run, task }) => {
    const [first, second] = [file({ path: conf, content: 'new' }), file({ path: later, content: 'new' })]
    const boot = reboot({ reason, run: run.id })
    await task('All at once', first, boot, second, unit({ name: 'daemon', restartAfter: [first, second] }))
  })
  const cluster = new FakeCluster([hostWith()])
  const { end } = await cluster.run(one)
  assert.not(end.failed)
  assert.equal(took(cluster.host('h1')), ['new', 'new'])
  assert.is(cluster.host('h1').systemd.restarts('daemon.service'), 1)
})

test('It boots for a file that was changed, once, whatever run comes next', async () => {
  const onChange = role(async ({ run, task }) => {
    const files = await task('Configure', file({ path: conf, content: 'new' }))
    await task('Reboot', reboot({ reason, run: run.id, after: files }))
  })
  const cluster = new FakeCluster([hostWith()])
  assert.is((await cluster.check(onChange)).tasks['h1 Reboot'], 'changed')
  await cluster.run(onChange)
  assert.is(boots(cluster.host('h1')), 1)
  const next = cluster.again()
  assert.equal((await next.run(onChange)).tasks, { 'h1 Configure': 'ok', 'h1 Reboot': 'ok' })
})

test('Killed anywhere between the file and the reboot for it, another run reboots, and only then', async () => {
  const onChange = role(async ({ run, task }) => {
    const files = await task('Configure', file({ path: conf, content: 'new' }))
    await task('Reboot', reboot({ reason, run: run.id, after: files }))
  })
  const cluster = new FakeCluster([hostWith()])
  const first = cluster.host('h1').files.read(bootIdPath)
  const { moments } = await momentsOf(cluster, (options) => cluster.run(onChange, options))
  for (const moment of moments) {
    const next = continuedFrom(moment)
    const booted = next.host('h1').files.read(bootIdPath) !== first
    await next.run(onChange)
    assert.is(boots(next.host('h1')), booted ? 0 : 1, moment.after)
    assert.is(took(next.host('h1'))[0], 'new', moment.after)
  }
})

test('Killed anywhere and resumed, a run ends as if nobody had disturbed it, and boots the host once in all', async () => {
  const cluster = new FakeCluster([hostWith()])
  const first = cluster.host('h1').files.read(bootIdPath)
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(upgrade, options))
  for (const moment of moments) {
    const next = continuedFrom(moment)
    const booted = next.host('h1').files.read(bootIdPath) !== first
    const { end } = await next.resume(run.directory, upgrade)
    assert.not(end.failed, moment.after)
    assert.is(boots(next.host('h1')), booted ? 0 : 1, moment.after)
    assert.equal(took(next.host('h1')), ['new', 'new'], moment.after)
  }
})

test('Killed anywhere, a revert brings the files back, the daemon where the run had come to it, and names the boot that was', async () => {
  const cluster = new FakeCluster([hostWith()])
  const { units: unitsBefore, ...filesBefore } = cluster.host('h1').snapshot({ ours: true })
  const first = cluster.host('h1').files.read(bootIdPath)
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(upgrade, options))
  for (const moment of moments) {
    const back = continuedFrom(moment)
    const booted = back.host('h1').files.read(bootIdPath) !== first
    const { end, resources } = await back.revert(run.directory, upgrade)
    assert.not(end.failed, moment.after)
    if (booted) assert.is(resources[`h1 reboot:${reason}`], 'kept', moment.after)
    const { units, ...rest } = back.host('h1').snapshot({ ours: true })
    assert.equal(rest, filesBefore, moment.after)
    // Until the run had come to the daemon, nobody but the boot has brought it onto the new file.
    if (moment === moments.at(-1)) assert.equal(units, unitsBefore)
  }
})

test('Rebooted while it is drained, and killed anywhere, a node is in use again in the end, after one boot', async () => {
  const drainedFirst = role(async ({ run, task, during }) => {
    await during(drained('n1'), async () => {
      const files = await task('Configure', file({ path: conf, content: 'new' }))
      await task('Reboot', reboot({ reason, run: run.id, after: files }))
    })
  })
  const prepare: Prepare = (hosts) => hosts.forEach((host) => withNode(host))
  const cluster = new FakeCluster([hostWith()], undefined, prepare)
  const first = cluster.host('h1').files.read(bootIdPath)
  const { run, moments } = await momentsOf(cluster, (options) => cluster.run(drainedFirst, options))
  assert.equal(Object.keys(run.tasks), [
    'h1 Enter: drained fake node:n1',
    'h1 Configure',
    'h1 Reboot',
    'h1 Leave: drained fake node:n1',
  ])
  for (const moment of moments) {
    const next = continuedFrom(moment, prepare)
    const host = next.host('h1')
    const booted = host.files.read(bootIdPath) !== first
    const { end } = await next.resume(run.directory, drainedFirst)
    assert.not(end.failed, moment.after)
    assert.is(boots(host), booted ? 0 : 1, moment.after)
    assert.equal(nodeOf(host), { pods: 3 }, moment.after)
  }
})

test('A host that does not come back leaves the run, and the others of its batch go on', async () => {
  const cluster = new FakeCluster([hostWith('h1'), hostWith('h2')])
  cluster.host('h1').traffic.beforeWrite = (what) => {
    if (what === 'boot') throw new Unreachable('network', 'h1 did not come back.', 'Look at its console.')
  }
  const { end, tasks } = await cluster.run([stage('Upgrade', { hosts: 'all', roles: [upgrade] })])
  assert.ok(end.unreachable)
  assert.is(tasks['h1 Reboot'], 'unreachable')
  assert.is(tasks['h2 Run'], 'changed')
  assert.equal(took(cluster.host('h2')), ['new', 'new'])
})

test('A fact that passes is asked anew after the reboot', async () => {
  const boot = defineFact('boot', async (host) => (await host.readFiles([bootIdPath]))[0]?.toString())
  const heard: unknown[] = []
  const asking = role(async ({ run, task, fact }) => {
    heard.push(await fact(boot))
    await task('Reboot', reboot({ reason, run: run.id }))
    heard.push(await fact(boot))
  })
  await new FakeCluster([hostWith()]).run(asking)
  assert.is(new Set(heard).size, 2)
})
