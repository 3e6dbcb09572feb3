import { setTimeout as pause } from 'node:timers/promises'
import { backoffMs } from './backoff.ts'
import { ContactLost, Unreachable, type UnreachableReason } from './errors.ts'
import type { ContactEvent } from './session.ts'

/** What contact is kept through: it ends some day, and can be ended. */
export interface Contactable {
  readonly gone: Promise<string>
  close(): Promise<void>
}

export interface ContactOptions {
  /** For messages: the host. */
  readonly title: string
  /** How long the first contact is tried; a host that was never there is not waited for as one that was. */
  readonly connectTimeoutMs: number
  /** How often it is tried once that time is over. */
  readonly retries?: number | undefined
  /** How long a lost host may take to come back. */
  readonly patienceMs: number
  readonly onContact?: ((event: ContactEvent) => void) | undefined
}

interface Patience {
  readonly ms: number
  /** What passes by itself, and so is tried again. */
  readonly passing: readonly UnreachableReason[]
}

const usual = ['network'] as const
/** A host that boots may let nobody in but root, and may not have its users and programs yet. */
const whileBooting = ['network', 'auth', 'shell'] as const

type State<T> =
  | { readonly is: 'untried' }
  | { readonly is: 'connecting'; readonly link: Promise<T> }
  | { readonly is: 'up'; readonly link: T }
  | { readonly is: 'over'; readonly error: Error }

/**
 * Keeps contact: connects when first asked, again by itself when contact is lost, and gives up when the patience is
 * over. Only what may pass by itself is tried again; a refused key or password is final, lest an account be locked.
 */
export class Contact<T extends Contactable> {
  readonly #connect: () => Promise<T>
  readonly #options: ContactOptions
  readonly #closing = new AbortController()
  #state: State<T> = { is: 'untried' }
  #patience: Patience

  constructor(connect: () => Promise<T>, options: ContactOptions) {
    this.#connect = connect
    this.#options = options
    this.#patience = { ms: options.patienceMs, passing: usual }
  }

  /** The link there is, or the next one. Once given up, always the same error. */
  async link(): Promise<T> {
    if (this.#state.is === 'untried') this.#begin({ ...this.#patience, ms: this.#options.connectTimeoutMs })
    const state = this.#state
    if (state.is === 'over') throw state.error
    return await (state as { readonly link: T | Promise<T> }).link
  }

  /** As `link`, and tries a host again that was given up because nothing came through. */
  async renewed(): Promise<T> {
    const { error } = this.#state as { error?: Error }
    if (error instanceof Unreachable && this.#patience.passing.includes(error.reason)) {
      this.#begin(this.#patience)
    }
    return await this.link()
  }

  /** While the work is done, a lost host is waited for as one that boots. */
  async patiently<R>(ms: number, work: () => Promise<R>): Promise<R> {
    const before = this.#patience
    this.#patience = { ms, passing: whileBooting }
    try {
      return await work()
    } finally {
      this.#patience = before
    }
  }

  async close(why = 'the session was closed'): Promise<void> {
    const state = this.#state
    this.#state = { is: 'over', error: new ContactLost(`${this.#options.title}: ${why}.`) }
    this.#closing.abort()
    if (state.is === 'up') await state.link.close()
  }

  #begin(patience: Patience, lostAt?: number): void {
    const link = this.#persist(patience, lostAt !== undefined).then(
      (established) => this.#established(established, lostAt),
      (error: Error) => this.#over(error),
    )
    link.catch(() => undefined)
    this.#state = { is: 'connecting', link }
  }

  #over(error: Error): never {
    if (this.#state.is === 'over') throw this.#state.error
    this.#state = { is: 'over', error }
    throw error
  }

  #established(link: T, lostAt: number | undefined): T {
    if (this.#state.is === 'over') {
      void link.close()
      throw this.#state.error
    }
    this.#state = { is: 'up', link }
    if (lostAt !== undefined) this.#options.onContact?.({ type: 'back', afterMs: performance.now() - lostAt })
    void link.gone.then((why) => {
      if (this.#state.is !== 'up' || this.#state.link !== link) return
      this.#begin(this.#patience, performance.now())
      const expected = this.#patience.passing === whileBooting
      this.#options.onContact?.({ type: 'lost', why: expected ? 'it boots anew' : why })
    })
    return link
  }

  async #persist({ ms: patienceMs, passing }: Patience, again: boolean): Promise<T> {
    const until = performance.now() + patienceMs
    let retries = again ? 0 : (this.#options.retries ?? 0)
    for (let failures = 0; ; failures++) {
      try {
        return await this.#attempt(again ? until : undefined)
      } catch (error) {
        const passes =
          error instanceof ContactLost || (error instanceof Unreachable && passing.includes(error.reason))
        if (!passes) throw error
        const wait = backoffMs(failures)
        const isOver = performance.now() + wait > until
        if (isOver && retries-- === 0) throw this.#gaveUp(error, patienceMs, again)
        await pause(wait, undefined, { signal: this.#closing.signal })
      }
    }
  }

  /** One attempt; with an end, it is given up then, however far it got. */
  async #attempt(until: number | undefined): Promise<T> {
    if (until === undefined) return await this.#connect()
    const attempt = this.#connect()
    const late = new AbortController()
    const tooLate = pause(Math.max(0, until - performance.now()), undefined, { signal: late.signal }).then(
      () => {
        attempt.then((link) => link.close()).catch(() => undefined)
        throw new Unreachable('network', 'it did not answer in time', 'Look whether it runs.')
      },
    )
    try {
      return await Promise.race([attempt, tooLate])
    } finally {
      late.abort()
    }
  }

  #gaveUp(last: Unreachable | ContactLost, patienceMs: number, again: boolean): Unreachable {
    const advice =
      last instanceof Unreachable ? last.advice : 'Look whether the host stays up and its sshd runs.'
    const message = again
      ? `${this.#options.title} did not come back within ${patienceMs / 1000} s: ${last.message}`
      : last.message
    return new Unreachable('network', message, advice, { cause: last })
  }
}
