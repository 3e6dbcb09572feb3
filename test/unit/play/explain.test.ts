import * as assert from 'uvu/assert'
import { sh } from '../../../lib/host/command.ts'
import { stage } from '../../../lib/play/playbook.ts'
import { defineRole } from '../../../lib/play/role.ts'
import { command } from '../../../lib/resources/index.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { FakeCluster } from '../../support/fake-run.ts'
import { suite } from '../../support/suite.ts'

const test = suite('play: explaining a failure')

/** Starts what cannot start; what its role knows of that depends on what stands in /var/log/app. */
const app = defineRole({
  name: 'app',
  folder: import.meta.dirname,
  vars: {},
  async tasks({ task }) {
    const run = sh`app start`
    await task('Start', command({ title: 'Start the app', run, creates: '/run/app', oneWay: 'it runs' }))
  },
  async explain({ error, host }) {
    const [log] = await host.readFiles(['/var/log/app'])
    const text = log?.toString() ?? ''
    const seen = [{ what: '/var/log/app', text }]
    if (!text.includes('no licence')) return { seen }
    return { message: `No licence (${error.name}).`, advice: 'Buy one.', seen }
  },
})

async function failedWith(log: string | undefined) {
  const host = new FakeHost('h1').onChange('app start', { code: 1, stderr: 'it failed' })
  if (log !== undefined) host.files.write('/var/log/app', log)
  const run = await new FakeCluster([host]).run([stage('Run it', { hosts: 'h1', roles: [app] })])
  const failed = run.events.find((event) => event.type === 'task')
  if (failed?.type !== 'task') throw new Error('No task has ended.')
  return failed
}

test('A known cause comes first, with what to do; what was looked at is evidence', async () => {
  const { status, message, advice, evidence } = await failedWith('no licence found')
  assert.is(status, 'failed')
  assert.match(message ?? '', /^No licence \(TaskFailed\)\.\n.*it failed/s)
  assert.is(advice, 'Buy one.')
  assert.equal(evidence?.seen, [{ what: '/var/log/app', text: 'no licence found' }])
  assert.is(evidence?.command?.exitCode, 1)
})

test('Where the cause is not known the failure speaks for itself', async () => {
  const { message, advice, evidence } = await failedWith('something')
  assert.match(message ?? '', /^On h1, this ended with exit code 1/)
  assert.is(advice, undefined)
  assert.is(evidence?.seen?.length, 1)
})
