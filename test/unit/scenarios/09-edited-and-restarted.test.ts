import * as assert from 'uvu/assert'
import { defineRole } from '../../../lib/play/role.ts'
import { file, unit } from '../../../lib/resources/index.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/09 a human edits and restarts')
const config = '/etc/app.conf'
const service = 'app.service'

const app = defineRole({
  name: 'app',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task }) {
    const files = await task('Configure it', file({ path: config, content: 'ours\n' }))
    await task('Run it', unit({ name: service, restartAfter: files }))
  },
})

async function running() {
  const host = new FakeHost('h1')
  host.systemd.define(service, { reads: [config] })
  const cluster = new FakeCluster([host])
  await cluster.run(app)
  return { host, cluster }
}

const edit = (host: FakeHost) => host.files.write(config, 'theirs\n')
const restart = (host: FakeHost) => host.exec({ text: `systemctl restart ${service}` })

test('What the daemon took up of a human is put right with the file, and the check says so', async () => {
  const { host, cluster } = await running()
  edit(host)
  await restart(host)
  const both = { 'h1 file:/etc/app.conf': 'changed', 'h1 unit:app.service': 'changed' }
  assert.equal((await cluster.check(app)).resources, both)
  assert.equal((await cluster.run(app)).resources, both)
  assert.is(host.systemd.took(service, config), 'ours\n')
  assert.equal((await cluster.run(app)).tasks, { 'h1 Configure it': 'ok', 'h1 Run it': 'ok' })
})

test('So it is when the run was killed after it had put the file back', async () => {
  const { host, cluster } = await running()
  edit(host)
  await restart(host)
  const files = defineRole({
    ...app,
    vars: {},
    shared: {},
    tasks: async ({ task }) => void (await task('Configure it', file({ path: config, content: 'ours\n' }))),
  })
  await cluster.run(files)
  assert.is((await cluster.run(app)).resources['h1 unit:app.service'], 'changed')
  assert.is(host.systemd.took(service, config), 'ours\n')
})

test('A daemon that came back by itself, or was restarted on what is ours, is left alone', async () => {
  const { host, cluster } = await running()
  await restart(host)
  assert.equal((await cluster.run(app)).tasks, { 'h1 Configure it': 'ok', 'h1 Run it': 'ok' })
})

test('An edit that the daemon never took up is put back without a restart', async () => {
  const { host, cluster } = await running()
  edit(host)
  const restarts = host.systemd.restarts(service)
  assert.equal((await cluster.run(app)).tasks, { 'h1 Configure it': 'changed', 'h1 Run it': 'ok' })
  assert.is(host.systemd.restarts(service), restarts)
})

test('What the daemon took up of a human by a reload is put right too, though nothing tells of that', async () => {
  const host = new FakeHost('h1')
  host.systemd.define(service, { reads: [config], running: true })
  const cluster = new FakeCluster([host])
  const reloaded = defineRole({
    ...app,
    vars: {},
    shared: {},
    async tasks({ task }) {
      const files = await task('Configure it', file({ path: config, content: 'ours\n' }))
      await task('Run it', unit({ name: service, reloadAfter: files }))
    },
  })
  await cluster.run(reloaded)
  edit(host)
  await host.exec({ text: `systemctl reload ${service}` })
  const both = { 'h1 file:/etc/app.conf': 'changed', 'h1 unit:app.service': 'changed' }
  assert.equal((await cluster.check(reloaded)).resources, both)
  assert.equal((await cluster.run(reloaded)).resources, both)
  assert.is(host.systemd.took(service, config), 'ours\n')
  assert.equal((await cluster.run(reloaded)).tasks, { 'h1 Configure it': 'ok', 'h1 Run it': 'ok' })
})

test('A daemon that a human stopped after the run stays stopped by a revert, and is named', async () => {
  const { host, cluster } = await running()
  const other = defineRole({
    ...app,
    vars: {},
    shared: {},
    async tasks({ task }) {
      const files = await task('Configure it', file({ path: config, content: 'otherwise\n' }))
      await task('Run it', unit({ name: service, restartAfter: files }))
    },
  })
  const { directory } = await cluster.run(other)
  host.systemd.stop(service)
  const { resources, events } = await cluster.revert(directory, other)
  assert.equal(resources, { 'h1 file:/etc/app.conf': 'reverted', 'h1 unit:app.service': 'kept' })
  assert.match(JSON.stringify(events), 'Somebody changed active after this run')
  assert.is(host.systemd.active(service), 'inactive')
})
