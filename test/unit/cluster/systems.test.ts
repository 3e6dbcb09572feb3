import * as assert from 'uvu/assert'
import {
  machineVerdict,
  verdictOn,
  verdictsOn,
  type FoundSystem,
  type Verdict,
} from '../../../lib/cluster/systems.ts'
import { minors } from '../../../lib/cluster/versions.ts'
import { suite } from '../../support/suite.ts'

const test = suite('the systems of hosts')
const today = new Date('2026-11-26T12:00:00Z')

function verdict(system: FoundSystem, minor: string): Verdict {
  return verdictOn(system, minor, today)
}

/** The verdict in short: `refused kernel`. */
function short(id: string, version: string, minor: string): string {
  const found = verdict({ id, version }, minor)
  return found.is === 'supported' ? found.is : `${found.is} ${found.why.key}`
}

test('each system that is asked for has a verdict on each minor', () => {
  const old = {
    '1.30': 'supported',
    '1.31': 'warning cgroupV1',
    '1.34': 'warning kernel',
    '1.35': 'refused cgroupV1',
  }
  const never = { '1.30': 'refused kernel', '1.34': 'refused kernel', '1.35': 'refused kernel' }
  const always = { '1.30': 'supported', '1.34': 'supported', '1.36': 'supported' }
  const expected: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'centos 7': never,
    'rhel 7.9': never,
    'centos 8': { ...old, '1.30': 'warning endOfLife' },
    'rocky 8.10': old,
    'almalinux 8.10': old,
    'rhel 8.10': old,
    'rocky 9.6': always,
    'almalinux 10.0': always,
    'rhel 9': always,
    'rhel 10.1': always,
    'ubuntu 20.04': { '1.30': 'warning endOfLife', '1.34': 'warning cgroupV1', '1.35': 'refused cgroupV1' },
    'ubuntu 22.04': always,
    'ubuntu 24.04': always,
    'ubuntu 26.04': always,
    'debian 11': { '1.30': 'warning endOfLife', '1.36': 'warning endOfLife' },
    'debian 12': always,
    'debian 13': always,
    'openEuler 22.03': { '1.30': 'supported', '1.34': 'warning cgroupV1', '1.36': 'refused cgroupV1' },
    'openEuler 24.03': { '1.30': 'supported', '1.34': 'warning cgroupV1', '1.36': 'refused cgroupV1' },
  }
  for (const [system, verdicts] of Object.entries(expected)) {
    const [id = '', version = ''] = system.split(' ')
    for (const minor of minors) assert.not.match(short(id, version, minor), 'unknown', system)
    for (const [minor, is] of Object.entries(verdicts))
      assert.is(short(id, version, minor), is, `${system} with ${minor}`)
  }
})

test('a reason carries its values, and the advice what would do', () => {
  assert.equal(verdict({ id: 'centos', version: '7' }, '1.34'), {
    is: 'refused',
    why: { key: 'kernel', found: '3.10', wanted: '4.19' },
    advice: { key: 'newerVersion', versions: ['9', '10'] },
  })
  assert.equal(verdict({ id: 'rocky', version: '8.10' }, '1.35'), {
    is: 'refused',
    why: { key: 'cgroupV1' },
    advice: { key: 'unifiedCgroups' },
  })
  assert.equal(verdict({ id: 'debian', version: '11' }, '1.34'), {
    is: 'warning',
    why: { key: 'endOfLife', since: '2026-08-31' },
    advice: { key: 'newerVersion', versions: ['12', '13'] },
  })
})

test('a system is at its end on the day after its last one', () => {
  const on = (day: string) => verdictOn({ id: 'debian', version: '12' }, '1.34', new Date(day)).is
  assert.equal([on('2028-06-30T20:00:00Z'), on('2028-07-01T00:00:00Z')], ['supported', 'warning'])
})

test('what was found on the host counts more than how its system usually comes', () => {
  const rocky = { id: 'rocky', version: '8.10' }
  const unified = verdict({ ...rocky, kernel: '4.18.0-553.el8_10.x86_64', cgroup: 2 }, '1.35')
  assert.equal(unified.is === 'supported' ? undefined : [unified.is, unified.why.key], ['warning', 'kernel'])
  const newer = { id: 'centos', version: '7', kernel: '5.15.1-1.el7.elrepo.x86_64', cgroup: 2 } as const
  assert.is(verdict(newer, '1.35').is, 'warning')
  const back = verdict({ id: 'debian', version: '12', cgroup: 1 }, '1.35')
  assert.is(back.is, 'refused')
})

test('what is not in the table is unknown, and what is there is named', () => {
  const alpine = verdict({ id: 'alpine', version: '3.22' }, '1.34')
  assert.equal(alpine.is === 'unknown' && alpine.why, { key: 'unknownSystem', found: 'alpine' })
  for (const version of ['2', '10', '120', '14', '']) {
    assert.equal(verdict({ id: 'debian', version }, '1.34'), {
      is: 'unknown',
      why: { key: 'unknownVersion', found: version },
      advice: { key: 'knownVersion', versions: ['11', '12', '13'] },
    })
  }
})

test('a machine is one for which the distribution is built', () => {
  assert.is(machineVerdict('x86_64', 'rke2').is, 'supported')
  assert.is(machineVerdict('aarch64', 'kubeadm').is, 'supported')
  assert.is(machineVerdict('armv7l', 'k3s').is, 'supported')
  assert.equal(machineVerdict('armv7l', 'rke2'), {
    is: 'refused',
    why: { key: 'architecture', found: 'armv7l' },
    advice: { key: 'otherDistribution', distributions: ['k3s'] },
  })
  assert.equal(machineVerdict('s390x', 'k3s'), {
    is: 'refused',
    why: { key: 'architecture', found: 's390x' },
    advice: { key: 'otherDistribution', distributions: ['kubeadm', 'binary'] },
  })
  assert.equal(machineVerdict('i686', 'rke2'), {
    is: 'refused',
    why: { key: 'architecture', found: 'i686' },
    advice: { key: 'otherMachine', machines: ['x86_64', 'aarch64'] },
  })
})

test('all that is to be said against a system is told, not the worst alone', () => {
  const said = verdictsOn({ id: 'centos', version: '7', kernel: '6.1', cgroup: 1 }, '1.34', today)
  assert.equal(
    said.map(({ is, why, advice }) => [is, why.key, advice.key]),
    [
      ['warning', 'cgroupV1', 'unifiedCgroups'],
      ['warning', 'endOfLife', 'newerVersion'],
    ],
  )
})
