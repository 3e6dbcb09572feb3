import * as assert from 'uvu/assert'
import { findingLines, type FindingEvent } from '../../../lib/report/finding-lines.ts'
import { paintFor, type Look } from '../../../lib/report/look.ts'
import { suite } from '../../support/suite.ts'

const test = suite('report/finding-lines')
const order = ['node1', 'node2', 'node3', 'node4', 'node5', 'node6', 'node7', 'node8', 'node9']
const look: Look = { paint: paintFor({}, {}), width: 80, verbosity: 0, diff: false }

const port = (host: string): FindingEvent => ({
  type: 'finding',
  host,
  check: 'ports',
  class: 'fatal',
  found: 'python3 (PID 206)',
  wanted: 'nobody, for kube-apiserver',
  message: `Port 6443/tcp of ${host} is taken by python3 (PID 206); it is wanted for kube-apiserver.`,
  advice: `Stop it on ${host}, or let it listen on another port.`,
})
const cgroup = (host: string): FindingEvent => ({
  type: 'finding',
  host,
  check: 'kernel',
  class: 'warning',
  found: 'cgroup v1',
  wanted: 'cgroup v2',
  message: `${host} has old groups.`,
  advice: `Boot ${host} with new ones.`,
})

test('the gravest comes first, and what a message says already is not said again', () => {
  assert.equal(findingLines([cgroup('node1'), port('node2')], look, order), [
    '',
    '  Findings  1 fatal, 1 warning on 2 hosts',
    '  ✘ node2  ports   Port 6443/tcp of node2 is taken by python3 (PID 206); it is',
    '                   wanted for kube-apiserver.',
    '                   → Stop it on node2, or let it listen on another port.',
    '  ! node1  kernel  node1 has old groups.',
    '                   found cgroup v1, wanted cgroup v2',
    '                   → Boot node1 with new ones.',
  ])
})

test('with -v it says of each what was found, and what was wanted', () => {
  const lines = findingLines([port('node1')], { ...look, verbosity: 1 }, order)
  assert.ok(lines.some((line) => line.includes('found python3 (PID 206), wanted nobody')))
})

test('what is alike on several hosts is told once, of the first in the inventory, and names the others', () => {
  const lines = findingLines(order.toReversed().map(cgroup), look, order)
  assert.equal(lines.slice(1), [
    '  Findings  9 warnings on 9 hosts',
    '  ! node1 +8  kernel  node1 has old groups.',
    '                      found cgroup v1, wanted cgroup v2',
    '                      → Boot node1 with new ones.',
    '                      the same on node2, node3, node4, node5, node6 and 3 more',
  ])
})

test('a narrow screen has the words below, a screen without an end has them in one line', () => {
  const [, , ...narrow] = findingLines([port('node1')], { ...look, width: 50 }, order)
  assert.equal(narrow.slice(0, 2), ['  ✘ node1  ports', '      Port 6443/tcp of node1 is taken by python3'])
  const [, , wide] = findingLines([port('node1')], { ...look, width: Infinity }, order)
  assert.is(wide, `  ✘ node1  ports  ${port('node1').message}`)
})

test('a host whose name begins as that of another is not taken for it', () => {
  const lines = findingLines([cgroup('node1'), cgroup('node12')], look, [...order, 'node12'])
  assert.is(lines.at(-1)?.trim(), 'the same on node12')
})
