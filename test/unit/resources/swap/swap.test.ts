import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { type SwapState } from '../../../../lib/resources/swap/swap-state.ts'
import { swap } from '../../../../lib/resources/swap/swap.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { swapOn } from '../../../support/fake-host/swap.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('swap')
const off = swap({ state: 'off' })
const file = '/swapfile'
const root = 'UUID=1-2 / ext4 defaults 0 1\n'
const unit = '[Swap]\nWhat=/dev/sdc1\n'

function hostWith(fstab: string | null = root): FakeHost {
  const host = new FakeHost('a')
  host.files.write('/proc/swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n')
  for (const device of ['/dev/sdb1', '/dev/sdc1', '/dev/zram0']) host.files.write(device, '')
  if (fstab !== null) host.files.write('/etc/fstab', fstab)
  return host
}

test('Swap goes off, is commented in fstab, and is on again with its priority after a revert', async () => {
  const host = hostWith(`${root}/dev/sdb1\tnone\tswap\tsw\t0 0\n#/dev/sdx none swap sw 0 0\n${root}`)
  swapOn(host.files, '/dev/sdb1', '5')
  swapOn(host.files, '/dev/sdc1')
  await keepsContract({ host, resource: off })
  const done = host.clone()
  await bring(done, off)
  assert.equal((await stateOf(done, off))['live'], [])
  const text = `${root}# off by troupe: /dev/sdb1\tnone\tswap\tsw\t0 0\n#/dev/sdx none swap sw 0 0\n${root}`
  assert.is(done.files.read('/etc/fstab'), text)
})

test('Units that a generator makes are masked, those with a place in the boot are disabled', async () => {
  const host = hostWith()
  host.files.write('/run/systemd/generator/dev-sdb1.swap', unit)
  host.files.write('/etc/systemd/system/dev-sdc1.swap', `${unit}[Install]\nWantedBy=multi-user.target\n`)
  host.files.write('/usr/lib/systemd/system/static.swap', unit)
  host.systemd.unitFiles.enable('dev-sdc1.swap')
  host.systemd.define('zramswap.service', { enabled: true })
  await keepsContract({ host, resource: off })
  await bring(host, off)
  assert.equal((await stateOf(host, off))['units'], {
    'dev-sdb1.swap': 'masked',
    'dev-sdc1.swap': 'disabled',
    'static.swap': 'masked',
    'zramswap.service': 'disabled',
  })
})

test('The generator of compressed memory is told to make none, whatever its package says', async () => {
  const shipped = hostWith()
  shipped.files.write('/usr/lib/systemd/zram-generator.conf', '[zram0]\n')
  await keepsContract({ host: shipped, resource: off })
  const own = hostWith()
  own.files.write('/etc/systemd/zram-generator.conf', '[zram0]\nzram-size = 4096\n')
  swapOn(own.files, '/dev/zram0', '100')
  await keepsContract({ host: own, resource: off })
})

/** What a boot leaves of compressed memory: nothing, until a unit makes it. */
function bootedWith(maker: string): FakeHost {
  const host = hostWith()
  if (maker.endsWith('.swap')) {
    host.files.write('/usr/lib/systemd/zram-generator.conf', '[zram0]\n')
    host.files.write(`/run/systemd/generator/${maker}`, unit)
  } else host.systemd.define(maker, { enabled: true })
  swapOn(host.files, '/dev/zram0', '100')
  return host.onChange(new RegExp(`systemctl start -- ${maker}`), () => {
    host.files.write('/dev/zram0', '')
    return swapOn(host.files, '/dev/zram0', '100')
  })
}

for (const maker of ['dev-zram0.swap', 'zramswap.service', 'zram-config.service', 'zram-swap.service']) {
  test(`Compressed memory of ${maker} stays off over a boot, and a revert has it made again`, async () => {
    const host = bootedWith(maker)
    const change = await bring(host, off)
    const { live, units } = (await stateOf(host, off)) as unknown as SwapState
    assert.equal(live, [])
    assert.match(units[maker] ?? '', /^(?:masked|disabled)$/)
    host.files.remove('/dev/zram0')
    assert.ok(change)
    await kindOf('swap').apply(host, off.ref, { from: change.to, to: change.from })
    assert.equal(await stateOf(host, off), change.from)
  })
}

test('Where nothing is swapped to there is nothing to do, in one round trip', async () => {
  const host = hostWith(null)
  assert.is(await bring(host, off), undefined)
  assert.is(host.traffic.trips, 1)
})

test('What was commented by somebody stays so, and what was on by hand is on again', async () => {
  const host = hostWith('# /dev/sdb1 none swap sw 0 0\n')
  swapOn(host.files, '/dev/sdb1')
  await keepsContract({ host, resource: off })
})

test('A host that does not show its swap is an error, not one without', async () => {
  await rejects(() => bring(new FakeHost('a'), off), /shows no \/proc\/swaps/)
})

test('A file is made, swapped to, and stands in fstab; all of it goes in a revert', async () => {
  const resource = swap({ file, sizeMb: 64 })
  for (const fstab of [root, root.trimEnd(), '', null])
    await keepsContract({ host: hostWith(fstab), resource })
  const host = hostWith()
  await bring(host, resource)
  assert.is(host.files.read('/etc/fstab'), `${root}/swapfile none swap sw 0 0\n`)
  assert.equal(await stateOf(host, resource), { is: 'swap file', sizeMb: 64, live: true, boot: true })
})

test('A file of another size is made anew', async () => {
  const host = hostWith(`${file} none swap sw 0 0\n`)
  host.files.write(file, 'swap 32', { mode: 0o600 })
  swapOn(host.files, file)
  await keepsContract({ host, resource: swap({ file, sizeMb: 64 }) })
})

test('A file that is no swap is not overwritten', async () => {
  const host = hostWith()
  host.files.write(file, 'data')
  await rejects(() => bring(host, swap({ file, sizeMb: 64 })), /there is a file that is no swap/)
  assert.is(host.files.read(file), 'data')
})

test('Swap that is off, and a file to swap to, are two owners of one thing', () => {
  const claims = [off, swap({ file, sizeMb: 1 })].map(({ kind, ref, spec }) => kindOf(kind).claim(ref, spec))
  assert.equal(claims, [['swap'], ['swap#/swapfile', 'path:/swapfile', 'path:/etc/fstab#/swapfile']])
})

test('A size that is no whole number of megabytes is refused', () => {
  for (const sizeMb of [0, 1.5, -1]) assert.throws(() => swap({ file, sizeMb }), /whole number of megabytes/)
})
