import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import * as assert from 'uvu/assert'
import { ContactLost, TimedOut, type Unreachable } from '../../../lib/transport/errors.ts'
import { openSession } from '../../../lib/transport/kept-session.ts'
import { dialCommand, dialLocal } from '../../../lib/transport/process-connection.ts'
import type { ContactEvent, Session } from '../../../lib/transport/session.ts'
import { suite } from '../../support/suite.ts'
import { FragileHost } from './fragile-host.ts'
import { thrown } from './shells.ts'

const test = suite('session')
const local = openSession({ title: 'here', dial: dialLocal() })
test.after(() => local.close())

test('a stream takes bytes in and gives bytes, messages and exit code out', async () => {
  const { code, stdout, stderr } = await local.stream('tr a b; echo done >&2; exit 3', {
    input: Buffer.from('aba'),
  })
  assert.equal([code, stdout.toString(), stderr.toString()], [3, 'bbb', 'done\n'])
})

test('a stream without input has an empty one', async () => {
  assert.is((await local.stream('wc -c')).stdout.toString().trim(), '0')
})

test('bytes go through both ways at once, unchanged, no faster than they are taken', async () => {
  const block = randomBytes(1 << 20)
  const sent = createHash('sha256')
  const received = createHash('sha256')
  let ahead = 0
  let furthest = 0
  const input = Readable.from(
    (function* () {
      for (let count = 0; count < 64; count++) {
        sent.update(block)
        furthest = Math.max(furthest, ++ahead)
        yield block
      }
    })(),
  )
  let pending = 0
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      received.update(chunk)
      pending += chunk.length
      while (pending >= block.length) {
        pending -= block.length
        ahead--
      }
      setImmediate(done)
    },
  })
  const { code } = await local.stream('cat', { input, output })
  assert.is(code, 0)
  assert.is(received.digest('hex'), sent.digest('hex'))
  assert.ok(furthest <= 32, `${furthest} MiB were taken in before they could be given out`)
})

test('a program that ends without reading its input is judged by its exit code', async () => {
  const { code } = await local.stream('exit 5', { input: createReadStream('/dev/zero') })
  assert.is(code, 5)
})

test('input that cannot be read and output that cannot be written are errors', async () => {
  assert.match(
    (await thrown(local.stream('cat', { input: createReadStream('/nowhere/x') }))).message,
    'ENOENT',
  )
  const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) })
  assert.match((await thrown(local.stream('cat /dev/zero', { output: full }))).message, 'disk full')
})

test('a streaming program beyond its time is killed', async () => {
  const error = await thrown(local.stream('sleep 61; sleep 62', { timeoutMs: 200 }))
  assert.instance(error, TimedOut)
  assert.match(error.message, /was killed there: .*sleep \(\d+\)/)
})

test('a command that cannot be started is named, and not tried again', async () => {
  const session = openSession({ title: 'here', dial: dialCommand(['/nowhere/shell']) })
  const { reason, message } = await thrown<Unreachable>(session.run(':'))
  assert.is(reason, 'shell')
  assert.match(message, '/nowhere/shell')
  await session.close()
})

test('what is no shell is not waited for', async () => {
  const session = openSession({ title: 'here', dial: dialCommand(['true']) })
  const { reason, message, advice } = await thrown<Unreachable>(session.run(':'))
  assert.is(reason, 'shell')
  assert.match(message, 'starts no POSIX shell: it ended at once with exit code 0')
  assert.match(advice, '/etc/passwd')
  await session.close()
})

function sessionWith(host: FragileHost, patienceMs = 5000): { session: Session; events: ContactEvent[] } {
  const events: ContactEvent[] = []
  const session = openSession({
    title: 'web1',
    dial: host.dial,
    patienceMs,
    connectTimeoutMs: 300,
    onContact: (event) => events.push(event),
  })
  return { session, events }
}

test('when contact ends, every command that waits is lost, never done and never failed; the next goes on', async () => {
  const host = new FragileHost()
  const { session, events } = sessionWith(host)
  await session.contact()
  const lost = [session.run('sleep 60'), session.run('echo never'), session.stream('sleep 60')].map((work) =>
    thrown(work),
  )
  await new Promise((resolve) => setTimeout(resolve, 200))
  await host.cut('cable')
  for (const work of lost) {
    const error = await work
    assert.instance(error, ContactLost)
    assert.match(error.message, 'cable')
  }
  assert.is((await session.run('echo back')).stdout.toString(), 'back\n')
  assert.equal(
    events.map(({ type }) => type),
    ['lost', 'back'],
  )
  await session.close()
})

test('a command given while there is no contact waits for it', async () => {
  const host = new FragileHost()
  const { session } = sessionWith(host)
  await session.contact()
  host.down = true
  await host.cut('cable')
  const waiting = session.run('echo later')
  setTimeout(() => (host.down = false), 400)
  assert.is((await waiting).stdout.toString(), 'later\n')
  await session.close()
})

test('a host that does not come back is unreachable once the patience is over', async () => {
  const host = new FragileHost()
  const { session } = sessionWith(host, 400)
  await session.contact()
  host.down = true
  await host.cut('cable')
  const { reason, message } = await thrown<Unreachable>(session.run('echo never'))
  assert.is(reason, 'network')
  assert.match(message, 'web1 did not come back within 0.4 s: it is down')
  await session.close()
})

test('contact that ends whenever a shell is started is given up', async () => {
  const host = new FragileHost()
  host.cutsAtOpen = true
  const { session } = sessionWith(host)
  assert.is((await thrown<Unreachable>(session.run(':'))).reason, 'network')
  await session.close()
})

test('closing ends what runs, and later commands say so', async () => {
  const session = openSession({ title: 'web1', dial: dialLocal() })
  await session.contact()
  const lost = thrown(session.run('sleep 60'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  await session.close()
  assert.instance(await lost, ContactLost)
  assert.match((await thrown(session.run(':'))).message, 'the session was closed')
})
