import * as assert from 'uvu/assert'
import type { LabHost } from '../lab/host.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { suite } from '../support/suite.ts'

const test = suite('lab: faults')
let lab: Lab

test.before(async () => {
  lab = await createLab({ hosts: 4, os: ['bookworm', 'bookworm', 'trixie', 'busybox'] })
})
test.after(() => lab.destroy())

test('a power cut keeps files and machine id, and gives another boot id', async () => {
  for (const host of [nth(0), nth(3)]) {
    await host.must('echo kept >/etc/kept')
    const [machine, boot] = await identity(host)
    await host.powerOff()
    assert.equal(host.processes(), [])
    await host.powerOn()
    const [machineNow, bootNow] = await identity(host)
    assert.is(machineNow, machine)
    assert.is.not(bootNow, boot)
    assert.is(await host.must('cat /etc/kept; rm /etc/kept'), 'kept\n')
  }
})

test('a host comes back from a reboot, also from one that nobody here asked for', async () => {
  const [machine, boot = ''] = await identity(nth(2))
  await nth(2).reboot()
  const [machineNow, bootNow = ''] = await identity(nth(2))
  assert.is(machineNow, machine)
  assert.is.not(bootNow, boot)
  await nth(2).run(`systemd-run sh -c 'sleep 0.2; systemctl reboot'`)
  await nth(2).awaitReboot(bootNow)
})

test('a frozen host keeps connections open and answers nobody until it thaws', async () => {
  const host = nth(1)
  await host.must('true')
  const reply = host.must('sleep 0.2; echo late')
  await new Promise((resolve) => setTimeout(resolve, 50))
  await host.freeze()
  const first = await Promise.race([reply, new Promise((resolve) => setTimeout(resolve, 800, 'silence'))])
  assert.is(first, 'silence')
  host.thaw()
  assert.is(await reply, 'late\n')
})

test('a cut network drops what is sent, and a session survives it', async () => {
  const host = nth(1)
  const reachable = async () =>
    (await nth(0).run(`timeout 1 bash -c 'echo >/dev/tcp/${host.address}/22'`)).code === 0
  const reply = host.must('sleep 1; echo after')
  assert.is(await reachable(), true)
  await host.cutNetwork()
  assert.is(await reachable(), false)
  await host.restoreNetwork()
  assert.is(await reply, 'after\n')
  assert.is(await reachable(), true)
})

test('a small disk fills up and empties again, and no other can be filled', async () => {
  const host = nth(0)
  await host.must('mkdir -p /srv/data && echo kept >/srv/data/file')
  await host.smallDisk('/srv/data', 2)
  await host.fillDisk('/srv/data')
  assert.match((await host.run('dd if=/dev/zero of=/srv/data/more count=9')).stderr, 'No space left')
  await host.freeDisk('/srv/data')
  assert.is(await host.must('echo enough >/srv/data/more; cat /srv/data/file'), 'kept\n')
  await host.must('umount /srv/data && rm -r /srv/data')
  const refused: unknown = await host.fillDisk('/srv').catch((error: unknown) => error)
  assert.match(String(refused), 'not a small disk')
})

test(
  'a lab with a disk of its own fills that and not the machine',
  async () => {
    await using small = await createLab({ hosts: 1, os: 'busybox', diskMb: 16 })
    const [host] = small.hosts
    await host?.fillDisk('/root')
    assert.match(
      (await host?.run('dd if=/dev/zero of=/etc/y bs=4096 count=9'))?.stderr ?? '',
      'No space left',
    )
    await host?.freeDisk('/root')
    await host?.must('echo x >/etc/y')
  },
  { timeoutMs: 60_000 },
)

function nth(i: number): LabHost {
  const host = lab.hosts[i]
  if (host === undefined) throw new Error(`the lab has no host ${i}`)
  return host
}

async function identity(host: LabHost): Promise<readonly string[]> {
  const ask = 'cat /etc/machine-id 2>/dev/null || echo none; cat /proc/sys/kernel/random/boot_id'
  return (await host.must(ask)).split('\n')
}
