import * as assert from 'uvu/assert'
import type { KubeNode } from '../../../../lib/kube/nodes.ts'
import { workloadsOf } from '../../../../lib/kube/workloads.ts'
import { hostLines } from '../../../../roles/k3s/health/host-lines.ts'
import { gravestFirst, whatIsWrong, type HealthLine } from '../../../../roles/k3s/health/line.ts'
import { etcdLines, nodeLines } from '../../../../roles/k3s/health/node-lines.ts'
import { apiLine } from '../../../../roles/k3s/health/of-cluster.ts'
import { parseHostHealth, type HostHealth } from '../../../../roles/k3s/health/on-host.ts'
import { workloadLines } from '../../../../roles/k3s/health/workload-lines.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('roles/k3s: health')

const short = (lines: readonly HealthLine[]) =>
  lines.map(({ grade, name, found }) => `${grade} ${name}: ${found}`)

const version = 'v1.34.2+k3s1'
function node(name: string, more: Partial<KubeNode> = {}): KubeNode {
  const conditions = { Ready: 'True', EtcdIsVoter: 'True', DiskPressure: 'False', ...more.conditions }
  const labels = { 'node-role.kubernetes.io/etcd': 'true' }
  return { name, message: '', labels, unschedulable: false, version, ...more, conditions }
}

test('a node is judged by its conditions and by the inventory, and says each of its troubles', () => {
  const nodes = [
    node('s1'),
    node('s2', { conditions: { Ready: 'Unknown' }, message: 'Kubelet stopped posting node status.' }),
    node('s3', { conditions: { DiskPressure: 'True' }, unschedulable: true }),
    node('old', { version: 'v1.33.1+k3s1' }),
  ]
  assert.equal(short(nodeLines(nodes, { names: ['s1', 's2', 's3', 's4'], version })), [
    `ok s1: It is ready, with ${version}.`,
    'fatal s2: Ready is Unknown: Kubelet stopped posting node status.',
    'fatal s3: DiskPressure is True.',
    'warning s3: It is cordoned: it gets no new pods.',
    `warning old: It runs v1.33.1+k3s1, and kubernetes.version is ${version}.`,
    'warning old: The inventory has no such node.',
    'fatal s4: The cluster has no such node.',
  ])
})

test('members of etcd count as they vote and are ready; how many may be lost is said', () => {
  const of = (...ready: readonly string[]) =>
    short(etcdLines(ready.map((Ready, at) => node(`s${at}`, { conditions: { Ready } }))))
  assert.equal(of('True', 'True', 'True'), ['ok cluster: 3 of 3 members vote: 1 may be lost.'])
  assert.equal(of('True'), ['ok cluster: 1 of 1 members vote.'])
  assert.equal(of('True', 'True'), ['warning cluster: 2 of 2 members vote: none of them may be lost.'])
  assert.equal(of('True', 'True', 'False'), [
    'warning cluster: 2 of 3 members vote: none of them may be lost.',
  ])
  assert.equal(of('True', 'False', 'Unknown'), ['fatal cluster: 1 of 3 members vote: no majority.'])
  assert.equal(etcdLines([node('a1', { labels: {} })]), [])
  const learner = node('s9', { conditions: { EtcdIsVoter: 'False' } })
  assert.equal(short(etcdLines([node('s1'), node('s2'), learner])), [
    'warning cluster: 2 of 3 members vote: none of them may be lost.',
    'fatal s9: EtcdIsVoter is False.',
  ])
})

test('checks that failed are named once, also where kubectl says them a second time in its error', () => {
  const line = (said: string) => apiLine('s1', 'k3s.service', said)
  assert.equal(short([line('[+]ping ok\n[+]etcd ok\nreadyz check passed\n')]), [
    'ok s1: It is ready by 2 checks.',
  ])
  const body =
    '[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/rbac/bootstrap-roles failed: reason withheld\n'
  const failed = `${body}readyz check failed\nError from server (InternalError): an error on the server (${JSON.stringify(body)}) has prevented the request from succeeding`
  assert.equal(short([line(failed)]), [
    'fatal s1: etcd, poststarthook/rbac/bootstrap-roles failed, of 3 checks.',
  ])
  assert.is(line(failed).advice, 'journalctl -u k3s.service')
  assert.equal(short([line('\nThe connection to the server 127.0.0.1:6443 was refused\n')]), [
    'fatal s1: It does not answer: The connection to the server 127.0.0.1:6443 was refused',
  ])
})

const now = Date.parse('2026-11-27T00:00:00Z') / 1000

test('a host says what its service, disk and certificates are, by its own clock', () => {
  const said = `service active
now ${now}
disk /dev/vda1  41152736 30000000  10000000      75% /
certificate server/tls/client-admin.crt notAfter=Nov 27 01:51:34 2027 GMT
certificate agent/serving-kubelet.crt notAfter=Dec  7 00:00:00 2026 GMT
certificate agent/broken.crt 
`
  assert.equal(parseHostHealth(said), {
    service: 'active',
    freePercent: 25,
    certificates: [
      { file: 'server/tls/client-admin.crt', daysLeft: 365 },
      { file: 'agent/serving-kubelet.crt', daysLeft: 10 },
      { file: 'agent/broken.crt', daysLeft: undefined },
    ],
  })
  const told = {
    Certificates: [
      {
        Filename: 'client-admin.crt',
        Subject: 'system:admin',
        ExpiryTime: '2026-11-26T23:00:00Z',
        Status: 'EXPIRED',
      },
    ],
  }
  assert.equal(parseHostHealth(`service inactive\nnow ${now}\ncertificates ${JSON.stringify(told)}\n`), {
    service: 'inactive',
    freePercent: undefined,
    certificates: [{ file: 'client-admin.crt', daysLeft: -1 }],
  })
})

const host = (more: Partial<HostHealth>): readonly string[] =>
  short(
    hostLines('s1', 'k3s.service', { service: 'active', freePercent: undefined, certificates: [], ...more }),
  )

test('certificates warn below 90 days and are fatal below 14; of the others the first to end is told', () => {
  const certificates = [-1, 13, 14, 89, 90, 364].map((daysLeft) => ({ file: `d${daysLeft}.crt`, daysLeft }))
  assert.equal(host({ certificates }).slice(1), [
    'fatal s1: d-1.crt has expired.',
    'fatal s1: d13.crt ends in 13 days.',
    'warning s1: d14.crt ends in 14 days.',
    'warning s1: d89.crt ends in 89 days.',
    'ok s1: Of 2, d90.crt ends first, in 90 days.',
  ])
  assert.equal(host({ certificates: [{ file: 'a.crt', daysLeft: undefined }] }).slice(1), [
    'fatal s1: a.crt cannot be read.',
  ])
  const advice = (file: string) =>
    hostLines('s1', 'k3s.service', {
      service: 'active',
      freePercent: undefined,
      certificates: [{ file, daysLeft: 5 }],
    })[1]?.advice
  assert.is(advice('server/tls/client-admin.crt'), 'systemctl restart k3s.service renews it.')
  assert.match(advice('server/tls/client-ca.crt') ?? '', /authority/)
})

test('a disk warns below 15 percent and is fatal below 5', () => {
  const disk = (freePercent: number) => host({ freePercent })[1]
  assert.equal([4, 5, 14, 15].map(disk), [
    'fatal s1: 4 % is free where the data are.',
    'warning s1: 5 % is free where the data are.',
    'warning s1: 14 % is free where the data are.',
    'ok s1: 15 % is free where the data are.',
  ])
})

test('a service that is not active, and a host that is off, are fatal', () => {
  assert.equal(host({ service: 'activating' }), ['fatal s1: k3s.service is activating.'])
  assert.equal(short(hostLines('s1', 'k3s.service', undefined)), ['fatal s1: It cannot be reached.'])
})

/** In the form in which kubectl prints lists; made up, as no cluster that runs pods was at hand. */
const items = [
  {
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    spec: { replicas: 2 },
    status: { replicas: 2, availableReplicas: 1, unavailableReplicas: 1 },
  },
  {
    kind: 'DaemonSet',
    metadata: { name: 'svclb', namespace: 'kube-system' },
    spec: {},
    status: { desiredNumberScheduled: 3, numberAvailable: 3 },
  },
  { kind: 'StatefulSet', metadata: { name: 'db', namespace: 'shop' }, spec: {}, status: {} },
  { kind: 'Deployment', metadata: { name: 'off', namespace: 'shop' }, spec: { replicas: 0 }, status: {} },
  {
    kind: 'Pod',
    metadata: { name: 'coredns-1', namespace: 'kube-system' },
    status: {
      phase: 'Running',
      containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    },
  },
  {
    kind: 'Pod',
    metadata: { name: 'db-0', namespace: 'shop' },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    },
  },
  {
    kind: 'Pod',
    metadata: {
      name: 'old-1',
      namespace: 'kube-system',
      ownerReferences: [{ kind: 'ReplicaSet', controller: true }],
    },
    status: { phase: 'Failed', reason: 'Evicted' },
  },
  { kind: 'Pod', metadata: { name: 'done', namespace: 'shop' }, status: { phase: 'Succeeded' } },
  {
    kind: 'Pod',
    metadata: { name: 'well', namespace: 'shop' },
    status: {
      phase: 'Running',
      initContainerStatuses: [{ state: { terminated: { reason: 'Completed' } } }],
      containerStatuses: [{ state: { running: {} } }],
    },
  },
]

const listOf = (of: readonly object[]) =>
  JSON.parse(JSON.stringify({ kind: 'List', items: of })) as Parameters<typeof workloadsOf>[0]

test('what does not run is told with its reason: fatal in kube-system, elsewhere a warning', () => {
  assert.equal(short(workloadLines(workloadsOf(listOf(items)))), [
    'fatal kube-system/coredns: Deployment: 1 of 2 available.',
    'warning shop/db: StatefulSet: 0 of 1 available.',
    'fatal kube-system/coredns-1: Pod: Running, CrashLoopBackOff.',
    'warning shop/db-0: Pod: Pending, Unschedulable.',
    'warning kube-system/old-1: Pod: Failed, Evicted.',
  ])
  const well = items.filter(({ metadata }) => ['svclb', 'off', 'done', 'well'].includes(metadata.name))
  assert.equal(short(workloadLines(workloadsOf(listOf(well)))), [
    'ok cluster: 2 are available, 2 pods run or have ended well.',
  ])
  assert.equal(short(workloadLines(workloadsOf({}))), [
    'ok cluster: 0 are available, 0 pods run or have ended well.',
  ])
})

test('only what is fatal is wrong; the gravest stands first', () => {
  const line = (grade: HealthLine['grade'], name: string): HealthLine => ({
    grade,
    about: 'node',
    name,
    found: '',
  })
  assert.is(whatIsWrong([line('ok', 'a'), line('warning', 'b')]), undefined)
  assert.is(
    whatIsWrong([line('fatal', 'a'), line('ok', 'b'), line('fatal', 'c'), line('fatal', 'a')]),
    'The cluster is not well: node a, node c.',
  )
  const many = 'a b c d e f g h'.split(' ').map((name) => line('fatal', name))
  assert.match(whatIsWrong(many) ?? '', /node f and 2 more\.$/)
  assert.is(
    gravestFirst([line('ok', 'a'), line('warning', 'b'), line('fatal', 'c'), line('ok', 'd')])
      .map(({ name }) => name)
      .join(''),
    'cbad',
  )
})
