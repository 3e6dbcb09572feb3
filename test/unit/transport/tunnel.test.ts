import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { Tunnel } from '../../../lib/transport/tunnel.ts'
import { suite } from '../../support/suite.ts'

const test = suite('tunnel')

function tunnel() {
  const [readable, writable] = [new PassThrough(), new PassThrough()]
  let closed = 0
  return {
    readable,
    writable,
    closed: () => closed,
    tunnel: new Tunnel({ readable, writable, close: () => void closed++ }),
  }
}

test('bytes go both ways', async () => {
  const { readable, writable, tunnel: socket } = tunnel()
  socket.write('there')
  readable.write('and back')
  assert.is(String(((await once(writable, 'data')) as [Buffer])[0]), 'there')
  assert.is(String(((await once(socket, 'data')) as [Buffer])[0]), 'and back')
})

test('who does not read holds up the other side, and loses nothing', async () => {
  const { readable, tunnel: socket } = tunnel()
  socket.pause()
  let sent = 0
  while (sent < 10_000_000 && readable.write(Buffer.alloc(16_384))) {
    sent += 16_384
    await new Promise(setImmediate)
  }
  assert.ok(sent < 1_000_000, `${sent} bytes were taken`)
  let got = 0
  socket.on('data', (chunk: Buffer) => (got += chunk.length)).resume()
  while (got < sent) await new Promise(setImmediate)
})

test('once destroyed it is gone at once, though the other side never ends', async () => {
  const { readable, writable, closed, tunnel: socket } = tunnel()
  const gone = once(socket, 'close')
  socket.destroy()
  await gone
  assert.is(closed(), 1)
  assert.not.ok(readable.destroyed || writable.destroyed)
})

test('why it ended reaches whoever listens, and ends nobody who does not', async () => {
  const { tunnel: socket } = tunnel()
  const failed = once(socket, 'error')
  socket.destroy(new Error('no way'))
  assert.match(((await failed) as [Error])[0].message, 'no way')
  tunnel().tunnel.destroy(new Error('unheard'))
  await new Promise(setImmediate)
})

test('what cannot be written any more leaves it to others to say why', async () => {
  const { writable, tunnel: socket } = tunnel()
  const failed = once(socket, 'error')
  writable.destroy()
  socket.write('lost')
  await new Promise(setImmediate)
  socket.destroy(new Error('the reason'))
  assert.match(((await failed) as [Error])[0].message, 'the reason')
})
