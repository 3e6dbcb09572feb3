import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { timezone } from '../../../../lib/resources/system/timezone.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('timezone')
const data = '/usr/share/zoneinfo'

function hostIn({ zone, named }: { readonly zone?: string; readonly named?: string }): FakeHost {
  const host = new FakeHost('a')
  for (const each of ['UTC', 'Etc/UTC', 'Europe/Berlin']) host.files.write(`${data}/${each}`, `TZif ${each}`)
  host.files.write(
    `${data}/tzdata.zi`,
    '# version 2025b\nR d 1916 o\nZ Europe/Berlin 0:53:28 - LMT\nL Etc/UTC UTC\n',
  )
  if (zone !== undefined) host.files.link('/etc/localtime', `..${data}/${zone}`)
  if (named !== undefined) host.files.write('/etc/timezone', named)
  return host
}

const berlin = timezone({ name: 'Europe/Berlin' })

test('The zone is set, and is written as before after a revert', () =>
  keepsContract({ host: hostIn({ zone: 'Etc/UTC', named: 'Etc/UTC' }), resource: berlin }))

test('Where there is no /etc/timezone, none is made', async () => {
  const host = hostIn({ zone: 'UTC' })
  await keepsContract({ host, resource: berlin })
  await bring(host, berlin)
  assert.is(host.files.get('/etc/timezone'), undefined)
})

test('A host on which no zone is set gets one', () => keepsContract({ host: hostIn({}), resource: berlin }))

test('A host on which no zone is set is at UTC already', async () => {
  assert.is(await bring(hostIn({}), timezone({ name: 'UTC' })), undefined)
})

test('UTC has two names, either of which will do', async () => {
  const host = hostIn({ zone: 'Etc/UTC', named: 'Etc/UTC\n' })
  assert.is(await bring(host, timezone({ name: 'UTC' })), undefined)
  host.files.write('/etc/timezone', 'Europe/Berlin\n')
  assert.ok(await bring(host, timezone({ name: 'UTC' })))
})

test('A copy of a zone gives way to a link, and stands again after a revert', () => {
  const host = hostIn({})
  host.files.write('/etc/localtime', 'TZif theirs')
  return keepsContract({ host, resource: berlin })
})

test('A /etc/timezone that timedatectl left behind is put right', async () => {
  const host = hostIn({ zone: 'Europe/Berlin', named: 'Etc/UTC\n' })
  await keepsContract({ host, resource: berlin })
  await bring(host, berlin)
  assert.is(host.files.read('/etc/timezone'), 'Europe/Berlin\n')
})

test('However the link is written, the zone that it names counts', async () => {
  assert.is(await bring(hostIn({ zone: 'Europe/Berlin', named: 'Europe/Berlin\n' }), berlin), undefined)
})

test('An unknown zone is an error that names the one that was probably meant', async () => {
  const failed = await bring(hostIn({ zone: 'UTC' }), timezone({ name: 'Europe/Berln' })).then(
    () => undefined,
    (error: unknown) => error as { readonly message: string; readonly advice?: string },
  )
  assert.match(failed?.message ?? '', 'There is no time zone Europe/Berln')
  assert.is(failed?.advice, 'Did you mean "Europe/Berlin"?')
})

test('Without time zone data it may still come with its package', async () => {
  const host = new FakeHost('a')
  host.files.link('/etc/localtime', `${data}/Etc/UTC`)
  await rejects(
    () => bring(host, berlin),
    (error) => error instanceof NotYet && /tzdata/.test(error.message),
  )
})

test('What can be no name of a zone is refused', () => {
  for (const name of ['', '/Europe/Berlin', '../UTC', 'Europe/', 'a b'])
    assert.throws(() => timezone({ name }), /is no name of a time zone/)
})
