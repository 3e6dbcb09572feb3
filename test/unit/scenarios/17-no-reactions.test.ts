import * as assert from 'uvu/assert'
import { defineRole } from '../../../lib/play/role.ts'
import { directory } from '../../../lib/resources/files/directory.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { osPackage } from '../../../lib/resources/package/package.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { user } from '../../../lib/resources/users/user.ts'
import { FakeGround } from '../../support/fake-ground.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { isHonest, isIdempotent, isReversible } from '../../support/laws.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/17 no reactions')
const path = '/etc/app/more/app.conf'

/** Each thing needs the one before it, and nowhere is that written down. */
const ordered = defineRole({
  name: 'ordered',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task }) {
    await task(
      'Set it up',
      osPackage({ name: 'app' }),
      user({ name: 'app', system: true }),
      directory({ path: '/etc/app', owner: 'app' }),
      directory({ path: '/etc/app/more', owner: 'app' }),
      file({ path, content: 'ours\n', owner: 'app' }),
      unit({ name: 'app' }),
    )
  },
})

function bare(): FakeGround {
  const host = new FakeHost('h1')
  host.packages.offer({
    name: 'app',
    version: '1',
    units: { 'app.service': { start: false, reads: [path] } },
  })
  return new FakeGround(new FakeCluster([host]), ordered)
}

test('Without any "after", a check of a bare host names all that the order brings, and calls nothing ok', async () => {
  const { cluster } = bare()
  const { resources } = await cluster.check(ordered)
  assert.is(Object.keys(resources).length, 6)
  assert.not(Object.values(resources).includes('ok'))
  assert.is(resources['h1 unit:app.service'], 'unknown')
})

test('A run with order alone keeps the laws', async () => {
  await isHonest(bare)
  await isIdempotent(bare)
  await isReversible(bare)
})

test('What only comes after a change does not react to it', async () => {
  const role = defineRole({
    name: 'apart',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ task }) {
      await task('Write', file({ path: '/etc/daemon.conf', content: 'new' }))
      await task('Run', unit({ name: 'daemon' }))
    },
  })
  const host = new FakeHost('h1')
  host.systemd.define('daemon.service', { reads: ['/etc/daemon.conf'], enabled: true, running: true })
  const cluster = new FakeCluster([host])
  assert.is((await cluster.check(role)).resources['h1 unit:daemon.service'], 'ok')
  await cluster.run(role)
  assert.is(host.systemd.restarts('daemon.service'), 0)
})
