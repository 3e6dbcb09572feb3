import * as assert from 'uvu/assert'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { families, groundOf, hostOf, type Family } from './tuned.ts'

const test = suite('roles/system_tuning: timezone')
const zones = { '/usr/share/zoneinfo/UTC': 'TZif', '/usr/share/zoneinfo/Japan': 'TZif' }

/** As small as a system comes: the zones are in a package that is not installed. */
function small(family: Family) {
  const host = hostOf(family)
  host.files.mkdir('/usr/share')
  host.packages.offer({ name: 'tzdata', version: '2026a', files: zones })
  return host
}

for (const family of families) {
  test(`A zone is set on ${family}, its data is brought where that lacks, and both keep the four laws`, () =>
    keepsLaws(
      () => groundOf([small(family)], { timezone: 'Japan' }),
      ({ host }): readonly Damage[] => [
        {
          title: 'another zone',
          repairs: ['timezone:own'],
          do: () => host.files.link('/etc/localtime', '/usr/share/zoneinfo/UTC'),
        },
      ],
    ))
}

test('Where the data is there, nothing is installed', async () => {
  const host = hostOf('debian', zones)
  assert.equal((await groundOf([host], { timezone: 'Japan' }).run()).changed, ['timezone:own'])
})

test('A host without a zone is at UTC, and one that is to be left alone stays where it is', async () => {
  for (const timezone of ['UTC', 'keep'])
    assert.equal((await groundOf([small('debian')], { timezone }).run()).changed, [])
})
