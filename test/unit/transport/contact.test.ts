import * as assert from 'uvu/assert'
import { Contact } from '../../../lib/transport/contact.ts'
import { Unreachable } from '../../../lib/transport/errors.ts'
import type { ContactEvent } from '../../../lib/transport/session.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from './shells.ts'

const test = suite('contact')

/** Connects as the list says, and counts; `cut` ends the newest link. */
function contactWith(
  outcomes: readonly ('up' | Error)[],
  options: { patienceMs?: number; connectTimeoutMs?: number; retries?: number } = {},
) {
  const events: ContactEvent[] = []
  let tries = 0
  let cut: (why: string) => void = () => undefined
  const contact = new Contact(
    async () => {
      const outcome = outcomes[Math.min(tries++, outcomes.length - 1)]
      if (outcome instanceof Error) throw outcome
      const id = tries
      const gone = new Promise<string>((resolve) => (cut = resolve))
      return { id, gone, close: async () => cut('closed') }
    },
    {
      title: 'web1',
      connectTimeoutMs: options.connectTimeoutMs ?? 2000,
      patienceMs: options.patienceMs ?? 2000,
      retries: options.retries,
      onContact: (event) => events.push(event),
    },
  )
  return { contact, events, tries: () => tries, cut: (why: string) => cut(why) }
}

const network = new Unreachable('network', 'web1: nothing listens on port 22.', 'Is sshd up?')

test('one connection serves all who ask', async () => {
  const { contact, tries } = contactWith(['up'])
  const [first, second] = await Promise.all([contact.link(), contact.link()])
  assert.is(first, second)
  assert.is(tries(), 1)
})

test('what the network does is tried again', async () => {
  const { contact, tries } = contactWith([network, network, 'up'])
  assert.is((await contact.link()).id, 3)
  assert.is(tries(), 3)
})

test('once its time is over, the first contact is tried as often as retries say', async () => {
  const { contact, tries } = contactWith([network], { connectTimeoutMs: 1, retries: 2 })
  assert.is((await thrown<Unreachable>(contact.link())).message, network.message)
  assert.is(tries(), 3)
})

test('the first contact is given up after its own time, and not waited for again', async () => {
  const { contact, tries } = contactWith([network], { connectTimeoutMs: 300, patienceMs: 60_000 })
  const error = await thrown<Unreachable>(contact.link())
  assert.is(error.message, network.message)
  assert.is(error.advice, network.advice)
  const before = tries()
  assert.is(await thrown(contact.link()), error)
  assert.is(tries(), before)
})

test('a refused key or password is tried once and never again', async () => {
  for (const reason of ['auth', 'hostkey', 'shell'] as const) {
    const refused = new Unreachable(reason, 'no', 'do')
    const { contact, tries } = contactWith([refused, 'up'])
    assert.is(await thrown(contact.link()), refused)
    assert.is(await thrown(contact.renewed()), refused)
    assert.is(tries(), 1, reason)
  }
})

test('lost contact is reported and comes back by itself', async () => {
  const { contact, events, cut, tries } = contactWith(['up', network, 'up'])
  await contact.link()
  cut('cable')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(events, [{ type: 'lost', why: 'cable' }])
  assert.is((await contact.link()).id, 3)
  assert.is(tries(), 3)
  const back = events[1]
  assert.ok(back?.type === 'back' && back.afterMs > 50 && back.afterMs < 5000)
})

test('a lost host that does not come back is unreachable once the patience is over, and says why', async () => {
  const { contact, cut } = contactWith(['up', network], { patienceMs: 500 })
  await contact.link()
  cut('cable')
  await new Promise((resolve) => setImmediate(resolve))
  const error = await thrown<Unreachable>(contact.link())
  assert.is(error.reason, 'network')
  assert.is(error.message, 'web1 did not come back within 0.5 s: web1: nothing listens on port 22.')
})

test('an attempt that hangs does not outlast the patience', async () => {
  let tries = 0
  let cut: (why: string) => void = () => undefined
  const contact = new Contact(
    async () => {
      if (++tries > 1) await new Promise(() => undefined)
      return { gone: new Promise<string>((resolve) => (cut = resolve)), close: async () => undefined }
    },
    { title: 'web1', connectTimeoutMs: 1000, patienceMs: 300 },
  )
  await contact.link()
  cut('cable')
  await new Promise((resolve) => setImmediate(resolve))
  assert.match((await thrown(contact.link())).message, 'did not come back within 0.3 s')
})

test('asked for explicitly, a host that was given up is tried again', async () => {
  const { contact } = contactWith([network, network, 'up'], { connectTimeoutMs: 1 })
  await thrown(contact.link())
  assert.ok((await contact.renewed()).id > 1)
})

test('once closed, it neither connects again nor reports a loss', async () => {
  const { contact, events, tries } = contactWith(['up'])
  await contact.link()
  await contact.close()
  assert.match((await thrown(contact.link())).message, 'the session was closed')
  assert.is(tries(), 1)
  assert.equal(events, [])
})

test('while it boots, a host may take longer than any patience, and let nobody in for a while', async () => {
  const nobody = new Unreachable('auth', 'web1: the system is booting up.', 'Wait.')
  const { contact, cut } = contactWith(['up', network, nobody, 'up'], { patienceMs: 10 })
  await contact.patiently(5000, async () => {
    const first = await contact.link()
    cut('it went down')
    await first.gone
    await new Promise((resolve) => setImmediate(resolve))
    assert.is((await contact.link()).id, 4)
  })
})

test('after that, a refusal is final again', async () => {
  const nobody = new Unreachable('auth', 'web1: this key is not known.', 'Give another.')
  const { contact, cut } = contactWith(['up', nobody])
  const first = await contact.patiently(5000, () => contact.link())
  cut('the cable')
  await first.gone
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(await thrown(contact.link()), nobody)
})
