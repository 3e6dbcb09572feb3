import * as assert from 'uvu/assert'
import { parseLimits } from '../../../../roles/system_tuning/highest-limits.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { families, groundOf, hostOf, type Family } from './tuned.ts'

const test = suite('roles/system_tuning: limits')
const sessions = '/etc/security/limits.d/90-troupe.conf'
const manager = '/etc/systemd/system.conf.d/90-troupe.conf'
const raised = { limits: 'managed', openFiles: 500_000, processes: 40_000 } as const

// Captured on Debian 12: of a machine, and of a container that may not raise what it was given.
const able = 'Name:\tsystemd\nCapEff:\t000001ffffffffff\n'
const unable = 'Name:\tsystemd\nCapEff:\t00000000fcecbfff\n'
const given = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96365                96365                processes
Max open files            20000                20000                files
Max locked memory         8388608              unlimited            bytes
`

function limited(family: Family, status = able) {
  const host = hostOf(family, {
    '/proc/1/status': status,
    '/proc/1/limits': given,
    '/proc/sys/fs/nr_open': '1048576\n',
  })
  for (const folder of ['/etc/security/limits.d', '/etc/sysctl.d', '/etc/systemd']) host.files.mkdir(folder)
  return host
}

for (const family of families) {
  test(`Sessions and services get more on ${family}, and that keeps the four laws`, () =>
    keepsLaws(
      () => groundOf([limited(family)], raised),
      ({ host }): readonly Damage[] => [
        { title: 'less for sessions', repairs: [`file:${sessions}`], do: () => host.files.remove(sessions) },
        {
          title: 'a file is gone',
          repairs: [`unitDefaults:${manager}`],
          do: () => host.files.remove(manager),
        },
        {
          title: 'systemd took up something else',
          repairs: [`unitDefaults:${manager}`],
          do: () => {
            host.files.write(manager, '[Manager]\nDefaultTasksMax=10\n')
            host.systemd.daemonReload()
          },
        },
      ],
    ))
}

test('Both ends of each limit are raised, for root as well', async () => {
  const host = limited('debian')
  await groundOf([host], raised).run()
  const lines = (host.files.read(sessions) ?? '').trim().split('\n').slice(1)
  const ends = ['soft nofile 500000', 'hard nofile 500000', 'soft nproc 40000', 'hard nproc 40000']
  assert.equal(
    lines,
    ['*', 'root'].flatMap((who) => ends.map((end) => `${who} ${end}`)),
  )
  assert.is(host.systemd.managerProperty('DefaultLimitNOFILESoft'), '500000')
  assert.is(host.systemd.managerProperty('DefaultTasksMax'), '40000')
})

test('The kernel gives as many files as a session may have, else nobody could log in', async () => {
  const host = limited('debian')
  host.files.write('/proc/sys/fs/nr_open', '1024\n')
  await groundOf([host], raised).run()
  assert.is(host.files.read('/proc/sys/fs/nr_open'), '500000\n')
})

test('In a container that may not raise limits, nobody is promised more than there is', async () => {
  const host = limited('debian', unable)
  await groundOf([host], raised).run()
  assert.match(host.files.read(sessions) ?? '', '* hard nofile 20000\n')
  assert.is(host.systemd.managerProperty('DefaultLimitNOFILE'), '20000')
  assert.is(host.systemd.managerProperty('DefaultLimitNPROC'), '40000')
})

test('What the first process may do and has is read by field', () => {
  assert.equal(parseLimits(able, given), { openFiles: Infinity, processes: Infinity })
  assert.equal(parseLimits(unable, given), { openFiles: 20_000, processes: 96_365 })
  const unlimited = given.replace('20000                files', 'unlimited            files')
  assert.is(parseLimits(unable, unlimited).openFiles, Infinity)
})

test('A host that does not show them is an error, and one that is to be left alone is not asked', async () => {
  const { failed } = await groundOf([hostOf('debian')], raised).run()
  assert.match(failed.join(), 'nothing is known of its limits')
  assert.equal((await groundOf([hostOf('debian')], {}).run()).changed, [])
})
