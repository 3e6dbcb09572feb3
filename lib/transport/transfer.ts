import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Channel, Exit } from './connection.ts'
import { ContactLost } from './errors.ts'
import type { Output } from './session.ts'
import { Tail } from './tail.ts'

export interface TransferOptions {
  /** For messages: the host. */
  readonly title: string
  readonly input?: Readable | Buffer | undefined
  readonly output?: Writable | undefined
  readonly outputBytes: number
}

/**
 * Brings a program's bytes in and out, each way no faster than the slower end takes them, and gives its end.
 * What cannot be read here as input, or not be written here as output, gives the program up and is thrown.
 */
export async function transfer(channel: Channel, options: TransferOptions): Promise<Output> {
  const stdout = new Tail(options.outputBytes)
  const stderr = new Tail(options.outputBytes)
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk)).resume()
  const received = options.output
    ? receive(channel, options.output)
    : void channel.stdout.on('data', (chunk: Buffer) => stdout.push(chunk)).resume()
  const sent = send(options.input, channel)
  try {
    const exit = await Promise.race([channel.ended, failureOf(received), failureOf(sent)])
    if (exit.how !== 'lost') await received
    return {
      code: exitCode(exit, options.title),
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      dropped: stdout.dropped,
    }
  } catch (error) {
    channel.close()
    throw error
  } finally {
    if (options.input && !Buffer.isBuffer(options.input)) options.input.destroy()
  }
}

async function receive(channel: Channel, output: Writable): Promise<void> {
  if (output.errored) throw output.errored
  await pipeline(channel.stdout, output)
}

/** Rejects when the source fails; a program that ends without reading everything is no failure of ours. */
function send(input: Readable | Buffer | undefined, channel: Channel): Promise<void> {
  if (input === undefined || Buffer.isBuffer(input)) {
    channel.stdin.end(input)
    return Promise.resolve()
  }
  return new Promise((_, reject) => {
    if (input.errored) reject(input.errored)
    input.once('error', reject)
    input.pipe(channel.stdin)
  })
}

/** Never resolves: for a race in which only the failure matters. */
async function failureOf(work: Promise<void> | undefined): Promise<never> {
  await work
  return new Promise(() => undefined)
}

/** The exit code as a shell would tell it; a lost program has none. */
function exitCode(exit: Exit, title: string): number {
  if (exit.how === 'lost') {
    throw new ContactLost(
      `${title}: contact was lost while a program ran there: ${exit.why}. It may have done its work or not.`,
    )
  }
  if (exit.how === 'exited') return exit.code
  const signals: Readonly<Record<string, number>> = constants.signals
  return 128 + (signals[exit.signal] ?? 0)
}
