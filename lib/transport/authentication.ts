import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2'
import { Unreachable } from './errors.ts'
import { type Attempt, keyAttempts } from './key-attempts.ts'
import { passwordAttempt } from './password-attempt.ts'
import type { AskPassphrase } from './private-keys.ts'

export type LoginMethod = 'publickey' | 'password' | 'keyboard-interactive'

export interface Credentials {
  readonly user: string
  /** The keys to log in with; when left out, OpenSSH's own in ~/.ssh. */
  readonly keyFiles?: readonly string[] | undefined
  readonly passphrase?: AskPassphrase | undefined
  /** Gives the password when it is sent; tried once. */
  readonly password?: (() => string) | undefined
  /** The socket of an ssh agent. */
  readonly agent?: string | undefined
  /** Of the agent's keys, only those that were named. */
  readonly identitiesOnly?: boolean | undefined
  /** The ways of logging in, in their order: keys, password, questions. */
  readonly loginMethods?: readonly LoginMethod[] | undefined
}

const usualMethods: readonly LoginMethod[] = ['publickey', 'password', 'keyboard-interactive']

/** What authenticates in one connection, one after the other: keys and the password, in the order that is asked for. */
export class Authentication {
  readonly #credentials: Credentials
  readonly #keys: Attempt[]
  readonly #tried: string[] = []
  readonly #notes: readonly string[]
  #offered: readonly string[] = []
  #passwordUsed = false
  #begun = false
  #deadEnd: (error: Unreachable) => void = () => undefined

  /** Reads the keys, asking for passphrases; throws `Unreachable` when one that was named cannot be used. */
  static async prepared(credentials: Credentials): Promise<Authentication> {
    const { loginMethods = usualMethods } = credentials
    const keys = loginMethods.includes('publickey')
      ? await keyAttempts(credentials)
      : { attempts: [], notes: [] }
    return new Authentication(credentials, [...keys.attempts], keys.notes)
  }

  private constructor(credentials: Credentials, keys: Attempt[], notes: readonly string[]) {
    this.#credentials = credentials
    this.#keys = keys
    this.#notes = notes
  }

  /** Tells whoever waits for the login that it cannot go on, and why. */
  onDeadEnd(listener: (error: Unreachable) => void): void {
    this.#deadEnd = listener
  }

  readonly handler: AuthHandlerMiddleware = (offered, _partial, next) => {
    // @types/ssh2 hides that the first call has no list, and that `false` ends it.
    this.#offered = (offered as readonly LoginMethod[] | null) ?? []
    const next_ = next as (method: AnyAuthMethod | false) => void
    const methods = this.#methods()
    const first = !this.#begun
    this.#begun = true
    // Without a key there is nothing to learn the host's ways of logging in from but an empty attempt.
    if (first && methods[0] !== 'publickey') return next_({ type: 'none', username: this.#credentials.user })
    for (const method of methods) {
      if (offered && !this.#offered.includes(method)) continue
      const attempt = method === 'publickey' ? this.#keys.shift() : this.#password(method)
      if (attempt === undefined) continue
      this.#tried.push(attempt.title)
      return next_(attempt.method)
    }
    next_(false)
  }

  /** Why nothing let us in. */
  failure(title: string): Unreachable {
    const tried = this.#tried.join(', ') || 'nothing, for there was no key, no agent and no password'
    const offered = this.#offered.length > 0 ? `; the host accepts: ${this.#offered.join(', ')}` : ''
    const notes = this.#notes.length > 0 ? `; passed over: ${this.#notes.join(', ')}` : ''
    return new Unreachable(
      'auth',
      `${title} refused the login. Tried: ${tried}${offered}${notes}.`,
      this.#passwordUsed
        ? 'Correct the password (ansible_password or --ask-pass) or the user (ansible_user). ' +
            'It was sent once and is not tried again, so that the account is not locked.'
        : `Add a public key to ~${this.#credentials.user}/.ssh/authorized_keys there, or name another key ` +
            '(ansible_ssh_private_key_file) or user (ansible_user), or give a password (--ask-pass).',
    )
  }

  /** Those for which there is something to send. */
  #methods(): readonly LoginMethod[] {
    const { loginMethods = usualMethods, password } = this.#credentials
    return loginMethods.filter((method) =>
      method === 'publickey' ? this.#keys.length > 0 : password !== undefined && !this.#passwordUsed,
    )
  }

  /** The password goes out once, by whichever way the host takes it: a second time counts as a second failure. */
  #password(type: 'password' | 'keyboard-interactive'): Attempt | undefined {
    const { user, password } = this.#credentials
    if (!password || this.#passwordUsed) return undefined
    this.#passwordUsed = true
    const method = passwordAttempt(type, user, password, (error) => this.#deadEnd(error))
    return { title: 'the password', method }
  }
}
