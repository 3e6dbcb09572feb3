import * as assert from 'uvu/assert'
import { swapOn } from '../../../support/fake-host/swap.ts'
import { keepsLaws, type Damage } from '../../../support/laws.ts'
import { suite } from '../../../support/suite.ts'
import { families, groundOf, hostOf, type Family } from './tuned.ts'

// On the fake host alone: a lab host has no swap of its own.
const test = suite('roles/system_tuning: swap')
const fstab = 'UUID=1-2 / ext4 defaults 0 1\n/dev/sdb1 none swap sw 0 0\n'

/** A partition in fstab, and what else its family makes swap of. */
function swapping(family: Family) {
  const host = hostOf(family, {
    '/etc/fstab': fstab,
    '/proc/swaps': 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n',
    '/dev/sdb1': '',
    '/dev/zram0': '',
  })
  if (family === 'redhat') {
    host.files.write('/usr/lib/systemd/zram-generator.conf', '[zram0]\nzram-size = 4096\n')
    host.files.write('/run/systemd/generator/dev-zram0.swap', '[Swap]\nWhat=/dev/zram0\n')
  } else host.systemd.define('zramswap.service', { enabled: true })
  swapOn(host.files, '/dev/sdb1')
  swapOn(host.files, '/dev/zram0', '100')
  return host
}

for (const family of families) {
  test(`All of it goes off on ${family}, and keeps the four laws`, () =>
    keepsLaws(
      () => groundOf([swapping(family)], { swap: 'off' }),
      ({ host }): readonly Damage[] => [
        { title: 'on by hand', repairs: ['swap:off'], do: () => swapOn(host.files, '/dev/sdb1') },
        { title: 'in fstab again', repairs: ['swap:off'], do: () => host.files.write('/etc/fstab', fstab) },
        {
          title: 'compressed memory again',
          repairs: ['swap:off'],
          do: () =>
            family === 'redhat'
              ? host.files.remove('/etc/systemd/zram-generator.conf')
              : host.systemd.unitFiles.enable('zramswap.service'),
        },
      ],
    ))
}

test('The line of fstab stays as a comment', async () => {
  const host = swapping('debian')
  await groundOf([host], { swap: 'off' }).run()
  assert.match(host.files.read('/etc/fstab') ?? '', '# off by troupe: /dev/sdb1 none swap sw 0 0\n')
})

test('It can be left alone', async () => {
  const host = swapping('debian')
  const before = host.snapshot()
  assert.equal((await groundOf([host], { swap: 'keep' }).run()).changed, [])
  assert.equal(host.snapshot(), before)
})
