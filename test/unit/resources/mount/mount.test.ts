import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { sh } from '../../../../lib/host/command.ts'
import { mount } from '../../../../lib/resources/mount/mount.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('mount')
const fstab = '/etc/fstab'
const kept = '# theirs\nUUID=1-2\t/\text4\tdefaults 0 1'
const table = '/proc/self/mountinfo'
const data = mount({ path: '/data', source: '/dev/sdb1', fstype: 'ext4', options: 'noatime', pass: 2 })

function hostWith(text = `${kept}\n`): FakeHost {
  const host = new FakeHost('a')
  host.files.write(table, '')
  host.files.write('/dev/sdb1', '')
  host.files.link('/dev/disk/by-uuid/4f-5a', '../../sdb1')
  host.files.mkdir('/srv/images')
  host.files.write(fstab, text, { mode: 0o640 })
  return host
}

async function mounted(
  host: FakeHost,
  path: string,
  source: string,
  options = 'defaults',
): Promise<FakeHost> {
  host.files.mkdir(path)
  await host.exec(sh`mount -t ext4 -o ${options} -- ${source} ${path}`)
  return host.clone()
}

test('A device is mounted, now and at boot, with a folder for it, and all is as before after a revert', async () => {
  await keepsContract({ host: hostWith(), resource: data })
  const host = hostWith()
  await bring(host, data)
  assert.is(host.files.read(fstab), `${kept}\n/dev/sdb1 /data ext4 noatime 0 2\n`)
})

test('A folder that stood there stays, and a file whose last line is not ended is so again', async () => {
  const host = hostWith(kept)
  host.files.mkdir('/data', { mode: 0o700 })
  await keepsContract({ host, resource: data })
})

test('Where no fstab was there is none after a revert', async () => {
  const host = hostWith()
  host.files.remove(fstab)
  await keepsContract({ host, resource: data })
  await keepsContract({ host: hostWith(''), resource: data })
})

test('A line that says something else is replaced where it stands, and back as it stood', async () => {
  const host = hostWith(`/dev/sdb1\t/data  ext4 defaults # noted\n${kept}\n`)
  await keepsContract({ host, resource: data })
  await bring(host, data)
  assert.is(host.files.read(fstab), `/dev/sdb1 /data ext4 noatime 0 2\n${kept}\n`)
})

test('A line that says the same in other words is left as it is', async () => {
  const host = await mounted(
    hostWith('/dev/sdb1\t/data\text4\tnoatime 0 2\n'),
    '/data',
    '/dev/sdb1',
    'noatime',
  )
  assert.is(await bring(host, data), undefined)
})

test('Blanks in a path are written as fstab wants them', async () => {
  const resource = mount({ path: '/my data', source: '/dev/sdb1', fstype: 'ext4' })
  await keepsContract({ host: hostWith(), resource })
  const host = hostWith()
  await bring(host, resource)
  assert.match(host.files.read(fstab) ?? '', String.raw`/dev/sdb1 /my\040data ext4 defaults 0 0`)
  assert.is(await bring(host, resource), undefined)
})

test('A device that is named by its UUID is known where it is mounted by its name', async () => {
  const resource = mount({ path: '/data', source: 'UUID=4f-5a', fstype: 'ext4' })
  const host = await mounted(hostWith(), '/data', '/dev/sdb1')
  assert.is((await stateOf(host, resource))['mounted'], 'yes')
  await keepsContract({ host: hostWith(), resource })
})

test('A folder is shown at another place, read only', async () => {
  const bind = mount({ path: '/images', source: '/srv/images', fstype: 'none', options: 'bind,ro' })
  await keepsContract({ host: hostWith(), resource: bind })
  const other = hostWith()
  other.files.mkdir('/srv/other')
  await mounted(other, '/images', '/srv/other', 'bind')
  await rejects(() => bring(other, bind), /stands mounted at \/images, where something else is wanted/)
})

test('Options that show are set as it stands mounted, and back', async () => {
  const host = await mounted(hostWith(), '/data', '/dev/sdb1', 'ro,noexec')
  await keepsContract({ host, resource: data })
})

test('Something else that stands mounted there is not touched', async () => {
  const host = await mounted(hostWith(), '/data', 'tmpfs')
  await rejects(() => bring(host, data), /tmpfs \(ext4\) stands mounted at \/data/)
})

test('What is only to stand in fstab is neither mounted nor unmounted', async () => {
  const resource = mount({ path: '/data', source: '/dev/sdb1', fstype: 'ext4', state: 'present' })
  await keepsContract({ host: hostWith(), resource })
  await keepsContract({ host: await mounted(hostWith(), '/data', '/dev/sdb1'), resource })
})

test('A mount that is to be absent goes from fstab too, and is back after a revert', async () => {
  const absent = mount({ path: '/data', state: 'absent' })
  const line = '/dev/sdb1 /data ext4 noatime 0 2\n'
  await keepsContract({
    host: await mounted(hostWith(`${line}${kept}`), '/data', '/dev/sdb1', 'noatime'),
    resource: absent,
  })
  const byHand = await mounted(hostWith(), '/data', '/dev/sdb1', 'ro')
  await keepsContract({ host: byHand, resource: absent })
  assert.is(await bring(hostWith(), absent), undefined)
})

test('A part of a file system that was bound by hand cannot come back, and that is said', async () => {
  const host = await mounted(hostWith(), '/images', '/srv/images', 'bind')
  const absent = mount({ path: '/images', state: 'absent' })
  const change = await bring(host, absent)
  assert.ok(change)
  assert.match(kindOf('mount').oneWay?.(change, absent.ref) ?? '', /showed a part of .* mounted by hand/)
})

test('What holds a mount that is to go is named', async () => {
  const host = await mounted(hostWith(), '/data', '/dev/sdb1')
  host.files.link('/proc/77/cwd', '/data/work')
  host.files.link('/proc/78/fd/3', '/data/file')
  host.files.link('/proc/79/cwd', '/database')
  host.files.write('/proc/77/comm', 'bash\n')
  host.files.write('/proc/78/comm', 'tail\n')
  await mounted(host, '/data/inner', '/dev/sdb1')
  await rejects(
    () => bring(host, mount({ path: '/data', state: 'absent' })),
    /held by the mount \/data\/inner, bash \(77\), tail \(78\)\.\numount: \/data: target is busy/,
  )
})

test('A folder can still come for the mount point to stand in', async () => {
  const failed = await bring(hostWith(), mount({ path: '/a/b', source: 'tmpfs', fstype: 'tmpfs' })).catch(
    (error: unknown) => error,
  )
  assert.ok(failed instanceof NotYet)
  assert.is(failed.foreseen?.['mounted'], 'yes')
})

test('Many mounts cost one round trip', async () => {
  const host = hostWith()
  const refs = [1, 2, 3].map((each) => mount({ path: `/d${each}`, source: '/dev/sdb1', fstype: 'ext4' }).ref)
  await kindOf('mount').read(host, refs)
  assert.is(host.traffic.trips, 1)
})

test('Passwords among the options, and fields of several lines, are refused', () => {
  const share = { path: '/x', source: '//s/x', fstype: 'cifs' }
  assert.throws(() => mount({ ...share, options: 'user=a,password=b' }), /hold a password/)
  assert.throws(() => mount({ ...share, options: 'ro\nrw' }), /of one line/)
})
