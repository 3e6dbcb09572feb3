import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { bootAnew, bootIdPath, type BootingHost } from '../../../lib/host/boot.ts'
import { ContactLost, Unreachable } from '../../../lib/transport/errors.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from '../transport/shells.ts'

const test = suite('host/boot')
const lost = new ContactLost('web1: contact was lost.')

/** A host whose looks come to these, in order, the last again and again; and how often it was told to boot. */
function hostWith(
  looks: readonly (string | Error)[],
  orders: readonly ('heard' | Error | number)[] = ['heard'],
) {
  const told: string[] = []
  const patience: number[] = []
  let look = 0
  let back: Error | undefined
  const host: BootingHost = {
    name: 'web1',
    session: {
      patiently: async (ms, work) => (patience.push(ms), await work()),
      contact: async () => {
        if (back !== undefined) throw back
      },
    },
    async run(script) {
      const answer = (code: number, text: string) => {
        return { code, stdout: Buffer.from(text), stderr: Buffer.from('refused'), dropped: 0 }
      }
      if (script.includes('reboot')) {
        const order = orders[Math.min(told.push(script), orders.length) - 1]
        if (order instanceof Error) throw order
        return answer(typeof order === 'number' ? order : 0, '')
      }
      const seen = looks[Math.min(look++, looks.length - 1)] ?? ''
      if (seen instanceof Error) throw seen
      return answer(0, seen)
    },
  }
  return { host, told, patience, neverBack: (error: Error) => (back = error) }
}

test('It is told once, lost, and done with when another boot is through', async () => {
  const { host, told, patience } = hostWith([
    'one\nrunning',
    'one\nstopping',
    lost,
    'two\nstarting',
    'two\ndegraded',
  ])
  await bootAnew(host, 20_000)
  assert.is(told.length, 1)
  assert.equal(patience, [20_000])
})

test('When contact was lost with the order, and the boot is still the same, it is told again', async () => {
  const { host, told } = hostWith(['one', 'one', 'two'], [lost, 'heard'])
  await bootAnew(host, 20_000)
  assert.is(told.length, 2)
})

test('A host that refuses to boot says so', async () => {
  const { host } = hostWith(['one'], [1])
  assert.match((await thrown(bootAnew(host, 20_000))).message, /exit code 1[^]*refused/)
})

test('A host that does not go down is told apart from one that does not come back', async () => {
  const error = await thrown<Error & { advice: string }>(bootAnew(hostWith(['one']).host, 700))
  assert.match(error.message, 'web1 was told to boot anew and is still up 0.7 s later.')
  assert.match(error.advice, 'systemctl list-jobs')
  assert.not(error instanceof Unreachable)
})

test('A host that does not come back is unreachable, with what was tried last and what to do', async () => {
  const { host, neverBack } = hostWith(['one', lost])
  neverBack(new Unreachable('network', 'web1 did not come back within 20 s: no route.', 'Is it on?'))
  const error = await thrown<Unreachable>(bootAnew(host, 20_000))
  assert.ok(error instanceof Unreachable)
  assert.match(error.message, 'web1 was told to boot anew. web1 did not come back within 20 s: no route.')
  assert.match(error.advice, 'go on with --resume: it is not booted a second time')
})

test('A boot that never is through is waited for until the deadline, and no longer', async () => {
  await bootAnew(hostWith(['one', 'two\nstarting']).host, 700)
})

test('Whoever ends the session ends the wait', async () => {
  const { host, neverBack } = hostWith(['one', lost])
  neverBack(lost)
  assert.is(await thrown(bootAnew(host, 20_000)), lost)
})

test('The machine that the run itself runs on is not booted', async () => {
  const { host, told } = hostWith([readFileSync(bootIdPath, 'utf8')])
  assert.match((await thrown(bootAnew(host, 20_000))).message, 'would take the run along')
  assert.equal(told, [])
})
