import * as assert from 'uvu/assert'
import { tuning } from '../../../../lib/cluster/tuning.ts'
import { configuration } from '../../../../lib/cluster/vars.ts'
import { preflight } from '../../../../roles/preflight/index.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { FakeCluster, type FakeRunOptions } from '../../../support/fake-run.ts'
import { suite } from '../../../support/suite.ts'
import { configurationOf } from '../../cluster/configuration.ts'
import { captured, subject, withSection } from './sound.ts'

const test = suite('roles/preflight')

/** A host that says what the captured one said, under its own name, at the time of now. */
function host(name: string, alter: (text: string) => string = (text) => text): FakeHost {
  const fake = new FakeHost(name)
  const now = () => `${Math.round(Date.now() / 1000)}`
  fake.on(/^sh -c .* survey /s, () => {
    const text = captured
      .replace(/(began|ended)\n\d+/g, (_, section: string) => `${section}\n${now()}`)
      .replace(/(hostname)\n.*/, `$1\n${name}`)
      .replace(/(machine-id)\n.*/, `$1\nid of ${name}`)
      .replace(/(host0) [0-9a-f:]+ /, `$1 02:00:00:00:00:0${name.slice(1)} `)
    return alter(text)
  })
  fake.on(/^sh -c .* ways /s, '')
  fake.on(/^grep -shE|^sh -c .*gzip/, { code: 1 })
  return fake
}

function options(given: FakeRunOptions & { readonly preflight?: object } = {}): FakeRunOptions {
  const all = configurationOf({ kubernetes: { version: 'v1.34.2' } })
  const own = { ...subject('h1').vars, ...given.preflight }
  return { ...given, vars: { ...all, preflight: own, system_tuning: subject('h1').tuning } }
}

const told = ({ events }: Awaited<ReturnType<FakeCluster['check']>>) =>
  events.flatMap((event) =>
    event.type === 'finding' ? [`${event.host} ${event.class} ${event.check}: ${event.message}`] : [],
  )

test('its findings are told by host, and what is fatal stops the run; nothing is changed', async () => {
  const cluster = new FakeCluster([host('h1'), host('h2', (text) => withSection(text, 'resolv', '# none\n'))])
  const before = cluster.hosts.map((each) => each.snapshot())
  const run = await cluster.check(preflight, options())
  assert.ok(run.end.failed)
  assert.equal(run.tasks, { 'h1 Judge the host': 'failed', 'h2 Judge the host': 'failed' })
  const lines = told(run)
  assert.ok(
    lines.some((line) => line.startsWith('h2 fatal resolver: /etc/resolv.conf of h2 is missing')),
    lines.join('\n'),
  )
  assert.not.ok(lines.some((line) => line.startsWith('h1 fatal resolver')))
  assert.equal(
    cluster.hosts.map((each) => each.snapshot()),
    before,
  )
  assert.equal(
    cluster.hosts.flatMap(({ complaints }) => complaints),
    [],
  )
})

test('what is to be unique is compared over all hosts of the run, and only over those', async () => {
  const same = (text: string) => text.replace(/(machine-id)\n.*/, '$1\nthe same')
  const cluster = new FakeCluster([host('h1', same), host('h2', same), host('h3')])
  const shared = told(await cluster.check(preflight, options())).filter((line) => line.includes('identity'))
  assert.equal(shared.map((line) => line.split(':')[0] ?? '').toSorted(), [
    'h1 fatal identity',
    'h2 fatal identity',
  ])
  const alone = told(await cluster.check(preflight, options({ limit: ['h1', 'h3'] })))
  assert.not.ok(alone.some((line) => line.includes('identity')))
})

test('a host that cannot be reached is told of as a finding, and the others are judged all the same', async () => {
  const cluster = new FakeCluster([host('h1'), host('h2')])
  cluster.off.add('h2')
  const run = await cluster.check(preflight, options({ language: 'zh' }))
  assert.ok(run.end.unreachable)
  const lines = told(run)
  assert.ok(
    lines.some((line) => line.startsWith('h2 fatal connectivity: 无法连接到节点 h2')),
    lines.join('\n'),
  )
  assert.ok(lines.some((line) => line.startsWith('h1 fix clock: 节点 h1')))
  assert.ok(run.tasks['h1 Judge the host'] !== undefined)
})

test('a check that is left out is neither told nor fatal', async () => {
  const cluster = new FakeCluster([host('h1', (text) => withSection(text, 'resolv', '# none\n'))])
  const skipChecks = ['resolver', 'kernel', 'commands']
  const run = await cluster.check(preflight, options({ preflight: { skipChecks } }))
  assert.not.ok(run.end.failed, told(run).join('\n'))
  assert.not.ok(told(run).some((line) => skipChecks.some((name) => line.includes(` ${name}:`))))
})

test('where all that is said of ways is left out, none is tried', async () => {
  const asked = async (skipChecks: readonly string[]) => {
    const cluster = new FakeCluster([host('h1'), host('h2')])
    await cluster.check(preflight, options({ preflight: { skipChecks } }))
    return cluster.hosts.some(({ traffic }) => traffic.commands.some((text) => text.includes(' ways ')))
  }
  assert.ok(await asked(['reachability', 'latency']))
  assert.not.ok(await asked(['reachability', 'latency', 'mtu']))
})

test('it reads the variables of the cluster and of system_tuning, and has none of its own beside them', () => {
  assert.equal(
    Object.keys(preflight.shared).toSorted(),
    [...Object.keys(configuration), 'system_tuning'].toSorted(),
  )
  assert.is(preflight.shared['system_tuning'], tuning)
})
