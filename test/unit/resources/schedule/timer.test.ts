import * as assert from 'uvu/assert'
import { sh } from '../../../../lib/host/command.ts'
import { defineRole } from '../../../../lib/play/role.ts'
import { timer, type TimerArgs } from '../../../../lib/resources/schedule/timer.ts'
import { defineVars } from '../../../../lib/vars/schema.ts'
import { bring } from '../../../support/bring.ts'
import { FakeGround } from '../../../support/fake-ground.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster } from '../../../support/fake-run.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('timer')
const paths = {
  timer: '/etc/systemd/system/rotate.timer',
  service: '/etc/systemd/system/rotate.service',
} as const
const rotate = { name: 'rotate', command: sh`rotate --all`, onCalendar: 'daily' } as const

/** A host on which a role sees to one timer. */
function ground(args: TimerArgs, host = new FakeHost('h1')): FakeGround {
  const role = defineRole({
    name: 'rotator',
    folder: import.meta.dirname,
    vars: defineVars({}),
    async tasks({ task }) {
      await task('Rotate the logs', ...timer(args))
    },
  })
  return new FakeGround(new FakeCluster([host]), role)
}

async function hostWith(args: TimerArgs): Promise<FakeHost> {
  const host = new FakeHost('h1')
  for (const resource of timer(args)) await bring(host, resource)
  return host
}

async function written(args: TimerArgs): Promise<{ readonly timer: string; readonly service: string }> {
  const host = await hostWith(args)
  return { timer: host.files.read(paths.timer) ?? '', service: host.files.read(paths.service) ?? '' }
}

test('A timer with its service keeps the four laws', () =>
  keepsLaws(
    () => ground(rotate),
    ({ host }): readonly Damage[] => [
      { title: 'stopped', repairs: ['unit:rotate.timer'], do: () => host.systemd.stop('rotate.timer') },
      {
        title: 'disabled',
        repairs: ['unit:rotate.timer'],
        do: () => host.systemd.unitFiles.disable('rotate.timer'),
      },
      {
        title: 'another time',
        repairs: [`file:${paths.timer}`, 'unit:rotate.timer'],
        do: () => {
          host.files.write(paths.timer, '[Timer]\nOnCalendar=weekly\n')
          host.systemd.daemonReload()
        },
      },
    ],
  ))

test('A timer that stood there gives way to ours, and is back after a revert', () =>
  keepsLaws(
    async () =>
      ground(rotate, await hostWith({ ...rotate, onCalendar: 'weekly', command: sh`rotate --some` })),
    () => [],
  ))

test('A timer is removed with its service, and runs again after a revert', () =>
  keepsLaws(
    async () => ground({ name: 'rotate', state: 'absent' }, await hostWith(rotate)),
    () => [],
  ))

test('A service that was edited, and that systemd has read so, is read again once it is put back', async () => {
  const host = await hostWith(rotate)
  const on = ground(rotate, host)
  const name = 'rotate.service'
  host.systemd.start(name)
  host.systemd.stop(name)
  host.systemd.start(name)
  host.files.write(paths.service, '[Service]\nExecStart=/bin/true\n')
  host.systemd.daemonReload()
  assert.equal((await on.check()).changed, [`file:${paths.service}`, 'unit:rotate.timer'])
  await on.run()
  assert.is(on.host.systemd.outdated(name), false)
  assert.match(on.host.files.read(paths.service) ?? '', 'rotate --all')
})

test('What runs when stands in the two files', async () => {
  const { timer: when, service } = await written({
    ...rotate,
    description: '100% of the logs',
    user: 'logs',
    env: { NOTE: 'a "b" $c' },
    command: sh`printf ${'%s\n'} "$HOME" 'x\\y'`,
    onCalendar: ['daily', 'Mon 03:00'],
    onBoot: '5m',
    persistent: true,
    randomDelay: '30s',
  })
  assert.is(
    when,
    [
      '[Unit]',
      'Description=100%% of the logs',
      '',
      '[Timer]',
      'OnCalendar=daily',
      'OnCalendar=Mon 03:00',
      'OnBootSec=300000ms',
      'Persistent=true',
      'RandomizedDelaySec=30000ms',
      '',
      '[Install]',
      'WantedBy=timers.target',
      '',
    ].join('\n'),
  )
  assert.is(
    service,
    [
      '[Unit]',
      'Description=100%% of the logs',
      '',
      '[Service]',
      'Type=oneshot',
      'User=logs',
      String.raw`Environment="NOTE=a \"b\" $c"`,
      String.raw`ExecStart=/bin/sh -c "printf '%%s\n' \"$$HOME\" 'x\\y'"`,
      '',
    ].join('\n'),
  )
})

test('What is to run every so often runs first that long after its timer', async () => {
  const { timer: when } = await written({ name: 'rotate', command: sh`true`, every: '1h' })
  assert.match(when, /OnActiveSec=3600000ms\nOnUnitActiveSec=3600000ms\n/)
})

test('A unit of somebody else is started, and neither written nor removed', async () => {
  const args = { name: 'rotate', unit: 'logrotate', onCalendar: 'daily' } as const
  const host = await hostWith(args)
  assert.match(host.files.read(paths.timer) ?? '', 'Unit=logrotate.service')
  assert.is(host.files.get(paths.service), undefined)
  host.files.write(paths.service, 'theirs')
  for (const resource of timer({ name: 'rotate', state: 'absent', unit: 'logrotate' }))
    await bring(host, resource)
  assert.is(host.files.get(paths.timer), undefined)
  assert.is(host.files.read(paths.service), 'theirs')
})

test('What systemd would not take is refused', () => {
  assert.throws(() => timer({ ...rotate, name: 'rotate.timer' }), /stands without .timer/)
  assert.throws(() => timer({ ...rotate, name: 'a/b' }), /no name of a timer/)
  assert.throws(() => timer({ ...rotate, user: 'a b' }), /no name of a user/)
  assert.throws(() => timer({ ...rotate, env: { 'A=B': '' } }), /no name of a variable/)
  assert.throws(() => timer({ ...rotate, description: 'a\nb' }), /more than one line/)
  assert.throws(() => timer({ name: 'rotate', command: sh`true` }), /needs a time/)
  assert.throws(
    () => timer({ name: 'rotate', command: sh`true`, onBoot: '1m', persistent: true }),
    /persistent/,
  )
})

// Each was put to systemd-analyze calendar 252.
const taken =
  'Mon..Fri 10:00|*-*-* 04/2:00:00|daily|Mon,Wed *-*~03 02:10|*:0/15|2027-01-01|10:00 UTC|10:00 Europe/Berlin|Sat,Thu,Mon..Wed,Sat..Sun|*-1..3-*|12,14,13:20,10,30|weekly UTC|23:01:02.5|04-01|Friday 1:2|@1700000000|00:00:*|hourly'
const refused = '25:00|fri 10|*|Mon..|10-20 1:1 2:2|1:60|2027-13-01|1:2:3:4|04/0:00|every day||daily daily'

test('A calendar expression is refused where systemd would refuse it', () => {
  for (const onCalendar of taken.split('|')) timer({ ...rotate, onCalendar })
  for (const onCalendar of refused.split('|'))
    assert.throws(() => timer({ ...rotate, onCalendar }), /is no calendar expression/, onCalendar)
})
