import * as assert from 'uvu/assert'
import { courseOf, type Seat } from '../../../../roles/etcd/course.ts'
import { parseStanding, type Standing } from '../../../../roles/etcd/standing.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/etcd: how a host comes to its cluster')

const urlOf = (name: string) => `https://${name}:2380`
const bare = parseStanding('')
const membership = (names: readonly string[], started: readonly string[] = names) => ({
  clusterId: 'c1',
  members: names.map((name) => ({
    id: name,
    name: started.includes(name) ? name : '',
    peerUrls: [urlOf(name)],
    clientUrls: [],
    isLearner: false,
  })),
})
const running = (names: readonly string[], started?: readonly string[]): Partial<Standing> => {
  return { data: true, mark: 'c1', runs: true, membership: membership(names, started) }
}
const seat = (name: string, standing: Partial<Standing> | undefined, inRun = true): Seat => ({
  name,
  peerUrl: urlOf(name),
  standing: standing === undefined ? undefined : { ...bare, ...standing },
  inRun,
})
const isFor = (me: string, ...seats: readonly Seat[]) => courseOf(me, seats)

test('a cluster is founded where no host was ever a member, by all at once', () => {
  assert.equal(isFor('a', seat('a', {}), seat('b', {})), { is: 'founds' })
  const without = isFor('a', seat('a', {}), seat('b', {}, false))
  assert.is(without.is === 'refused' && without.found, 'a run without b')
  const off = isFor('a', seat('a', {}), seat('b', undefined))
  assert.is(off.is === 'refused' && off.found, 'b cannot be asked whether a cluster is there')
})

test('a founding that was cut short goes on: nobody has marked its cluster yet', () => {
  assert.equal(isFor('b', seat('a', { data: true }), seat('b', {})), { is: 'founds' })
  assert.equal(isFor('a', seat('a', { data: true }), seat('b', {})), { is: 'founds' })
})

test('a bare host joins; a member goes on; one that was announced and never started joins', () => {
  assert.equal(isFor('b', seat('a', running(['a'])), seat('b', {})), { is: 'joins' })
  assert.equal(isFor('a', seat('a', running(['a'])), seat('b', {})), { is: 'goes on' })
  assert.equal(isFor('b', seat('a', running(['a', 'b'], ['a'])), seat('b', {})), { is: 'joins' })
})

test('a member whose data are gone gives up its old membership first', () => {
  const course = isFor('b', seat('a', running(['a', 'b'])), seat('b', {}))
  assert.is(course.is === 'joins' && course.lost?.name, 'b')
})

test('data that the cluster knows nothing of are refused, of a removed member or another cluster', () => {
  const removed = isFor('b', seat('a', running(['a'])), seat('b', { data: true }))
  assert.match(removed.is === 'refused' ? removed.found : '', 'data of a member on b')
  const foreign = isFor('b', seat('a', running(['a'])), seat('b', { data: true, mark: 'c2' }))
  assert.match(foreign.is === 'refused' ? foreign.found : '', 'data of the cluster c2 on b')
  const two = { ...running(['b']), membership: { ...membership(['b']), clusterId: 'c2' } }
  const split = isFor('a', seat('a', running(['a'])), seat('b', two))
  assert.match(split.is === 'refused' ? split.found : '', 'members of different clusters: a in c1, b in c2')
})

test('while the cluster does not answer, who has its data goes on, and nobody else joins or founds', () => {
  const silent = { data: true, mark: 'c1' }
  assert.equal(isFor('a', seat('a', silent), seat('b', {})), { is: 'goes on' })
  const course = isFor('b', seat('a', silent), seat('b', {}))
  assert.match(course.is === 'refused' ? course.found : '', 'a of a cluster that does not answer')
})
