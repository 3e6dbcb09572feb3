import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { sh } from '../../../../lib/host/command.ts'
import { cronJob } from '../../../../lib/resources/schedule/cron-job.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('cron-job')
const path = '/etc/cron.d/backup'
const command = sh`/usr/local/bin/backup --to ${'my files'}`

function hostWithCron(): FakeHost {
  const host = new FakeHost('a')
  host.files.mkdir('/etc/cron.d')
  host.files.write('/usr/sbin/cron', '', { mode: 0o755 })
  host.users.add('backup', 34)
  return host
}

async function written(job: Parameters<typeof cronJob>[0]): Promise<string | undefined> {
  const host = hostWithCron()
  await bring(host, cronJob(job))
  return host.files.read(path)
}

test('A job comes with its file, and goes with it in a revert', () =>
  keepsContract({
    host: hostWithCron(),
    resource: cronJob({ name: 'backup', schedule: '0 3 * * *', command }),
  }))

test('A job of that name that stood there is as before after a revert', () => {
  const host = hostWithCron()
  host.files.write(path, '@daily root true\n', { mode: 0o600 })
  return keepsContract({ host, resource: cronJob({ name: 'backup', special: 'reboot', command }) })
})

test('A job is removed, and is back after a revert, with or without cron', () => {
  const host = hostWithCron()
  host.files.remove('/usr/sbin/cron')
  host.files.write(path, '@daily root true\n')
  return keepsContract({ host, resource: cronJob({ name: 'backup', state: 'absent' }) })
})

test('What is written is what cron reads: variables, when, whom and what', async () => {
  const env = { PATH: '/usr/bin:/bin', MAILTO: '' }
  assert.is(
    await written({ name: 'backup', schedule: '*/5 1,2-4 * jan mon-fri', user: 'backup', command, env }),
    `PATH="/usr/bin:/bin"\nMAILTO=""\n*/5 1,2-4 * jan mon-fri backup /usr/local/bin/backup --to 'my files'\n`,
  )
  assert.is(await written({ name: 'backup', special: 'reboot', command: sh`true` }), '@reboot root true\n')
})

test('A percent sign reaches the command', async () => {
  const text = await written({ name: 'backup', special: 'daily', command: sh`date ${'+%F'}` })
  assert.is(text, '@daily root date +\\%F\n')
})

test('Without a cron that reads the folder, that is said', async () => {
  const job = cronJob({ name: 'backup', special: 'daily', command })
  const host = hostWithCron()
  host.files.remove('/usr/sbin/cron')
  const refused = (error: unknown) =>
    error instanceof NotYet && /the package cron .* is missing/.test(error.message)
  await rejects(() => bring(host, job), refused)
  host.files.link('/usr/sbin/crond', '/bin/busybox')
  await rejects(() => bring(host, job), refused)
  host.files.remove('/usr/sbin/crond')
  host.files.write('/usr/sbin/crond', '')
  assert.ok(await bring(host, job))
})

test('A job of a user who is not there would never run', async () => {
  const job = cronJob({ name: 'backup', special: 'daily', user: 'nobody2', command })
  await rejects(() => bring(hostWithCron(), job), /There is no user for the cron job/)
})

test('What cron would pass over or refuse is refused', () => {
  const job = { name: 'backup', special: 'daily', command } as const
  assert.throws(() => cronJob({ ...job, name: 'backup.sh' }), /cron passes over/)
  assert.throws(() => cronJob({ ...job, command: sh`a\nb` }), /more than one line/)
  assert.throws(() => cronJob({ ...job, user: 'a b' }), /no name of a user/)
  assert.throws(() => cronJob({ ...job, env: { 'A B': '1' } }), /cannot be written for cron/)
  assert.throws(() => cronJob({ ...job, env: { A: '1\n* * * * * root true' } }), /cannot be written for cron/)
})

test('A schedule that cron would not take is refused, with the field that is wrong', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['* * * *', /has 4 fields/],
    ['@daily', /has 1 fields/],
    ['60 * * * *', /"60" is no minute/],
    ['* 24 * * *', /"24" is no hour/],
    ['* * 0 * *', /"0" is no day of the month/],
    ['* * * 13 *', /"13" is no month/],
    ['* * * * 8', /"8" is no day of the week/],
    ['*/0 * * * *', /"\*\/0" is no minute/],
    ['5/10 * * * *', /"5\/10" is no minute/],
    ['5-1 * * * *', /"5-1" is no minute/],
    ['1,,2 * * * *', /"1,,2" is no minute/],
    ['* * * foo *', /"foo" is no month/],
    ['-1 * * * *', /"-1" is no minute/],
  ]
  for (const [schedule, why] of refusals)
    assert.throws(() => cronJob({ name: 'backup', schedule, command }), why, schedule)
  for (const schedule of ['0 0 1 1 0', '59 23 31 12 7', '0-59/5 * * DEC Sun', '1,2,30-40 * * * *'])
    cronJob({ name: 'backup', schedule, command })
})
