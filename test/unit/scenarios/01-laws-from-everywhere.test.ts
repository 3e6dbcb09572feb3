import * as assert from 'uvu/assert'
import { FakeGround } from '../../support/fake-ground.ts'
import type { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import {
  hasNothingToDo,
  isHonest,
  isIdempotent,
  isReversible,
  repairs,
  type Damage,
} from '../../support/laws.ts'
import { suite } from '../../support/suite.ts'
import { app, bareHost, config, configuredHost, shipped, vars } from './app/index.ts'

const test = suite('scenarios/01 laws from everywhere')

/** How a host may be found, whoever has left it so. */
const starts: Readonly<Record<string, () => FakeHost | Promise<FakeHost>>> = {
  'a bare host': bareHost,
  'a host whose configuration was edited': () =>
    changed((host) => host.files.write(config, 'greeting = edited\n')),
  'a host on which one mode alone differs': () =>
    changed((host) => host.files.chmod(config, { mode: 0o600 })),
  'a host configured with other variables': () => configuredHost('good day'),
  'a host on which the unit was stopped': () => changed(({ systemd }) => systemd.stop('app.service')),
  'a host on which the unit was disabled': () =>
    changed(({ systemd }) => systemd.unitFiles.disable('app.service')),
  'a host from which the package was removed, but for its configuration': () =>
    changed(({ packages }) => packages.remove('app', false)),
  'a host that another tool had set up rightly': setUpByAnother,
}

for (const [title, start] of Object.entries(starts)) {
  const ground = async () => new FakeGround(new FakeCluster([await start()]), app, vars())
  test(`From ${title}, the check names what the run does, and changes nothing`, () => isHonest(ground))
  test(`From ${title}, a second run has nothing to do`, () => isIdempotent(ground))
  test(`From ${title}, a revert leaves it as it was found`, () => isReversible(ground))
}

test('Damage to any one thing is repaired, and nothing else is touched', () =>
  repairs(() => new FakeGround(new FakeCluster([bareHost()]), app, vars()), damagesTo))

test('On a host that is right already, nothing is restarted', async () => {
  const host = await setUpByAnother()
  const restarts = host.systemd.restarts('app.service')
  await hasNothingToDo(new FakeGround(new FakeCluster([host]), app, vars()))
  assert.is(host.systemd.restarts('app.service'), restarts)
})

test('A drift that the daemon never took up is put back without a restart; new content takes one', async () => {
  const host = await changed(({ files }) => files.write(config, 'greeting = edited\n'))
  const restarts = host.systemd.restarts('app.service')
  await new FakeCluster([host]).run(app, vars())
  assert.is(host.systemd.restarts('app.service'), restarts)
  assert.is(host.systemd.took('app.service', config), 'greeting = hello\n')
  await new FakeCluster([host]).run(app, vars('good day'))
  assert.is(host.systemd.restarts('app.service'), restarts + 1)
  assert.is(host.systemd.took('app.service', config), 'greeting = good day\n')
})

async function changed(change: (host: FakeHost) => unknown): Promise<FakeHost> {
  const host = await configuredHost()
  change(host)
  return host
}

/** All as the role wants it, but without anything that we would remember of it. */
async function setUpByAnother(): Promise<FakeHost> {
  const host = await configuredHost()
  for (const path of ['/var/lib/troupe', '/run/troupe']) host.files.remove(path)
  return host
}

function damagesTo({ host }: FakeGround): readonly Damage[] {
  const { files, systemd, packages } = host
  const one = (title: string, id: string, act: () => unknown): Damage => ({ title, repairs: [id], do: act })
  return [
    one('the configuration is edited, but not taken up', `file:${config}`, () =>
      files.write(config, shipped),
    ),
    one('the configuration is open to all', `file:${config}`, () => files.chmod(config, { mode: 0o666 })),
    one('the configuration has another owner', `file:${config}`, () =>
      files.chmod(config, { group: 'root' }),
    ),
    one('a file is gone', 'file:/etc/app/more/extra.conf', () => files.remove('/etc/app/more/extra.conf')),
    one('a directory has another mode', 'directory:/etc/app/more', () =>
      files.chmod('/etc/app/more', { mode: 0o777 }),
    ),
    one('the block is gone', 'block:/etc/hosts#app', () =>
      files.write('/etc/hosts', '127.0.0.1 localhost\n'),
    ),
    one('the unit is stopped', 'unit:app.service', () => systemd.stop('app.service')),
    one('the unit is disabled', 'unit:app.service', () => systemd.unitFiles.disable('app.service')),
    {
      title: 'the package is removed',
      // It starts its unit itself.
      repairs: ['package:app'],
      do: () => packages.remove('app', false),
    },
  ]
}
