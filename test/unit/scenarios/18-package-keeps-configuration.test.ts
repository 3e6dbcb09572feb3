import * as assert from 'uvu/assert'
import { defineRole } from '../../../lib/play/role.ts'
import { osPackage } from '../../../lib/resources/package/package.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/18 package keeps configuration')
const path = '/etc/app/app.conf'

const role = defineRole({
  name: 'app',
  folder: import.meta.dirname,
  vars: {},
  tasks: async ({ task }) => void (await task('Install it', osPackage({ name: 'app' }))),
})

function host(): FakeHost {
  const made = new FakeHost('h1')
  made.packages.offer({ name: 'app', version: '1', conffiles: { [path]: 'shipped\n' } })
  return made
}

async function runAndRevert(
  start: FakeHost,
  meanwhile: (host: FakeHost) => void = () => {},
): Promise<FakeHost> {
  const cluster = new FakeCluster([start])
  const { directory } = await cluster.run(role)
  meanwhile(start)
  const back = cluster.again()
  const { end } = await back.revert(directory, role)
  assert.not(end.failed)
  return back.host('h1')
}

test('A revert keeps the configuration of a package that was removed before the run', async () => {
  const start = host()
  await start.packages.install('app', undefined, false, async () => {})
  start.files.write(path, 'edited by hand\n')
  start.packages.remove('app', false)
  const before = start.snapshot({ ours: true })
  const back = await runAndRevert(start)
  assert.is(back.files.read(path), 'edited by hand\n')
  assert.equal(back.snapshot({ ours: true }), before)
})

test('A revert keeps a file that stood at the place of the configuration before the run', async () => {
  const start = host()
  start.files.write(path, 'written by hand\n')
  const before = start.snapshot({ ours: true })
  const back = await runAndRevert(start)
  assert.equal(back.snapshot({ ours: true }), before)
})

test('A revert keeps a configuration that was edited after the run', async () => {
  const back = await runAndRevert(host(), ({ files }) => files.write(path, 'edited since\n'))
  assert.is(back.files.read(path), 'edited since\n')
})

test('On a host that knew nothing of the package, a revert leaves nothing of it', async () => {
  const start = host()
  const before = start.snapshot({ ours: true })
  assert.equal((await runAndRevert(start)).snapshot({ ours: true }), before)
})
