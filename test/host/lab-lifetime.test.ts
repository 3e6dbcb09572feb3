import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { membersOf } from '../lab/cgroups.ts'
import { command } from '../lab/command.ts'
import { createLab, openLab } from '../lab/lab.ts'
import { bridgeOf, tagOf } from '../lab/network.ts'
import { labDir, stateRoot } from '../lab/places.ts'
import { identify, isAlive } from '../lab/processes.ts'
import { allRecords, type HostRecord, type LabRecord, readRecord, rootOf } from '../lab/record.ts'
import { sweepAbandoned, withMachineLock } from '../lab/teardown.ts'
import { suite } from '../support/suite.ts'

const test = suite('lab: lifetime')
const limit = '/proc/sys/fs/inotify/max_user_instances'
const connections = '/proc/sys/net/netfilter/nf_conntrack_max'

test(
  'nothing is left of a lab that was destroyed',
  async () => {
    const lab = await createLab({ hosts: 3, os: ['busybox', 'bookworm', 'trixie'], diskMb: 200 })
    const record = readRecord(lab.name)
    if (record === undefined) throw new Error('the lab is not on record')
    const processes = membersOf(record.cgroup).flatMap((pid) => identify(pid) ?? [])
    const locks = record.hosts.map(lockOf)
    assert.ok(processes.length > 15, `only ${processes.length} processes`)
    assert.ok((await traces(record)).length > 15)
    await lab.destroy()
    assert.equal(await traces(record), [])
    assert.equal(processes.filter(isAlive), [])
    assert.equal(locks.filter(existsSync), [])
  },
  { timeoutMs: 300_000 },
)

test(
  'limits of the machine are set for the first lab and as before when the last has gone',
  async () => {
    const lab = await createLab({ hosts: 1, os: 'busybox' })
    assert.ok(Number(readFileSync(limit, 'utf8')) >= 8192)
    // kube-proxy fails on any other.
    const tracked = Math.max(131_072, 32_768 * cpus().length)
    assert.is(Number(readFileSync(connections, 'utf8')), tracked)
    const recorded = JSON.parse(readFileSync(join(stateRoot, 'limits.json'), 'utf8')) as Record<
      string,
      string
    >
    await lab.destroy()
    // Other labs of this machine still need what was raised.
    await withMachineLock(async () => {
      const others = allRecords().length > 0
      const expected = others ? '8192' : (recorded['fs/inotify/max_user_instances'] ?? '')
      assert.is(readFileSync(limit, 'utf8').trim(), expected)
      assert.is(existsSync(join(stateRoot, 'limits.json')), others)
      const before = recorded['net/netfilter/nf_conntrack_max'] ?? tracked
      assert.is(Number(readFileSync(connections, 'utf8')), others ? tracked : Number(before))
    })
  },
  { timeoutMs: 60_000 },
)

test(
  'a lab whose owner was killed is swept away, and one that is kept goes on, reboots among it',
  async () => {
    const [orphan, keptName] = [`test-orphan-${process.pid}`, `test-kept-${process.pid}`]
    const script = `
      const { createLab } = await import(${JSON.stringify(join(import.meta.dirname, '../lab/lab.ts'))})
      await createLab({ hosts: 1, os: 'bookworm', name: '${orphan}' })
      await createLab({ hosts: 1, os: 'busybox', name: '${keptName}', keep: true })
      console.log('both')
      setInterval(() => {}, 1000)`
    const options = ['--import', 'tsx', '--input-type=module', '-e', script]
    const owner = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(owner.stdout, 'data')
    const record = readRecord(orphan)
    if (record === undefined) throw new Error('the lab is not on record')
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    const kept = openLab(keptName)
    try {
      assert.ok((await traces(record)).length > 5)
      await withMachineLock(sweepAbandoned)
      assert.equal(await traces(record), [])
      assert.throws(() => openLab(orphan), /No lab has the name/)
      await kept.hosts[0]?.reboot()
      assert.is(await kept.hosts[0]?.must('hostname'), 'node1\n')
    } finally {
      await kept.destroy()
    }
  },
  { timeoutMs: 90_000 },
)

test(
  'labs side by side do not meet',
  async () => {
    await using one = await createLab({ hosts: 1, os: 'busybox' })
    await using other = await createLab({ hosts: 1, os: 'busybox' })
    const [here, there] = [one.hosts[0], other.hosts[0]]
    assert.is.not(here?.address, there?.address)
    assert.is.not((await here?.run(`ping -c 1 -W 1 ${there?.address}`))?.code, 0)
  },
  { timeoutMs: 60_000 },
)

/** The lock that nspawn leaves of a host, named after the folder of its root. */
function lockOf(host: HostRecord): string {
  const { dev, ino } = statSync(rootOf(host))
  return `/run/systemd/nspawn/locks/inode-${dev}:${ino}`
}

/** All that this machine shows of a lab. */
async function traces(record: LabRecord): Promise<readonly string[]> {
  const list = (dir: string) => (existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : [])
  const lines = (text: string) => text.split('\n')
  const mine = [record.layers, labDir(record.name), bridgeOf(record.subnet), `tl-${tagOf(record.subnet)}-`]
  return [
    ...lines(readFileSync('/proc/mounts', 'utf8')),
    ...lines(await command('losetup', ['-a'])),
    ...lines(await command('ip', ['rule'])),
    ...list('/sys/class/net'),
    ...['propagate', 'unix-export'].flatMap((kind) => list(join('/run/systemd/nspawn', kind))),
    ...record.hosts.map(rootOf).filter(existsSync),
    ...record.cgroup.filter(existsSync).map((path) => `${record.layers} ${path}`),
    ...[record.layers, labDir(record.name)].filter(existsSync),
  ].filter((line) => mine.some((sign) => line.includes(sign)))
}
