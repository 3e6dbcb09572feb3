import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { file } from '../../../../lib/resources/files/file.ts'
import { reload, restart, unit, type UnitArgs } from '../../../../lib/resources/unit/unit.ts'
import { kindOf, type Inputs, type Resource } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import type { Daemon } from '../../../support/fake-host/systemd.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('unit')
const path = '/etc/app.conf'
const config = file({ path, content: 'new' })
const name = 'app.service'

/** A host whose daemon runs, or does not, on the old configuration. */
function hostWith(daemon: Daemon & { enabled?: boolean; running?: boolean } = {}): FakeHost {
  const host = new FakeHost('a')
  host.files.write(path, 'old')
  host.systemd.define(name, { reads: [path], ...daemon })
  return host
}

function runningHost(): FakeHost {
  return hostWith({ enabled: true, running: true })
}

/** What the engine says of the file: its digest now, and before our first write. */
function inputs(digest: string, atBoot?: string): Inputs {
  return { [config.id]: atBoot === undefined ? { digest } : { digest, atBoot } }
}

function restarting(more: Partial<UnitArgs> = {}): Resource {
  return unit({ name, restartAfter: [config], ...more })
}

test('A unit is started and enabled, and is neither after a revert', () =>
  keepsContract({ host: hostWith(), resource: unit({ name: 'app' }) }))

test('A unit is stopped and disabled, and runs again after a revert', () =>
  keepsContract({ host: runningHost(), resource: unit({ name, state: 'stopped' }) }))

test('A unit that runs is enabled, and only that is undone', () =>
  keepsContract({ host: hostWith({ running: true }), resource: unit({ name }) }))

test('A unit that runs and is enabled is left alone', async () => {
  const host = runningHost()
  assert.is(await bring(host, restarting(), inputs('h:old')), undefined)
  assert.equal(host.traffic.writes, [])
})

test('Many units and their stamps cost one round trip and one command', async () => {
  const host = runningHost()
  host.systemd.define('other.service')
  await kindOf('unit').read(host, [{ name }, { name: 'other.service' }])
  assert.is(host.traffic.trips, 1)
  assert.is(host.traffic.commands.length, 1)
})

test('One misspelt name among good ones fails alone', async () => {
  const refs = [{ name }, { name: 'ap.service' }, { name }]
  const [first, second, third] = await kindOf('unit').read(runningHost(), refs)
  assert.not(first instanceof Error)
  assert.ok(second instanceof NotYet && second.message === 'There is no unit ap.service on a.')
  assert.not(third instanceof Error)
})

test('Where it need not be installed, a missing unit is right', async () => {
  const host = new FakeHost('a')
  assert.is(await bring(host, unit({ name, ifInstalled: true })), undefined)
  assert.is(
    await bring(host, restart(name, { after: [config], ifInstalled: true }), inputs('b', 'a')),
    undefined,
  )
})

test('It is restarted once for an input that changed since boot, and takes it up', async () => {
  const host = runningHost()
  host.files.write(path, 'new')
  await bring(host, restarting(), inputs('h:new', 'h:old'))
  assert.is(host.systemd.restarts(name), 1)
  assert.is(host.systemd.took(name, path), 'new')
  assert.is(await bring(host, restarting(), inputs('h:new', 'h:old')), undefined)
})

test('An input that stands since boot needs no stamp', async () => {
  assert.is(await bring(runningHost(), restarting(), inputs('h:old')), undefined)
})

test('It is restarted when an input is no longer what it took up last', async () => {
  const host = runningHost()
  await bring(host, restarting(), inputs('h:1', 'h:0'))
  await bring(host, restarting(), inputs('h:2', 'h:0'))
  assert.is(host.systemd.restarts(name), 2)
})

test('Going back to what stood at boot is a change for it too', async () => {
  const host = runningHost()
  await bring(host, restarting(), inputs('h:1', 'h:0'))
  await bring(host, restarting(), inputs('h:0', 'h:0'))
  assert.is(host.systemd.restarts(name), 2)
})

test('A start takes everything up, so that no restart follows', async () => {
  const host = hostWith()
  await bring(host, restarting(), inputs('h:new', 'h:old'))
  assert.is(host.systemd.starts(name), 1)
  assert.is(await bring(host, restarting(), inputs('h:new', 'h:old')), undefined)
  assert.is(host.systemd.restarts(name), 0)
})

test('Killed in the midst of a restart, it is restarted again', async () => {
  const host = runningHost()
  // The stamp that says unknown, and the restart; not the stamp that says what it took.
  host.traffic.failAfter(2)
  await rejects(() => bring(host, restarting(), inputs('h:new', 'h:old')), /Killed/)
  const next = host.clone()
  await bring(next, restarting(), inputs('h:new', 'h:old'))
  assert.is(next.systemd.restarts(name), 2)
  assert.is(await bring(next, restarting(), inputs('h:new', 'h:old')), undefined)
})

test('A boot takes everything up', async () => {
  const host = runningHost()
  await bring(host, restarting(), inputs('h:new', 'h:old'))
  host.reboot()
  assert.is(await bring(host, restarting(), inputs('h:new')), undefined)
})

test('A restart in reaction to an input holds the contract', async () => {
  const host = runningHost()
  await keepsContract({
    host,
    resource: restarting(),
    inputs: inputs('h:new', 'h:old'),
    inputsBefore: inputs('h:old', 'h:old'),
  })
})

test('A revert restarts it on what stands again, and takes it from stamps of the run', async () => {
  const host = runningHost()
  const { settle } = kindOf('unit')
  const before = await stateOf(host, restarting())
  host.files.write(path, 'new')
  await bring(host, restarting(), inputs('h:new', 'h:old'))
  host.files.write(path, 'old')
  await settle?.run(host, { name }, { from: before, to: before, done: false }, inputs('h:old', 'h:old'))
  assert.is(host.systemd.took(name, path), 'old')
  assert.is(host.systemd.restarts(name), 2)
  await settle?.run(host, { name }, { from: before, to: before, done: false }, inputs('h:old', 'h:old'))
  assert.is(host.systemd.restarts(name), 2)
})

test('A revert of a run that never restarted it restarts nothing', async () => {
  const host = runningHost()
  const before = await stateOf(host, restarting())
  await kindOf('unit').settle?.run(
    host,
    { name },
    { from: before, to: before, done: false },
    inputs('h:old', 'h:old'),
  )
  assert.is(host.systemd.restarts(name), 0)
})

test('A reverted unit whose package is gone is no error', async () => {
  const host = runningHost()
  const before = await stateOf(host, restarting())
  await kindOf('unit').settle?.run(new FakeHost('b'), { name }, { from: before, to: before, done: false }, {})
  assert.ok(kindOf('unit').settle?.needed(before))
})

test('It is reloaded for inputs that a reload takes up', async () => {
  const host = runningHost()
  const resource = unit({ name, reloadAfter: [config] })
  host.files.write(path, 'new')
  await bring(host, resource, inputs('h:new', 'h:old'))
  assert.equal([host.systemd.reloads(name), host.systemd.restarts(name)], [1, 0])
  assert.is(host.systemd.took(name, path), 'new')
  assert.is(await bring(host, resource, inputs('h:new', 'h:old')), undefined)
})

test('A restart wins over a reload', async () => {
  const host = runningHost()
  const other = file({ path: '/etc/other.conf', content: 'x' })
  const resource = unit({ name, restartAfter: [config], reloadAfter: [other] })
  await bring(host, resource, { ...inputs('h:new', 'h:old'), [other.id]: { digest: 'h:2', atBoot: 'h:1' } })
  assert.equal([host.systemd.reloads(name), host.systemd.restarts(name)], [0, 1])
})

test('A changed unit file is made known to systemd before the start', async () => {
  const host = runningHost()
  host.files.write(`/etc/systemd/system/${name}`, '[Service]\nExecStart=/new\n[Install]\n')
  const change = await bring(host, unit({ name }))
  assert.equal([change?.from['reload'], change?.to['reload']], [true, false])
  assert.not(host.systemd.outdated(name))
  assert.is(host.systemd.restarts(name), 0)
})

test('A static unit is started, and enabling it is not tried', async () => {
  const host = new FakeHost('a')
  host.files.write('/etc/systemd/system/static.service', '[Service]\nExecStart=/x\n')
  const change = await bring(host, unit({ name: 'static' }))
  assert.is(change?.to['enabled'], 'static')
  assert.is(host.systemd.active('static.service'), 'active')
})

test('A masked unit is an error that says so', async () => {
  const host = hostWith()
  host.files.link(`/etc/systemd/system/${name}`, '/dev/null')
  await rejects(() => bring(host, unit({ name })), /masked/)
})

test('A start that fails says what the unit said last', async () => {
  const host = hostWith({ fails: 'to start' })
  await rejects(
    () => bring(host, unit({ name })),
    /app.service does not run on a: "systemctl start" failed[^]*last thing that the unit said/,
  )
})

test('One that dies again and again does not count as started', async () => {
  const host = hostWith({ fails: 'soon' })
  await rejects(() => bring(host, unit({ name })), /it does not run, though systemd accepted the start/)
  const seen = await stateOf(host, unit({ name }))
  assert.is(seen['active'], 'crashing')
})

test('One that failed is started again once its cause is gone', async () => {
  const host = hostWith({ refuses: { path, text: 'old' } })
  for (let tries = 0; tries < 6; tries++) host.systemd.start(name)
  host.files.write(path, 'new')
  await bring(host, unit({ name }))
  assert.is(host.systemd.active(name), 'active')
})

test('A oneshot that ends can never be started, and the error says why', async () => {
  await rejects(() => bring(hostWith({ type: 'oneshot' }), unit({ name })), /a oneshot that ended/)
})

test('Somebody else restarts it and claims no more than that', async () => {
  const host = hostWith({ running: true })
  const resource = restart(name, { after: [config] })
  assert.equal(kindOf('unit').claim(resource.ref, resource.spec), [`unit:${name}#took:file:${path}`])
  await bring(host, resource, inputs('h:new', 'h:old'))
  assert.is(host.systemd.restarts(name), 1)
  assert.not(host.systemd.enabled(name))
})

test('Somebody else does not start what does not run', async () => {
  assert.is(await bring(hostWith(), restart(name, { after: [config] }), inputs('h:new', 'h:old')), undefined)
})

test('Somebody else reloads what runs, claims no more than that, and neither starts nor enables it', async () => {
  const host = hostWith({ running: true })
  const resource = reload(name, { after: [config] })
  assert.equal(kindOf('unit').claim(resource.ref, resource.spec), [`unit:${name}#took:file:${path}`])
  await bring(host, resource, inputs('h:new', 'h:old'))
  assert.equal([host.systemd.reloads(name), host.systemd.restarts(name)], [1, 0])
  assert.not(host.systemd.enabled(name))
  assert.is(await bring(host, resource, inputs('h:new', 'h:old')), undefined)
  assert.is(await bring(hostWith(), resource, inputs('h:new', 'h:old')), undefined)
})

test('Its own claim is its state and what it takes up', () => {
  const resource = restarting()
  assert.equal(kindOf('unit').claim(resource.ref, resource.spec), [
    `unit:${name}#state`,
    `unit:${name}#took:file:${path}`,
  ])
})

test('Names that no unit can have are refused where they are declared', () => {
  assert.throws(() => unit({ name: 'a b' }), /no name of a unit/)
  assert.throws(() => unit({ name: 'getty@.service' }), /no name of a unit/)
  assert.is(unit({ name: 'apt-daily.timer' }).id, 'unit:apt-daily.timer')
})

test('A unit that a package brings later cannot be seen yet', async () => {
  assert.ok((await reading(new FakeHost('a'), unit({ name }))) instanceof NotYet)
})
