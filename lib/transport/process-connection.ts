import { spawn } from 'node:child_process'
import type { Channel, Connection, Dial, Exit, OpenOptions } from './connection.ts'
import { ContactLost, Unreachable } from './errors.ts'
import { quoted } from './quoting.ts'

/** This machine itself. */
export function dialLocal(): Dial {
  return async () => new ProcessConnection('local', ['sh'])
}

/** Whatever a command gives a shell of: it is started with `-c` and a program added, as in `docker exec -i web sh -c …`. */
export function dialCommand(argv: readonly string[]): Dial {
  return async () => {
    const connection = new ProcessConnection(argv.join(' '), argv)
    await connection.probe()
    return connection
  }
}

/** Programs on a host, each a process of this machine. */
class ProcessConnection implements Connection {
  readonly title: string
  readonly gone: Promise<string>
  readonly #argv: readonly string[]
  readonly #channels = new Set<Channel>()
  #closed: ((why: string) => void) | undefined

  constructor(title: string, argv: readonly string[]) {
    this.title = title
    this.#argv = argv
    this.gone = new Promise((resolve) => (this.#closed = resolve))
  }

  async open(program: string, { terminal = false }: OpenOptions = {}): Promise<Channel> {
    if (!this.#closed) throw new ContactLost(`${this.title}: it was closed.`)
    const channel = await this.#spawned(terminal ? withTerminal(program) : program)
    this.#channels.add(channel)
    void channel.ended.then(() => this.#channels.delete(channel))
    return channel
  }

  /** Throws unless a program can be started. */
  async probe(): Promise<void> {
    const channel = await this.open('exit 0')
    let said = ''
    channel.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    channel.stdout.resume()
    channel.stdin.end()
    const exit = await channel.ended
    if (exit.how === 'exited' && exit.code === 0) return
    const how = exit.how === 'exited' ? `exit code ${exit.code}` : exit.how
    throw new Unreachable(
      'network',
      `"${this.title} -c 'exit 0'" should give a shell; it ended with ${how} and said: ${said.trim() || 'nothing'}`,
      'Run this by hand and look why.',
    )
  }

  async close(): Promise<void> {
    for (const channel of this.#channels) channel.close()
    this.#closed?.('it was closed')
    this.#closed = undefined
  }

  async #spawned(program: string): Promise<Channel> {
    const [name = 'sh', ...args] = this.#argv
    // A group of its own, so that Ctrl-C at the terminal is for the controller alone to answer.
    const child = spawn(name, [...args, '-c', program], { stdio: 'pipe', detached: true })
    for (const stream of child.stdio) stream?.on('error', () => undefined)
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const ended = new Promise<Exit>((resolve) => {
      child.once('close', (code, signal) =>
        resolve(signal ? { how: 'killed', signal } : { how: 'exited', code: code ?? 0 }),
      )
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => reject(notStarted(this.title, name, error)))
    })
    const { stdin, stdout, stderr } = child
    const close = () => {
      for (const stream of [stdin, stdout, stderr]) stream.destroy()
      child.unref()
    }
    return { stdin, stdout, stderr, exited, ended, close }
  }
}

/** There is no terminal to a pipe; the program `script` makes one where the other program runs. */
function withTerminal(program: string): string {
  return `exec env SHELL=/bin/sh script -qec ${quoted(program)} /dev/null`
}

function notStarted(title: string, name: string, error: Error): Unreachable {
  return new Unreachable(
    'shell',
    `${title}: the program "${name}" cannot be started here: ${error.message}`,
    `Install it on this machine, or correct the command.`,
    { cause: error },
  )
}
