import * as assert from 'uvu/assert'
import type { HealthLine } from '../../roles/k3s/health/line.ts'
import { waitFor } from '../lab/wait.ts'
import { kubeNodesOf, K3sLab } from '../playbooks/k3s-lab.ts'
import { expectCode } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import type { TroupeRun } from '../support/troupe.ts'

// The program on these hosts is a stand-in for k3s: it tells of nodes and etcd as k3s does, and runs no containers.
const test = suite('k3s: health (stand-in)')
const long = { timeoutMs: 60_000 }
const names = ['node1', 'node2', 'node3', 'node4']
const cast = { servers: 3, agents: 1 }
let lab: K3sLab

test.before(async () => {
  lab = await K3sLab.create({ hosts: 4 })
  const run = await lab.playbook('install', lab.inventory(cast)).run()
  expectCode(run, 0, 'The install')
})
test.after(() => lab[Symbol.asyncDispose]())

const health = () => lab.playbook('health', lab.inventory(cast))

/** The lines of the only report of a run. */
function linesOf({ events }: TroupeRun): readonly HealthLine[] {
  const reports = events.filter((event) => event.type === 'report')
  assert.equal(
    reports.map(({ name }) => name),
    ['health'],
  )
  return reports[0]?.data as readonly HealthLine[]
}

/** Those that are not well, in short. */
function troubles(run: TroupeRun): readonly string[] {
  return linesOf(run)
    .filter(({ grade }) => grade !== 'ok')
    .map(({ grade, about, name, found }) => `${grade} ${about} ${name}: ${found}`)
}

test(
  'a cluster that is well is reported once, with a line for all that was looked at',
  async () => {
    const run = await health().run()
    expectCode(run, 0, 'The look at a cluster that is well')
    assert.equal(troubles(run), [])
    const about = (what: HealthLine['about']) => {
      return linesOf(run).flatMap((line) => (line.about === what ? [line.name] : []))
    }
    const [servers, nodes] = [names.slice(0, 3), names]
    assert.equal(about('node'), nodes)
    assert.equal(about('API'), servers)
    for (const what of ['service', 'certificates', 'disk'] as const) assert.equal(about(what), nodes)
    const line = (what: HealthLine['about']) => linesOf(run).find((each) => each.about === what)
    assert.is(line('etcd')?.found, '3 of 3 members vote: 1 may be lost.')
    assert.ok([363, 364].includes(line('certificates')?.left ?? 0), JSON.stringify(line('certificates')))
    assert.match(line('API')?.found ?? '', /^It is ready by \d+ checks\.$/)
    assert.match(run.stderr, /ok +etcd +cluster +3 of 3 members vote/)
    assert.not(run.events.some(({ type }) => type === 'resource'))
  },
  long,
)

test(
  'a node that is cordoned, of another release than the inventory, or in it no more is a warning: the code stays 0',
  async () => {
    await lab.host(1).must('k3s kubectl cordon node4')
    const vars = { 'kubernetes.version': 'v1.34.3+k3s1' }
    const run = await lab.playbook('health', lab.inventory({ servers: 3 }, vars)).run()
    await lab.host(1).must('k3s kubectl uncordon node4')
    expectCode(run, 0, 'The look at a cordoned node')
    const release = 'It runs v1.34.2+k3s1, and kubernetes.version is v1.34.3+k3s1.'
    assert.equal(troubles(run), [
      ...names.slice(0, 3).map((name) => `warning node ${name}: ${release}`),
      'warning node node4: It is cordoned: it gets no new pods.',
      `warning node node4: ${release}`,
      'warning node node4: The inventory has no such node.',
    ])
  },
  long,
)

test(
  'a service that is down, and a node that never came, are said with what the others tell, and the code is 2',
  async () => {
    await lab.host(1).must('systemctl stop k3s')
    await waitFor('node1 to be missed', 30_000, async () => {
      return (await kubeNodesOf(lab.host(2)))['node1'] === 'server voter not ready' || undefined
    })
    const run = await lab
      .playbook(
        'health',
        lab
          .inventory(cast)
          .replace(/^node4 /m, 'node5 ')
          .replace(/\nnode4$/m, '\nnode5'),
      )
      .run()
    expectCode(run, 2, 'The look at a service that is down')
    assert.equal(troubles(run), [
      'fatal node node1: Ready is Unknown: Kubelet stopped posting node status.',
      'fatal node node5: The cluster has no such node.',
      'fatal service node1: k3s.service is inactive.',
      'warning etcd cluster: 2 of 3 members vote: none of them may be lost.',
      'warning node node4: The inventory has no such node.',
    ])
    assert.match(run.stderr, 'The cluster is not well: node node1, node node5, service node1.')
  },
  long,
)

test(
  'without a majority nobody answers for the cluster, and each server names the check that failed',
  async () => {
    await lab.host(2).must('systemctl stop k3s')
    const run = await health().run()
    expectCode(run, 2, 'The look at a cluster without a majority')
    const found = troubles(run)
    assert.match(found[0] ?? '', /^fatal cluster cluster: Nobody answers for it: node3: .*request timed out/)
    assert.equal(found.slice(1), [
      'fatal API node3: etcd failed, of 2 checks.',
      'fatal service node1: k3s.service is inactive.',
      'fatal service node2: k3s.service is inactive.',
    ])
    await Promise.all([1, 2].map((number) => lab.host(number).must('systemctl start k3s')))
  },
  long,
)

test(
  'a server that is switched off is a line of the report, and the code is that of a host that is lost',
  async () => {
    await lab.host(1).powerOff()
    const run = await health().run(['--timeout', '3'])
    expectCode(run, 4, 'The look at a server that is off')
    const found = troubles(run)
    assert.ok(found.includes('fatal host node1: It cannot be reached.'), found.join('\n'))
    assert.ok(
      linesOf(run).some(({ grade, about, name }) => grade === 'ok' && about === 'API' && name === 'node2'),
    )
  },
  long,
)
