import * as assert from 'uvu/assert'
import { defineFact, unlessLost } from '../../../lib/host/fact.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/index.ts'
import { defineCondition } from '../../../lib/task/gate.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/gate')

const word = defineFact('the word', async (host) => {
  const [content] = await host.readFiles(['/etc/word'])
  return content?.toString() ?? 'none'
})

const isHello = (given: string) =>
  defineCondition(
    'The word',
    async (_, said) => (said === 'hello' ? { holds: true } : { holds: false, found: `it is ${said}` }),
    given,
  )

const asks = defineRole({
  name: 'asks',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ gate, ask }) {
    await gate('Hear the word', isHello(ask('h1', word)), { deadline: '10ms' })
  },
})

const writes = defineRole({
  name: 'writes',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task }) {
    await task('Write the word', file({ path: '/etc/word', content: 'hello' }))
  },
})

test('A gate compares with what another host says; what is pending there leaves it unknown', async () => {
  const cluster = new FakeCluster([new FakeHost('h1'), new FakeHost('h2')])
  const stages = [
    stage('Write', { hosts: 'h1', roles: [writes] }),
    stage('Ask', { hosts: 'h2', roles: [asks] }),
  ]
  assert.is((await cluster.check(stages)).tasks['h2 Hear the word'], 'unknown')
  assert.is((await cluster.run(stages)).tasks['h2 Hear the word'], 'ok')
})

test('A question to a host that may be off has no answer then', async () => {
  const heard: unknown[] = []
  const hears = defineRole({
    name: 'hears',
    folder: import.meta.dirname,
    vars: {},
    async tasks({ fact }) {
      heard.push(await fact('h1', unlessLost(word)))
    },
  })
  const cluster = new FakeCluster([new FakeHost('h1'), new FakeHost('h2')])
  const stages = [stage('Hear', { hosts: 'h2', roles: [hears] })]
  await cluster.run(stages)
  cluster.off.add('h1')
  const { end } = await cluster.run(stages)
  assert.not(end.unreachable)
  assert.equal(heard, ['none', undefined])
})
