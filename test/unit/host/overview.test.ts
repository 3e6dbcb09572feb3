import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseOverview } from '../../../lib/host/facts/overview.ts'
import { suite } from '../../support/suite.ts'

const test = suite('what a host is')
const captured = readFileSync(
  join(import.meta.dirname, '../../fixtures/overview/debian-12-captured.txt'),
  'utf8',
)

test('all of it is read', () => {
  assert.equal(parseOverview(captured), {
    hostname: 'node1',
    os: { id: 'debian', version: '12', family: 'debian' },
    kernel: '6.18.44-fc-v595',
    machine: 'x86_64',
    cpus: 2,
    memoryMb: 24_106,
    uptimeSeconds: 27_932,
    disks: [
      { device: 'overlay', mount: '/', sizeMb: 258_020, freeMb: 68_375 },
      { device: '/dev/vda', mount: '/run/host/os-release', sizeMb: 258_020, freeMb: 68_375 },
    ],
    addresses: [{ device: 'host0', address: '10.210.3.11', prefix: 24, global: true }],
    units: { running: 5, failed: [] },
  })
})

test('units that failed are named', () => {
  const failed = captured.replace(
    '\u001efailed\n',
    '\u001efailed\na.service loaded failed failed A\nb.timer x\n',
  )
  assert.equal(parseOverview(failed).units?.failed, ['a.service', 'b.timer'])
})

test('a host that has next to nothing says no more than that', () => {
  const empty = parseOverview(
    '\u001ehostname\nbox\n\u001eos\n\u001ekernel\n6.1 armv7l\n\u001ecpus\n1\n\u001euptime\n7.9 3\n',
  )
  assert.equal(empty, {
    hostname: 'box',
    os: undefined,
    kernel: '6.1',
    machine: 'armv7l',
    cpus: 1,
    memoryMb: 0,
    uptimeSeconds: 7,
    disks: [],
    addresses: [],
    units: undefined,
  })
})
