import * as assert from 'uvu/assert'
import { askPasswords, confirm } from '../../../lib/cli/ask.ts'
import { askHidden } from '../../../lib/cli/terminal.ts'
import { UserError } from '../../../lib/errors.ts'
import { reveal, type Secret } from '../../../lib/secrets/secret.ts'
import { Interrupted } from '../../../lib/task/outcome.ts'
import { suite } from '../../support/suite.ts'
import { typedTerminal } from './terminal.ts'

const test = suite('cli/ask')
const both = { askPass: true, askBecomePass: true }
const revealed = (secret: Secret | undefined) => secret && reveal(secret)

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => assert.unreachable('it did not fail'),
    (error: unknown) => error,
  )
}

test('what is typed is a secret, and not shown', async () => {
  const terminal = typedTerminal()
  const asked = askPasswords(both, terminal)
  assert.ok(terminal.raw())
  terminal.type('open sesame\r')
  terminal.type('other wörd\r')
  const { connection, become } = await asked
  assert.equal([revealed(connection), revealed(become)], ['open sesame', 'other wörd'])
  assert.is(terminal.shown(), 'SSH password: \nBECOME password [defaults to SSH password]: \n')
  assert.not(terminal.raw())
})

test('an empty password for sudo is the one to log in with', async () => {
  const terminal = typedTerminal()
  terminal.type('open sesame\r\r')
  const { connection, become } = await askPasswords(both, terminal)
  assert.is(revealed(become), 'open sesame')
  assert.is(become, connection)
})

test('only what is asked for is asked', async () => {
  const terminal = typedTerminal()
  assert.equal(await askPasswords({ askPass: false, askBecomePass: false }, terminal), {})
  assert.is(terminal.shown(), '')
  terminal.type('open sesame\r')
  const { connection, become } = await askPasswords({ askPass: false, askBecomePass: true }, terminal)
  assert.equal([connection, revealed(become)], [undefined, 'open sesame'])
  assert.is(terminal.shown(), 'BECOME password: \n')
})

test('slips of the keys are mended: backspace, and Ctrl-U', async () => {
  const terminal = typedTerminal()
  terminal.type('wrong\u0015geh\u007fheim\r')
  assert.is(await askHidden('? ', terminal), 'geheim')
})

test('a character that comes in two pieces is one', async () => {
  const terminal = typedTerminal()
  const bytes = Buffer.from('ö\r')
  const asked = askHidden('? ', terminal)
  terminal.input.push(bytes.subarray(0, 1))
  terminal.input.push(bytes.subarray(1))
  assert.is(await asked, 'ö')
})

test('Ctrl-C and a terminal that is gone interrupt', async () => {
  const terminal = typedTerminal()
  terminal.type('half\u0003')
  assert.instance(await rejection(askHidden('? ', terminal)), Interrupted)
  assert.not(terminal.raw())
  const gone = typedTerminal()
  gone.hangUp()
  assert.instance(await rejection(askHidden('? ', gone)), Interrupted)
})

test('without a terminal it is said which variable to set', async () => {
  const error = await rejection(askPasswords(both, typedTerminal(false)))
  assert.ok(error instanceof UserError)
  assert.match(error.advice, /ansible_password/)
  const become = await rejection(askPasswords({ ...both, askPass: false }, typedTerminal(false)))
  assert.match(become instanceof UserError ? become.advice : '', /ansible_become_password/)
})

test('an empty password is refused', async () => {
  const terminal = typedTerminal()
  terminal.type('\r')
  assert.match(String(await rejection(askPasswords(both, terminal))), /empty password/)
})

test('only a yes confirms; --yes does beforehand', async () => {
  const answered = (text: string) => {
    const terminal = typedTerminal()
    terminal.type(`${text}\n`)
    return confirm('Undo?', { yes: false, terminal })
  }
  assert.equal(await Promise.all(['y', 'YES', '', 'n', 'yess'].map(answered)), [
    true,
    true,
    false,
    false,
    false,
  ])
  const silent = typedTerminal(false)
  assert.is(await confirm('Undo?', { yes: true, terminal: silent }), true)
  assert.match(
    String(await rejection(confirm('Undo?', { yes: false, terminal: silent }))),
    /Undo\?.*needs a terminal/,
  )
})
