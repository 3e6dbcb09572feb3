import { setTimeout as pause } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { backoffMs } from './backoff.ts'
import type { Channel, Connection, Exit, OpenOptions } from './connection.ts'
import { ContactLost, Unreachable } from './errors.ts'
import { forwarded } from './forwarding.ts'
import { limits } from './limits.ts'
import { type Keepalive, watchLiveness } from './liveness.ts'
import type { Address } from './tcp.ts'
import { Turns } from './turns.ts'

/** Programs on a host, each on a channel of one ssh connection. */
export class SshConnection implements Connection {
  readonly title: string
  readonly gone: Promise<string>
  readonly #client: Client
  readonly #channels = new Turns(limits.channels)
  #why = 'the host closed the connection'
  #closed = false

  constructor(title: string, client: Client, socket: Duplex, keepalive: Keepalive = limits.keepalive) {
    this.title = title
    this.#client = client
    const stopWatching = watchLiveness(socket, keepalive, (silentMs) => {
      this.#why = `nothing was heard from it for ${Math.round(silentMs / 1000)} s`
      socket.destroy()
    })
    client.on('error', (error: NodeJS.ErrnoException) => {
      this.#why = `the connection broke (${error.code ?? error.message})`
    })
    this.gone = new Promise((resolve) => {
      client.once('close', () => {
        stopWatching()
        this.#closed = true
        resolve(this.#why)
      })
    })
  }

  async open(program: string, options: OpenOptions = {}): Promise<Channel> {
    const { urgent = false, terminal = false, reserved = false } = options
    // Two that each held one channel and waited for a second would wait for ever.
    const end = urgent || reserved ? () => undefined : await this.#channels.take(terminal ? 2 : 1)
    try {
      const channel = adapted(await this.#persist(program, terminal))
      void channel.ended.then(end)
      return channel
    } catch (error) {
      end()
      throw error
    }
  }

  /** A byte stream from the host on to an address that it reaches. */
  async forward(to: Address, timeoutMs: number): Promise<Duplex> {
    if (this.#closed) throw new ContactLost(`${this.title}: ${this.#why}.`)
    return await forwarded(this.#client, this.title, to, timeoutMs)
  }

  async close(): Promise<void> {
    this.#why = 'it was closed'
    this.#client.end()
    await Promise.race([this.gone, pause(limits.lastBytesMs)])
    this.#client.destroy()
  }

  /** sshd refuses a channel beyond MaxSessions; one of the others may end soon. */
  async #persist(program: string, terminal: boolean): Promise<ClientChannel> {
    const until = performance.now() + limits.channelPatienceMs
    for (let failures = 0; ; failures++) {
      try {
        return await this.#exec(program, terminal)
      } catch (error) {
        const { message, reason } = error as Error & { reason?: number }
        if (/unable to exec/i.test(message) && !this.#closed) throw this.#forbidden(error)
        if (/pseudo-terminal/i.test(message) && !this.#closed) throw this.#withoutTerminal(error)
        if (reason === undefined || this.#closed) {
          throw new ContactLost(`${this.title}: ${this.#why} while a program was starting.`, { cause: error })
        }
        const wait = backoffMs(failures)
        if (performance.now() + wait > until) throw this.#refused(error)
        await pause(wait)
      }
    }
  }

  #exec(program: string, terminal: boolean): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.#client.exec(program, { pty: terminal }, (error, channel) =>
        error ? reject(error) : resolve(channel),
      )
    })
  }

  #withoutTerminal(cause: unknown): Unreachable {
    return new Unreachable(
      'become',
      `${this.title} gives no terminal, and a password for becoming another user is read from nothing else there.`,
      'Allow it (PermitTTY in its sshd_config, no "no-pty" in authorized_keys), or become by a sudo that asks for none.',
      { cause },
    )
  }

  #forbidden(cause: unknown): Unreachable {
    return new Unreachable(
      'shell',
      `${this.title} takes the login but runs no program.`,
      'Look for a forced command in its sshd_config and in the authorized_keys of the login user.',
      { cause },
    )
  }

  #refused(cause: unknown): Unreachable {
    return new Unreachable(
      'shell',
      `${this.title} opened no channel for a program within ${limits.channelPatienceMs / 1000} s.`,
      'Raise MaxSessions in its sshd_config: 10 is its default, and what Troupe counts on.',
      { cause },
    )
  }
}

function adapted(channel: ClientChannel): Channel {
  for (const stream of [channel, channel.stderr]) stream.on('error', () => undefined)
  const exited = new Promise<void>((resolve) => {
    channel.once('exit', () => resolve())
  })
  const ended = new Promise<Exit>((resolve) => {
    // `exit` comes before the last bytes; a connection that broke shows as a close without a code.
    channel.once('close', (code?: number | null, signal?: string) => {
      if (typeof code === 'number') resolve({ how: 'exited', code })
      else if (signal) resolve({ how: 'killed', signal })
      else resolve({ how: 'lost', why: 'the connection ended' })
    })
  })
  return {
    stdin: channel.stdin,
    stdout: channel,
    stderr: channel.stderr,
    exited,
    ended,
    close: () => giveUp(channel),
  }
}

/** Nobody reads it any more, and what is unread would hold up the others on the connection. */
function giveUp(channel: ClientChannel): void {
  channel.resume()
  channel.stderr.resume()
  channel.close()
}
