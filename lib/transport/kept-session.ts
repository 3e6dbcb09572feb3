import { Becoming, type BecomeOptions } from './become.ts'
import type { Dial } from './connection.ts'
import { Contact } from './contact.ts'
import { endedBy } from './deadline.ts'
import { ContactLost, Unreachable } from './errors.ts'
import type { KeptShell } from './kept-shell.ts'
import { limits } from './limits.ts'
import { Link } from './link.ts'
import type { ContactEvent, Output, RunOptions, Session, StreamOptions } from './session.ts'
import { transfer } from './transfer.ts'

export interface SessionOptions {
  /** For messages: the host as the inventory calls it. */
  readonly title: string
  readonly dial: Dial
  readonly become?: BecomeOptions
  /** How long the first contact is tried (10 s). */
  readonly connectTimeoutMs?: number
  /** How often the first contact is tried once that time is over (never). */
  readonly retries?: number
  /** How long a lost host may take to come back (60 s). */
  readonly patienceMs?: number
  /** Kept of each output of a command (16 MiB). */
  readonly outputBytes?: number
  readonly onContact?: (event: ContactEvent) => void
  /** Lets go of what connections were made with. */
  readonly onClosed?: () => Promise<void>
}

/** A session over whatever gives connections; it connects when it is first used. */
export function openSession(options: SessionOptions): Session {
  return new KeptSession(options)
}

/** A shell that is lost as often as this before it took a command will not take the next one either. */
const attempts = 3

class KeptSession implements Session {
  readonly #options: SessionOptions
  readonly #contact: Contact<Link>
  readonly #outputBytes: number

  constructor(options: SessionOptions) {
    this.#options = options
    this.#outputBytes = options.outputBytes ?? limits.outputBytes
    const becoming = new Becoming(options.become ?? {})
    this.#contact = new Contact(() => Link.over(options.dial, { becoming, outputBytes: this.#outputBytes }), {
      title: options.title,
      connectTimeoutMs: options.connectTimeoutMs ?? limits.connectTimeoutMs,
      patienceMs: options.patienceMs ?? limits.patienceMs,
      retries: options.retries,
      onContact: options.onContact,
    })
  }

  async run(script: string, { as, timeoutMs }: RunOptions = {}): Promise<Output> {
    return await (await this.#shell(as)).run(script, timeoutMs)
  }

  async stream(program: string, options: StreamOptions = {}): Promise<Output> {
    const { as, input, output, signal, timeoutMs } = options
    // They may fail before the program has begun; `transfer` throws it then.
    for (const end of [input, output]) if (end && !Buffer.isBuffer(end)) end.on('error', () => undefined)
    const link = await this.#contact.link()
    const { channel, pid } = await link.start(program, as)
    const { title } = this.#options
    const kill = () => void link.kill(pid, as).catch(() => channel.close())
    signal?.addEventListener('abort', kill, { once: true })
    const done = transfer(channel, { title, input, output, outputBytes: this.#outputBytes }).finally(() =>
      signal?.removeEventListener('abort', kill),
    )
    if (timeoutMs === undefined) return await done
    return await endedBy(done, timeoutMs, {
      title,
      kill: () => link.kill(pid, as),
      giveUp: () => channel.close(),
    })
  }

  async contact(): Promise<void> {
    await this.#contact.renewed()
  }

  async patiently<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
    return await this.#contact.patiently(patienceMs, work)
  }

  async close(why?: string): Promise<void> {
    await this.#contact.close(why)
    await this.#options.onClosed?.()
  }

  /** A kept shell that takes commands: until one was sent, losing contact costs nothing but another try. */
  async #shell(as: string | undefined): Promise<KeptShell> {
    for (let attempt = 1; ; attempt++) {
      const link = await this.#contact.link()
      try {
        return await link.shell(as)
      } catch (error) {
        const anew =
          error instanceof ContactLost || (error instanceof Unreachable && error.reason === 'shell')
        if (!anew || attempt === attempts) throw error
        await link.close()
        await link.gone
      }
    }
  }
}
