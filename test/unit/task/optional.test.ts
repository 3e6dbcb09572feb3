import * as assert from 'uvu/assert'
import { sh } from '../../../lib/host/command.ts'
import { defineFact, type Fact } from '../../../lib/host/fact.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole, type Role, type RoleContext } from '../../../lib/play/role.ts'
import { file } from '../../../lib/resources/files/file.ts'
import { optional } from '../../../lib/task/optional.ts'
import { Interrupted, NotYet, WrongProgram } from '../../../lib/task/outcome.ts'
import { ContactLost, Unreachable } from '../../../lib/transport/errors.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/optional')

const version = (lasting = false) =>
  defineFact('version', async (host) => (await host.query(sh`app --version`)).stdout.trim(), { lasting })

function role(tasks: (context: RoleContext<unknown, unknown>) => Promise<void>): Role {
  return defineRole({ name: 'asking', folder: import.meta.dirname, vars: {}, tasks })
}

function hostWith(answer?: string): FakeHost {
  return new FakeHost('h1').on('app --version', answer ?? { code: 127, stderr: 'not found' })
}

/** What a role on a host heard, and how the run ended. */
async function heard(fact: Fact<unknown>, host = hostWith()) {
  const answers: unknown[] = []
  const asking = role(async (context) => void answers.push(await context.fact(fact)))
  const { end } = await new FakeCluster([host]).run(asking)
  return { answers, end }
}

test('An answer is the answer; none is a typed undefined', async () => {
  assert.equal((await heard(optional(version()), hostWith('1.2\n'))).answers, ['1.2'])
  const { answers, end } = await heard(optional(version()))
  assert.equal(answers, [undefined])
  assert.not(end.failed)
  assert.ok((await heard(version())).end.failed, 'without optional() it fails the host')
})

test('What is not there yet has no answer either', async () => {
  const notYet = defineFact('unit', async (): Promise<string> => {
    throw new NotYet('There is no unit.')
  })
  assert.equal((await heard(optional(notYet))).answers, [undefined])
})

for (const error of [
  new Unreachable('network', 'h1 does not answer.', 'Is it on?'),
  new ContactLost('h1: contact was lost.'),
  new Interrupted(),
  new WrongProgram('Two roles want it.'),
  new TypeError('cannot read properties of undefined'),
]) {
  test(`${error.name} is no answer: it ends the role`, async () => {
    const failing = defineFact('failing', async (): Promise<string> => {
      throw error
    })
    assert.equal((await heard(optional(failing))).answers, [])
  })
}

test('Another host that is lost is no answer, and is named', async () => {
  const cluster = new FakeCluster([hostWith(), new FakeHost('h2')])
  cluster.off.add('h2')
  const asking = role(async ({ fact }) => void (await fact('h2', optional(version()))))
  const { events } = await cluster.run([stage('Ask', { hosts: 'h1', roles: [asking] })])
  assert.match(JSON.stringify(events), 'h1 needs the optional version of h2: h2 does not answer.')
})

for (const lasting of [false, true]) {
  test(`What comes during the run is heard afterwards, of a ${lasting ? 'lasting' : 'passing'} fact too`, async () => {
    const host = new FakeHost('h1')
    host.on('app --version', () => {
      const there = host.files.read('/usr/bin/app') !== undefined
      return there ? '1.2' : { code: 127, stderr: 'not found' }
    })
    const answers: unknown[] = []
    const fact = optional(version(lasting))
    const asking = role(async (context) => {
      answers.push(await context.fact(fact))
      await context.task('Install', file({ path: '/usr/bin/app', content: 'app' }))
      answers.push(await context.fact(fact), await context.fact(fact))
    })
    const cluster = new FakeCluster([host])
    const plan = await cluster.check(asking)
    assert.is(plan.tasks['h1 The rest of the plan'], 'unknown', 'what is pending may bring it')
    assert.equal(answers.splice(0), [undefined])
    await cluster.run(asking)
    assert.equal(answers, [undefined, '1.2', '1.2'])
  })
}

test('Under check on a bare host, where nothing is pending, there is none, as the run then finds', async () => {
  const answers: unknown[] = []
  const asking = role(async ({ fact, task }) => {
    const found = await fact(optional(version()))
    answers.push(found)
    if (found === undefined) await task('Install', file({ path: '/usr/bin/app', content: 'app' }))
  })
  const cluster = new FakeCluster([hostWith()])
  assert.equal((await cluster.check(asking)).tasks, { 'h1 Install': 'changed' })
  assert.equal((await cluster.run(asking)).tasks, { 'h1 Install': 'changed' })
  assert.equal(answers, [undefined, undefined])
})
