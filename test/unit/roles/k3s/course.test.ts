import * as assert from 'uvu/assert'
import { courseOf, type Seat } from '../../../../roles/k3s/course.ts'
import { parseStanding, type Standing } from '../../../../roles/k3s/standing.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/k3s: how a host comes to its cluster')
const bare = parseStanding('')
const holds = (ca: string, serves = true): Standing => ({ ...bare, ca, keeps: 'etcd', known: true, serves })

function seats(
  standings: Readonly<Record<string, Standing | undefined>>,
  run: readonly string[] = Object.keys(standings),
): readonly Seat[] {
  return Object.entries(standings).map(([name, standing]) => ({ name, standing, inRun: run.includes(name) }))
}

function course(me: string, servers: readonly Seat[], initial = 's1') {
  return courseOf({ me, seat: servers.find(({ name }) => name === me), initial, servers })
}

test('Where nobody holds a cluster the initial server founds it, and all others join that', () => {
  const servers = seats({ s1: bare, s2: bare })
  assert.equal(course('s1', servers), { is: 'founds' })
  assert.equal(course('s2', servers), { is: 'joins', from: 's1' })
  assert.equal(course('a1', servers), { is: 'joins', from: 's1' })
})

test('Where a server holds one nobody founds another: the initial server joins it, too', () => {
  const servers = seats({ s1: bare, s2: holds('x'), s3: bare })
  assert.equal(course('s1', servers), { is: 'joins', from: 's2' })
  assert.equal(course('s2', servers), { is: 'goes on' })
  assert.equal(course('a1', servers), { is: 'joins', from: 's2' })
})

test('Whoever joins asks a server that serves, not the first one', () => {
  const servers = seats({ s1: undefined, s2: holds('x', false), s3: holds('x') })
  assert.equal(course('a1', servers), { is: 'joins', from: 's3' })
})

test('A server that stands still is joined only where this run starts it before', () => {
  const still = { s1: holds('x', false), s2: bare }
  assert.equal(course('s2', seats(still)), { is: 'joins', from: 's1' })
  assert.is(course('s2', seats(still, ['s2'])).is, 'refused')
  const later = { s1: bare, s2: holds('x', false) }
  assert.is(course('s1', seats(later)).is, 'refused')
})

test('Nothing is founded while a server cannot be asked, or without the initial server', () => {
  const off = course('s1', seats({ s1: bare, s2: undefined }))
  assert.is(off.is === 'refused' && off.found, 's2 cannot be asked whether a cluster is there')
  const without = course('a1', seats({ s1: bare }, ['a1']))
  assert.is(without.is === 'refused' && without.found, 'no server of the inventory holds a cluster')
})

test('Servers of two clusters are refused, each with what it holds', () => {
  const split = course('s3', seats({ s1: holds('a'.repeat(64)), s2: holds('b'.repeat(64)), s3: bare }))
  assert.match(
    split.is === 'refused' ? split.found : '',
    /s1 that of aaaaaaaaaaaa…, s2 that of bbbbbbbbbbbb…/,
  )
})

test('What stands on a host is read from the words of one script', () => {
  const text =
    'ca 12ab\nnodeCa 12ab\nkeeps etcd\nknown yes\nserves yes\nversion k3s version v1.34.2+k3s1 (abc)\nfounds yes\n'
  assert.equal(parseStanding(text), {
    ca: '12ab',
    nodeCa: '12ab',
    keeps: 'etcd',
    known: true,
    serves: true,
    version: 'v1.34.2+k3s1',
    founds: true,
    joins: undefined,
  })
  assert.is(parseStanding('joins https://10.0.0.1:6443\n').joins, 'https://10.0.0.1:6443')
})
