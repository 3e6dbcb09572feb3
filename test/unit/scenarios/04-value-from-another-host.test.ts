import * as assert from 'uvu/assert'
import { defineFact } from '../../../lib/host/fact.ts'
import { defineRole } from '../../../lib/play/role.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { unit } from '../../../lib/resources/unit/unit.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { NotYet } from '../../../lib/task/outcome.ts'
import { defineVars, secret } from '../../../lib/vars/schema.ts'
import { etcdHost, member, memberNames, membersOf, withEtcd } from '../../support/fake-etcd.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('scenarios/04 value from another host')
const tokenPath = '/etc/server/token'

const nodeToken = defineFact('node token', async (host) => {
  const [content] = await host.readFiles([tokenPath])
  if (content === undefined) throw new NotYet(`There is no ${tokenPath}.`)
  return new Secret(content.toString(), `${host.name}:${tokenPath}`)
})

const server = defineRole({
  name: 'server',
  folder: import.meta.dirname,
  vars: defineVars({ token: secret({ doc: 'Lets agents join.' }) }),
  async tasks({ task, vars }) {
    await task('Write the token', file({ path: tokenPath, content: vars.token ?? '' }))
  },
})

const agent = defineRole({
  name: 'agent',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task, ask }) {
    const files = await task(
      'Configure the agent',
      file({ path: '/etc/agent.token', content: ask('h1', nodeToken) }),
      file({ path: '/etc/agent.conf', content: 'server = h1\n' }),
    )
    await task('Run the agent', unit({ name: 'agent', restartAfter: files }))
    await task('Say so', file({ path: '/etc/motd', content: 'an agent\n' }))
  },
})

const stages = [
  stage('Start the server', { hosts: 'h1', roles: [server] }),
  stage('Join the agents', { hosts: 'h2', roles: [agent] }),
]

const withToken = (token: string) => ({ vars: { server: { token: new Secret(token, 'a test') } } })

function bareCluster(): FakeCluster {
  const [h1, h2] = [new FakeHost('h1'), new FakeHost('h2')]
  h1.files.mkdir('/etc/server')
  h2.systemd.define('agent.service', { reads: ['/etc/agent.token', '/etc/agent.conf'] })
  return new FakeCluster([h1, h2])
}

test('Under check on bare hosts, only what needs the value is unknown, and the plan goes on', async () => {
  const { resources, end } = await bareCluster().check(stages, withToken('token-one'))
  assert.equal(resources, {
    [`h1 file:${tokenPath}`]: 'changed',
    'h2 file:/etc/agent.token': 'unknown',
    'h2 file:/etc/agent.conf': 'changed',
    'h2 unit:agent.service': 'unknown',
    'h2 file:/etc/motd': 'changed',
  })
  assert.not(end.failed)
})

test('The run has the value, wherever it came from in this run', async () => {
  const cluster = bareCluster()
  assert.not((await cluster.run(stages, withToken('token-one'))).end.failed)
  assert.is(cluster.host('h2').files.read('/etc/agent.token'), 'token-one')
  assert.is(cluster.host('h2').systemd.took('agent.service', '/etc/agent.token'), 'token-one')
})

test('Under check, what rests on a token that rotates earlier in the run is not ok', async () => {
  const cluster = bareCluster()
  await cluster.run(stages, withToken('token-one'))
  const planned = await cluster.check(stages, withToken('token-two'))
  assert.is(planned.resources['h2 file:/etc/agent.token'], 'unknown')
  assert.is(planned.resources['h2 unit:agent.service'], 'unknown')
  assert.is(planned.resources['h2 file:/etc/agent.conf'], 'ok')
  const { resources } = await cluster.run(stages, withToken('token-two'))
  assert.is(resources['h2 file:/etc/agent.token'], 'changed')
  assert.is(cluster.host('h2').systemd.took('agent.service', '/etc/agent.token'), 'token-two')
})

test('Where nothing rotates, a check knows the value', async () => {
  const cluster = bareCluster()
  await cluster.run(stages, withToken('token-one'))
  const { resources } = await cluster.check(stages, withToken('token-one'))
  assert.equal(new Set(Object.values(resources)).size, 1)
  assert.is(resources['h2 file:/etc/agent.token'], 'ok')
})

test('A value that no earlier change brings fails, under check as in the run', async () => {
  const only = [stage('Join the agents', { hosts: 'h2', roles: [agent] })]
  for (const mode of ['check', 'run'] as const) {
    const { events, end } = await bareCluster()[mode](only)
    assert.ok(end.failed, mode)
    const failed = events.find((event) => event.type === 'task' && event.status === 'failed')
    assert.match(JSON.stringify(failed), `There is no ${tokenPath}`)
  }
})

test('No secret stands in a journal, an event, or what a host remembers', async () => {
  const cluster = bareCluster()
  const { directory, events } = await cluster.run(stages, withToken('token-one'))
  await cluster.run(stages, withToken('token-two'))
  const journals = cluster.store
    .list()
    .flatMap((run) => ['h1', 'h2'].map((name) => run.journal(name).entries))
  assert.ok(journals.flat().length > 0 && directory.journaledHosts().length === 2)
  const remembered = cluster.hosts.map(({ files }) => files.read('/var/lib/troupe/origins'))
  assert.not.match(JSON.stringify({ journals, events, remembered }), /token-(?:one|two)/)
  for (const { files } of cluster.hosts) {
    const images = files.children('/var/lib/troupe/before').map((path) => files.get(path))
    assert.ok(images.every((image) => image?.type === 'file' && image.mode === 0o600))
  }
})

test('With one host at a time, each sees the members that the ones before it have added', async () => {
  const seen: Record<string, readonly string[]> = {}
  const join = defineRole({
    name: 'join',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ host, task, fact, on }) {
      seen[host.name] = await fact('h1', memberNames)
      await task('Join', on(['h1'], member({ name: host.name, atLeast: 'voter' })))
    },
  })
  const cluster = new FakeCluster(
    ['h1', 'h2', 'h3', 'h4'].map((name) => new FakeHost(name)).concat(etcdHost({ h1: 'voter' })),
    undefined,
    withEtcd,
  )
  const members = { hosts: 'h2,h3,h4', roles: [join] }
  const planned = await cluster.check([stage('Join', { ...members, serial: 1 })])
  assert.equal(planned.resources['h2 fake member:h2'], 'changed')
  assert.equal(planned.tasks['h3 The rest of the plan'], 'unknown')
  assert.not((await cluster.run([stage('Join', { ...members, serial: 1 })])).end.failed)
  assert.equal(seen, { h2: ['h1'], h3: ['h1', 'h2'], h4: ['h1', 'h2', 'h3'] })
  assert.is(Object.keys(membersOf(cluster.host('etcd'))).length, 4)
})

test('Within a batch, all hosts hear the same of another, whatever was changed meanwhile', async () => {
  const motd = defineFact('motd', async (reader) => {
    const [text] = await reader.readFiles(['/etc/motd'])
    return text?.toString() ?? 'nothing'
  })
  const heard: Record<string, string> = {}
  const role = defineRole({
    name: 'hear',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ host, task, fact }) {
      if (host.name === 'h1') return void (await task('Say it', file({ path: '/etc/motd', content: 'new' })))
      // Long enough for the other one to have said it.
      if (host.name === 'h3')
        for (const n of [1, 2, 3, 4]) await task(`Wait ${n}`, file({ path: `/tmp/${n}`, content: '' }))
      heard[host.name] = await fact('h1', motd)
    },
  })
  const cluster = new FakeCluster(['h1', 'h2', 'h3'].map((name) => new FakeHost(name)))
  await cluster.run(role)
  assert.is(cluster.host('h1').files.read('/etc/motd'), 'new')
  assert.equal(heard, { h2: 'nothing', h3: 'nothing' })
})

test('A host that is lost fails who needs its value, and is named; only it counts as unreachable', async () => {
  const cluster = bareCluster()
  await cluster.run(stages, withToken('token-one'))
  cluster.off.add('h1')
  const { events, end, tasks } = await cluster.run([
    stage('Join the agents', { hosts: 'h2', roles: [agent] }),
  ])
  assert.is(tasks['h2 Configure the agent'], 'failed')
  const failed = events.filter((event) => event.type === 'task' && event.status === 'failed')
  assert.match(JSON.stringify(failed), /h2 needs the node token of h1: h1 does not answer/)
  assert.equal(
    events.filter((event) => event.type === 'contact').map(({ host }) => host),
    ['h1'],
  )
  assert.ok(end.unreachable && end.failed)
})
