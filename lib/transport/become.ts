import { Unreachable } from './errors.ts'
import type { BecomeMethod } from './become-method.ts'
import { Turns } from './turns.ts'

/** How the login user becomes another one. */
export interface BecomeOptions {
  /** Default: sudo. */
  readonly method?: BecomeMethod | undefined
  /** The program, where it is not found by its name. */
  readonly exe?: string | undefined
  /** Begins as a login does, where the method can: `su -l`. */
  readonly login?: boolean | undefined
  /** Whom the run works as. When that is root, it is root who becomes everybody else. */
  readonly user?: string | undefined
  /** Gives the password when it is sent, so that nothing printable is held meanwhile. */
  readonly password?: (() => string) | undefined
}

/** The way to another user: by the method, by root's `su`, which asks for nothing, or by one after the other. */
export interface BecomeWay {
  readonly user: string
  /** Whom the login user becomes by the method. */
  readonly first?: string
  /** Whom root becomes then. */
  readonly then?: string
}

/** How the login user comes to be another one. */
export function becomeWay(user: string, loginUser: string, { user: worker }: BecomeOptions): BecomeWay {
  if (loginUser === 'root') return { user, then: user }
  if (worker === 'root' && user !== 'root') return { user, first: worker, then: user }
  return { user, first: user }
}

/** The password that was given is wrong, for whomever one wants to become. */
export class WrongPassword extends Unreachable {}

/** Nobody has that name; somebody may be given it at any time. */
export class NoSuchUser extends Unreachable {}

/** The program asks for a terminal and was given none; nothing was sent to it. */
export class NeedsTerminal extends Unreachable {}

/** What a session knows about becoming other users, whatever becomes of its connections. */
export class Becoming {
  readonly options: BecomeOptions
  /** Until it has worked, one attempt at a time: two at once with a wrong password count twice against an account. */
  readonly #turns = new Turns(1)
  readonly #worked = new Set<string>()
  readonly #refused = new Map<string, Unreachable>()
  #wrongPassword: WrongPassword | undefined
  #terminal: boolean

  constructor(options: BecomeOptions) {
    this.options = options
    // sudo reads a password from a pipe where it is told to; the others take none but from a terminal.
    this.#terminal = options.password !== undefined && (options.method ?? 'sudo') !== 'sudo'
  }

  /** Whether the program has to be run under a terminal. */
  get terminal(): boolean {
    return this.#terminal
  }

  /** Attempts it, unless that was refused before: then it throws the same again. */
  async attempt<T>(user: string, become: () => Promise<T>): Promise<T> {
    const end = this.#worked.has(user) ? () => undefined : await this.#turns.take()
    try {
      const refusal = this.#wrongPassword ?? this.#refused.get(user)
      if (refusal) throw refusal
      const became = await this.#underTerminal(become)
      this.#worked.add(user)
      return became
    } catch (error) {
      if (error instanceof WrongPassword) this.#wrongPassword = error
      else if (isFinal(error)) this.#refused.set(user, error)
      throw error
    } finally {
      end()
    }
  }

  /** Under a terminal only where there is no other way. */
  async #underTerminal<T>(become: () => Promise<T>): Promise<T> {
    const tried = this.#terminal
    try {
      return await become()
    } catch (error) {
      if (!(error instanceof NeedsTerminal) || tried) throw error
      this.#terminal = true
      return await become()
    }
  }
}

function isFinal(error: unknown): error is Unreachable {
  return error instanceof Unreachable && error.reason === 'become' && !(error instanceof NoSuchUser)
}
