import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { askConfirmation } from '../../../lib/cli/confirmation.ts'
import { loadInventory } from '../../../lib/inventory/inventory.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { typedTerminal } from './terminal.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const test = suite('cli/confirmation')
const confirmation = () => ({ question: 'Its name?', answer: '42', variable: 'confirm' })

async function groundWith(vars: Readonly<Record<string, unknown>>) {
  const file = join(scratchFolder(), 'hosts.ini')
  writeFileSync(file, 'h1\n')
  const inventory = await loadInventory([file])
  return { inventory, member: (name: string) => ({ name, address: name, vars }) }
}

test('what is typed has to be the answer', async () => {
  const terminal = typedTerminal()
  const asked = askConfirmation(confirmation, await groundWith({}), terminal)
  terminal.type('42\n')
  await asked
  assert.is(terminal.shown(), 'Its name? ')
  terminal.type('yes\n')
  await rejects(
    askConfirmation(confirmation, await groundWith({}), terminal),
    /"yes" was said, and "42" was to be/,
  )
  terminal.type('\n')
  await rejects(askConfirmation(confirmation, await groundWith({}), terminal), /Nothing was said/)
})

test('it can be given as a variable, which may look like a number; then nothing is asked', async () => {
  const terminal = typedTerminal(false)
  await askConfirmation(confirmation, await groundWith({ confirm: 42 }), terminal)
  await rejects(askConfirmation(confirmation, await groundWith({ confirm: 'no' }), terminal), /"no" was said/)
  assert.is(terminal.shown(), '')
})

test('without a terminal it has to be given', async () => {
  await rejects(askConfirmation(confirmation, await groundWith({}), typedTerminal(false)), {
    message: '"Its name?" must be answered, which needs a terminal, and there is none.',
    advice: 'Give -e confirm=42 if that is what you want.',
  })
})
