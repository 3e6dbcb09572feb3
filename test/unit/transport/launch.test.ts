import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { Becoming } from '../../../lib/transport/become.ts'
import type { Channel, Connection, Exit } from '../../../lib/transport/connection.ts'
import { ContactLost, type Unreachable } from '../../../lib/transport/errors.ts'
import { launch } from '../../../lib/transport/launch.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from './shells.ts'

const test = suite('launch')

/** A connection whose program says what it is told to; NONCE stands for the mark that it should print. */
function saying(chunks: readonly string[], exit?: Exit): { connection: Connection; channel: Channel } {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  const ended = exit ? Promise.resolve(exit) : new Promise<Exit>(() => undefined)
  const channel: Channel = { ...streams, ended, exited: Promise.resolve(), close: () => undefined }
  const open = async (program: string) => {
    const nonce = /[0-9a-f]{24}/.exec(program)?.[0] ?? ''
    for (const chunk of chunks) streams.stdout.write(Buffer.from(chunk.replace('NONCE', nonce), 'latin1'))
    streams.stderr.write(`${nonce}:\n`)
    return channel
  }
  const connection = {
    title: 'web1',
    open,
    gone: new Promise<string>(() => undefined),
    close: async () => undefined,
  }
  return { connection, channel }
}

test('what the host says first is left out, and every byte after the mark is there, in one piece with it or not', async () => {
  for (const chunks of [['welcome\nNONCE:42\n\0\xff\n'], ['wel', 'come\nNONCE:4', '2\n\0', '\xff\n']]) {
    const { connection, channel } = saying(chunks)
    assert.is((await launch(connection, 'x', { becoming: new Becoming({}) })).pid, 42)
    channel.stdout.resume()
    const bytes: Buffer[] = []
    channel.stdout.on('data', (chunk: Buffer) => bytes.push(chunk))
    await new Promise((resolve) => setTimeout(resolve, 10))
    assert.is(Buffer.concat(bytes).toString('latin1'), '\0\xff\n')
  }
})

test('a program that ended before its mark is explained with what it said', async () => {
  const { connection } = saying(['This account is currently not available.\n'], { how: 'exited', code: 1 })
  const { reason, message } = await thrown<Unreachable>(
    launch(connection, 'x', { becoming: new Becoming({}) }),
  )
  assert.is(reason, 'shell')
  assert.match(message, 'ended at once with exit code 1')
})

test('contact that ends before the mark is lost, no verdict about the host', async () => {
  const { connection } = saying([], { how: 'lost', why: 'cable' })
  assert.instance(await thrown(launch(connection, 'x', { becoming: new Becoming({}) })), ContactLost)
})
