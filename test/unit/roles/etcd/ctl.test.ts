import * as assert from 'uvu/assert'
import { parseAlarms, parseMembers, parseStatus } from '../../../../roles/etcd/ctl.ts'
import { parseStanding } from '../../../../roles/etcd/standing.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/etcd: what etcdctl answers')

// As etcd 3.5.16 writes it, with numbers that are too large for JavaScript.
const members = `{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"raft_term":2},"members":[{"ID":10276657743932975437,"name":"node1","peerURLs":["https://10.0.0.11:2380"],"clientURLs":["https://10.0.0.11:2379"]},{"ID":11415374196498214871,"peerURLs":["https://10.0.0.14:2380"],"isLearner":true}]}`
const status = `[{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"cluster_id":14841639068965178418,"member_id":10276657743932975437,"revision":7752,"raft_term":4},"version":"3.5.16","dbSize":499712,"leader":10276657743932975437,"raftIndex":7810,"raftTerm":4,"raftAppliedIndex":7810,"dbSizeInUse":491520}}]`

test('members, with their ids as etcdctl takes them, and a learner that was not started', () => {
  const { clusterId, members: told } = parseMembers(members)
  assert.is(clusterId, 'cdf818194e3a8c32')
  assert.equal(told, [
    {
      id: '8e9e05c52164694d',
      name: 'node1',
      peerUrls: ['https://10.0.0.11:2380'],
      clientUrls: ['https://10.0.0.11:2379'],
      isLearner: false,
    },
    {
      id: '9e6b8e59b86fafd7',
      name: '',
      peerUrls: ['https://10.0.0.14:2380'],
      clientUrls: [],
      isLearner: true,
    },
  ])
})

test('the status of a member that leads', () => {
  const told = parseStatus(status)
  assert.is(told?.id, told?.leader)
  assert.equal(
    [told?.version, told?.revision, told?.dbBytes, told?.usedBytes, told?.errors],
    ['3.5.16', 7752, 499712, 491520, []],
  )
})

test('alarms by their names', () => {
  assert.equal(parseAlarms('{"header":{},"alarms":[{"memberID":10276657743932975437,"alarm":1}]}'), [
    { member: '8e9e05c52164694d', alarm: 'NOSPACE' },
  ])
  assert.equal(parseAlarms('{"header":{}}'), [])
})

test('what stands on a host, in one answer', () => {
  const part = (name: string, text: string) => `\u001e${name}\n${text}\n`
  const standing = parseStanding(
    [
      part('data', 'yes'),
      part('mark', 'cdf818194e3a8c32'),
      part('version', 'etcd Version: 3.5.16\nGit SHA: Not provided'),
      part(
        'config',
        'initial-cluster-token: "lab-etcd"\ninitial-cluster: "a=https://a:2380,b=https://b:2380"\ninitial-cluster-state: "new"',
      ),
      part('runs', 'yes'),
      part('status', status),
      part('members', ''),
    ].join(''),
  )
  assert.is(standing.mark, 'cdf818194e3a8c32')
  assert.is(standing.version, '3.5.16')
  assert.equal(standing.initial, { cluster: 'a=https://a:2380,b=https://b:2380', state: 'new' })
  assert.is(standing.status?.revision, 7752)
  assert.is(standing.membership, undefined)
})

test('nothing at all, on a bare host', () => {
  const { data, mark, version, runs } = parseStanding('')
  assert.equal(
    { data, mark, version, runs },
    { data: false, mark: undefined, version: undefined, runs: false },
  )
})
