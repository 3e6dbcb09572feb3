import * as assert from 'uvu/assert'
import { stepper } from '../../../lib/cli/step.ts'
import { Interrupted } from '../../../lib/task/outcome.ts'
import { suite } from '../../support/suite.ts'
import { refused } from './refused.ts'
import { typedTerminal } from './terminal.ts'

const test = suite('cli/step')

function stepping() {
  const terminal = typedTerminal()
  const interrupt = new AbortController()
  let suspended = 0
  const step = stepper({
    terminal,
    interrupted: interrupt.signal,
    suspended: async (work) => {
      suspended++
      return work()
    },
  })
  const on = (task: string, host = 'node1') => step({ stage: 'Time', role: 'time', task, host })
  return { terminal, interrupt, on, suspended: () => suspended }
}

/** Types the answer once the question stands there. */
async function answered<T>(work: Promise<T>, type: () => void): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve))
  type()
  return work
}

test('yes runs the task, anything else skips it', async () => {
  const { terminal, on } = stepping()
  assert.is(await answered(on('One'), () => terminal.type('y\n')), 'run')
  assert.is(await answered(on('Two'), () => terminal.type('\n')), 'skip')
  assert.is(await answered(on('Three'), () => terminal.type('no\n')), 'skip')
  assert.match(terminal.shown(), 'Perform task: One (N)o/(y)es/(c)ontinue: ')
})

test('a task is asked about once, for all its hosts', async () => {
  const { terminal, on, suspended } = stepping()
  const hosts = ['node1', 'node2', 'node3'].map((host) => on('One', host))
  assert.equal(await answered(Promise.all(hosts), () => terminal.type('y\n')), ['run', 'run', 'run'])
  assert.is(suspended(), 1)
})

test('two tasks at once are asked about one after the other', async () => {
  const { terminal, on } = stepping()
  const [one, two] = [on('One', 'node1'), on('Two', 'node2')]
  assert.is(await answered(one, () => terminal.type('y\n')), 'run')
  assert.is(await answered(two, () => terminal.type('n\n')), 'skip')
})

test('continue asks no more', async () => {
  const { terminal, on, suspended } = stepping()
  assert.is(await answered(on('One'), () => terminal.type('c\n')), 'run')
  assert.is(await on('Two'), 'run')
  assert.is(suspended(), 1)
})

test('Ctrl-C ends an open question, and those behind it', async () => {
  const { interrupt, on } = stepping()
  const both = Promise.allSettled([on('One'), on('Two')])
  const ends = await answered(both, () => interrupt.abort())
  assert.ok(ends.every((end) => end.status === 'rejected' && end.reason instanceof Interrupted))
})

test('it is refused where nobody can answer', () => {
  const suspended = <T>(work: () => Promise<T>) => work()
  const interrupted = new AbortController().signal
  refused(
    () => stepper({ terminal: typedTerminal(false), suspended, interrupted }),
    /--step needs a terminal/,
  )
})
