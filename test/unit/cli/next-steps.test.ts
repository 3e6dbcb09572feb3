import * as assert from 'uvu/assert'
import { FailedHosts, nextSteps, revertAgain } from '../../../lib/cli/next-steps.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { RunStore } from '../../../lib/state/run-store.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { noCounts, stamped } from '../report/samples.ts'

const test = suite('cli/next-steps')

const store = new RunStore('lab', scratchFolder())
const directory = store.create({ playbook: 'p.ts', arguments: [], inventory: [], user: 'u' })
const file = 'playbooks/p.ts'

test('hosts that failed or were unreachable are the ones to run again on', () => {
  const failed = new FailedHosts()
  const recap = (host: string, counts: object) =>
    failed.write(stamped({ type: 'recap', host, counts: { ...noCounts, ...counts } }))
  recap('a', { failed: 1 })
  recap('b', { ok: 3, rescued: 1 })
  recap('c', { unreachable: 1 })
  assert.equal(failed.hosts, ['a', 'c'])
})

test('the line to type has all words of before, quoted, and the file', () => {
  const words = ['-i', 'lab.ini', '-e', 'greeting=good morning']
  assert.is(
    nextSteps({ directory, file, words, retryFile: '/s/lab/retry' }),
    "Go on with --resume.\nOnly what failed: npx tsx playbooks/p.ts -i lab.ini -e 'greeting=good morning' --limit @/s/lab/retry",
  )
})

test('what held a secret is kept nowhere, so the line is not given in full', () => {
  const words = ['-e', '«secret»']
  const said = nextSteps({ directory, file, words, retryFile: '/s/lab/retry' })
  assert.is(said, 'Go on with --resume.\nOnly what failed: … --limit @/s/lab/retry')
})

test('without hosts there is no line, and a change can be undone', () => {
  directory.journal('a').append({ type: 'done', n: 1 })
  const said = nextSteps({ directory, file, words: [], retryFile: undefined })
  assert.is(said, `Go on with --resume, or undo with --revert ${directory.record.id}.`)
})

test('what was put back is not to be undone again', () => {
  const said = nextSteps({ directory, file, words: [], retryFile: undefined, putsBack: true })
  assert.is(said, 'Go on with --resume.')
})

test('a revert goes on by what was typed, with the run by its name', () => {
  const argv = ['-i', 'inventory/my hosts.ini', '--revert', 'last', '-K']
  assert.is(
    revertAgain(file, argv, 'r1'),
    "npx tsx playbooks/p.ts -i 'inventory/my hosts.ini' --revert r1 -K",
  )
  assert.is(revertAgain(file, ['--revert=last'], 'r1'), 'npx tsx playbooks/p.ts --revert=r1')
})

test('a secret that was typed is not shown, nor a line that would not do without it', () => {
  void new Secret('correct horse battery', 'a test')
  const words = ['-e', 'token=correct horse battery', '--revert', 'last']
  assert.is(revertAgain(file, words, 'r1'), '… --revert r1')
})
