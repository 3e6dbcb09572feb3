import { setTimeout as pause } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import { backoffMs } from './backoff.ts'
import { ContactLost, Unreachable } from './errors.ts'
import { limits } from './limits.ts'
import type { SshConnection } from './ssh-connection.ts'
import type { Address } from './tcp.ts'

/** How a jump host is dialled, and what to let go of when it is needed no more. */
export interface BastionDialing {
  readonly dial: () => Promise<SshConnection>
  readonly leave: () => Promise<void>
}

/** One connection to a jump host for all who go through it; lost, it is made anew, once for all who wait for it. */
export class Bastion {
  readonly #title: string
  readonly #begin: () => BastionDialing
  /** There is one as long as somebody goes through it. */
  #dialing: BastionDialing | undefined
  #users = 0
  #connection: Promise<SshConnection> | undefined
  #failures = 0

  constructor(title: string, begin: () => BastionDialing) {
    this.#title = title
    this.#begin = begin
  }

  /** Counts one more who goes through it. */
  enter(): void {
    this.#users++
    this.#dialing ??= this.#begin()
  }

  /** The last to leave closes the connection. */
  async leave(): Promise<void> {
    if (--this.#users > 0) return
    const closed = this.#connection?.then(
      (open) => open.close(),
      () => undefined,
    )
    const dialing = this.#dialing
    this.#connection = undefined
    this.#dialing = undefined
    // One that is still being made is closed when it is there; nobody waits for it.
    await Promise.race([closed, pause(limits.lastBytesMs, undefined, { ref: false })])
    await dialing?.leave()
  }

  /** A byte stream through it. */
  async socketTo(address: Address, timeoutMs: number): Promise<Duplex> {
    const connection = await this.#connected()
    return await connection.forward(address, timeoutMs)
  }

  #connected(): Promise<SshConnection> {
    if (this.#connection) return this.#connection
    const connection = this.#dial()
    this.#connection = connection
    const over = () => {
      if (this.#connection === connection) this.#connection = undefined
    }
    connection.then(
      (open) => void open.gone.then(over),
      // A refused key or password stays refused, lest an account be locked.
      (error) => passes(error) && over(),
    )
    return connection
  }

  async #dial(): Promise<SshConnection> {
    // Each who waits tries again by itself; the jump host is not to be dialled as often as all of them together do.
    if (this.#failures > 0) await pause(backoffMs(this.#failures - 1))
    const dialing = this.#dialing
    if (dialing === undefined) throw new ContactLost(`${this.#title}: nobody goes through it any more.`)
    try {
      const connection = await dialing.dial()
      this.#failures = 0
      return connection
    } catch (error) {
      this.#failures++
      throw error instanceof Unreachable ? onTheWay(error) : error
    }
  }
}

function passes(error: unknown): boolean {
  return error instanceof ContactLost || (error instanceof Unreachable && error.reason === 'network')
}

function onTheWay(error: Unreachable): Unreachable {
  return new Unreachable(
    error.reason,
    `The jump host stands in the way. ${error.message}`,
    `${error.advice} What is said of a jump host (HostName, User, Port, IdentityFile …) stands in ssh_config; ` +
      'variables of the host behind it do not count for it.',
    { cause: error },
  )
}
