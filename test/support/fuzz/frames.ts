import { PassThrough } from 'node:stream'
import type { Channel, Exit } from '../../../lib/transport/connection.ts'
import { KeptShell } from '../../../lib/transport/kept-shell.ts'
import { Becoming } from '../../../lib/transport/become.ts'
import { launch } from '../../../lib/transport/launch.ts'
import { MarkedStream, nonce } from '../../../lib/transport/marks.ts'
import { Tail } from '../../../lib/transport/tail.ts'
import { Broken, type Target } from './fuzz.ts'
import type { Random } from './random.ts'

/** Bytes as a program may print them that would like to be taken for a mark, but cannot know one before it has come. */
function output(random: Random, own: string, earlier: readonly string[]): Buffer {
  const parts = random.many(6, () => {
    switch (random.below(5)) {
      case 0:
        return random.bytes(40)
      case 1:
        // All but the end of the mark.
        return Buffer.from(`${own}:`.slice(0, random.below(own.length)))
      case 2:
        return Buffer.from(`\n${own.slice(random.below(own.length - 1) + 1)}:0\n`)
      case 3:
        return Buffer.from(earlier.length === 0 ? '' : `${random.pick(earlier)}:${random.below(300)}\n`)
      default:
        return Buffer.from(random.pick(['', '\n', ':', '0\n', '\0\0', '\r\n', 'ok\n']))
    }
  })
  return Buffer.concat(parts)
}

const marks: Target = {
  name: 'marks cut out the bytes of each frame and its value, wherever the pieces begin and end',
  throws: [],
  share: 30,
  round(random) {
    const nonces = Array.from({ length: 1 + random.below(4) }, nonce)
    const frames = nonces.map((own, index) => {
      const bytes = output(random, own, nonces.slice(0, index))
      return { own, bytes, value: String(random.pick([0, 1, 127, 255, 4_194_304])) }
    })
    const stream = new MarkedStream()
    const seen = frames.map(({ own }) => {
      const frame = { bytes: Buffer.alloc(0), values: [] as string[] }
      stream.expect({
        nonce: own,
        before: (more) => (frame.bytes = Buffer.concat([frame.bytes, more])),
        reached: (value) => frame.values.push(value),
      })
      return frame
    })
    const sent = frames.map(({ own, bytes, value }) =>
      Buffer.concat([bytes, Buffer.from(`${own}:${value}\n`)]),
    )
    for (const piece of random.pieces(Buffer.concat([...sent, random.bytes(30)]))) stream.push(piece)
    frames.forEach(({ bytes, value }, index) => {
      const frame = seen[index]
      if (frame === undefined || !frame.bytes.equals(bytes) || frame.values.join() !== value)
        throw new Broken(`frame ${index} is ${JSON.stringify(frame)}`)
    })
  },
}

class FakeChannel implements Channel {
  readonly stdin = new PassThrough()
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly exited = new Promise<void>(() => undefined)
  readonly ended: Promise<Exit>
  #end: (exit: Exit) => void = () => undefined
  constructor() {
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }
  lose(): void {
    this.#end({ how: 'lost', why: 'the line is cut' })
  }
  close(): void {
    this.stdin.destroy()
  }
}

/** Both outputs in pieces, in whatever order they come. */
async function send(random: Random, channel: FakeChannel, stdout: Buffer, stderr: Buffer): Promise<void> {
  const queues = [
    { stream: channel.stdout, pieces: random.pieces(stdout) },
    { stream: channel.stderr, pieces: random.pieces(stderr) },
  ]
  for (let left = queues; left.length > 0; left = left.filter(({ pieces }) => pieces.length > 0)) {
    const { stream, pieces } = random.pick(left)
    stream.write(pieces.shift() ?? '')
    if (random.once(8)) await new Promise(setImmediate)
  }
}

const keptShell: Target = {
  name: 'a kept shell gives each command its own bytes and code, or tells that contact was lost',
  throws: [],
  share: 8,
  async round(random) {
    const channel = new FakeChannel()
    const shell = new KeptShell(
      { channel, pid: 1 },
      { title: 'host', outputBytes: 1 << 20, kill: async () => [] },
    )
    let written = ''
    channel.stdin.on('data', (chunk: Buffer) => (written += chunk.toString()))
    const answers = random.many(5, () =>
      shell.run('true', random.once(3) ? 60_000 : undefined).catch((error: unknown) => error),
    )
    await new Promise(setImmediate)
    const lines = written.split('\n').filter((line) => line !== '')
    if (lines.length !== answers.length) throw new Broken(`${lines.length} of ${answers.length} went out`)
    const earlier: string[] = []
    const frames = lines.map((line) => {
      const [, told = ''] = /printf '([0-9a-f]{24}):%s\\n' "\$__pid"/.exec(line) ?? []
      const [, own = ''] = /printf '([0-9a-f]{24}):%s\\n' \$\?/.exec(line) ?? []
      const [stdout, stderr] = [output(random, own, earlier), output(random, own, earlier)]
      earlier.push(own, ...(told === '' ? [] : [told]))
      return { told, own, stdout, stderr, code: random.below(256) }
    })
    const kept = random.once(3) ? random.below(frames.length + 1) : frames.length
    const whole = frames.slice(0, kept)
    const wholly = (stream: 'stdout' | 'stderr') =>
      whole.flatMap(({ told, own, code, ...bytes }) => [
        Buffer.from(stream === 'stderr' && told !== '' ? `${told}:77\n` : ''),
        bytes[stream],
        Buffer.from(stream === 'stdout' ? `${own}:${code}\n` : `${own}:\n`),
      ])
    await send(random, channel, Buffer.concat(wholly('stdout')), Buffer.concat(wholly('stderr')))
    if (kept < frames.length)
      await send(random, channel, frames[kept]?.stdout ?? Buffer.alloc(0), Buffer.alloc(0))
    await new Promise(setImmediate)
    channel.lose()
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      const frame = frames[index]
      const right = isOutput(answer) && frame !== undefined && frame.stdout.equals(answer.stdout)
      const lost = answer instanceof Error && answer.name === 'ContactLost'
      if (index >= kept ? !lost : !right || !frame.stderr.equals(answer.stderr) || frame.code !== answer.code)
        throw new Broken(`command ${index} of ${kept} answered: ${JSON.stringify(answer)}`)
    }
  },
}

function isOutput(value: unknown): value is { stdout: Buffer; stderr: Buffer; code: number } {
  return typeof value === 'object' && value !== null && 'stdout' in value
}

const beginning: Target = {
  name: 'a program begins behind whatever the host says before, and loses no byte after',
  throws: [],
  share: 4,
  async round(random) {
    const channel = new FakeChannel()
    let own = ''
    const connection = {
      title: 'host',
      gone: new Promise<string>(() => undefined),
      close: async () => undefined,
      open: async (program: string) => {
        own = /([0-9a-f]{24}):%s/.exec(program)?.[1] ?? ''
        return channel
      },
    }
    const launched = launch(connection, 'true', { becoming: new Becoming({}) })
    await new Promise(setImmediate)
    const [stdout, stderr] = [random.bytes(80), random.bytes(80)]
    const pid = 1 + random.below(100_000)
    await send(
      random,
      channel,
      Buffer.concat([output(random, own, []), Buffer.from(`${own}:${pid}\n`), stdout]),
      Buffer.concat([output(random, own, []), Buffer.from(`${own}:\n`), stderr]),
    )
    if ((await launched).pid !== pid) throw new Broken('it has another process id')
    for (const [stream, bytes] of [
      [channel.stdout, stdout],
      [channel.stderr, stderr],
    ] as const) {
      const rest = Buffer.concat(await stream.end().toArray())
      if (!rest.equals(bytes)) throw new Broken(`behind the mark stands ${rest.toString('hex')}`)
    }
  },
}

const tail: Target = {
  name: 'a tail keeps the last bytes, and counts those that it does not keep',
  throws: [],
  share: 8,
  round(random) {
    const limit = 1 + random.below(50)
    const bytes = random.bytes(400)
    const kept = new Tail(limit)
    for (const piece of random.pieces(bytes)) kept.push(piece)
    const dropped = Math.max(0, bytes.length - limit)
    if (!kept.bytes().equals(bytes.subarray(dropped)) || kept.dropped !== dropped)
      throw new Broken(`${kept.bytes().length} bytes, ${kept.dropped} dropped`)
  },
}

export const frames: readonly Target[] = [marks, keptShell, beginning, tail]
