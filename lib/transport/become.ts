import { ContactLost, Unreachable } from './errors.ts'
import type { Exit } from './connection.ts'
import { quoted } from './quoting.ts'
import { Turns } from './turns.ts'

/** How to become another user: by sudo, with the login user's password where it asks for one. */
export interface BecomeOptions {
  /** Gives the password when it is sent, so that nothing printable is held meanwhile. */
  readonly password?: () => string
}

/** The command line that runs shell code as another user; sudo's question for a password is this prompt, on stderr. */
export function sudo(user: string, code: string, prompt: string | undefined): string {
  const ask = prompt === undefined ? '-n' : `-S -p ${quoted(prompt)}`
  // Messages are recognised below, so they have to be English.
  return `exec env LC_ALL=C sudo -H ${ask} -u ${quoted(user)} -- sh -c ${quoted(code)}`
}

/** The password that was given is wrong, for whomever one wants to become. */
export class WrongPassword extends Unreachable {
  constructor(title: string, user: string) {
    super(
      'become',
      `${title}: cannot become ${user}: sudo refused the password.`,
      'Give the password of the login user (ansible_become_password or --ask-become-pass). ' +
        'It was sent once and is not tried again, so that the account is not locked.',
    )
  }
}

/** What a session knows about becoming other users, whatever becomes of its connections. */
export class Becoming {
  readonly options: BecomeOptions
  /** Until it has worked, one attempt at a time: two at once with a wrong password count twice against an account. */
  readonly #turns = new Turns(1)
  readonly #worked = new Set<string>()
  readonly #refused = new Map<string, Unreachable>()
  #wrongPassword: WrongPassword | undefined

  constructor(options: BecomeOptions) {
    this.options = options
  }

  /** Attempts it, unless that was refused before: then it throws the same again. */
  async attempt<T>(user: string, become: () => Promise<T>): Promise<T> {
    const end = this.#worked.has(user) ? () => undefined : await this.#turns.take()
    try {
      const refusal = this.#wrongPassword ?? this.#refused.get(user)
      if (refusal) throw refusal
      const became = await become()
      this.#worked.add(user)
      return became
    } catch (error) {
      if (error instanceof WrongPassword) this.#wrongPassword = error
      else if (error instanceof Unreachable && error.reason === 'become') this.#refused.set(user, error)
      throw error
    } finally {
      end()
    }
  }
}

/** Says why sudo ended, or hung, before the program began. */
export function sudoFailure(title: string, user: string, said: string, exit: Exit | undefined): Error {
  if (exit?.how === 'lost') return new ContactLost(`${title}: ${exit.why} while sudo was starting.`)
  if (/incorrect password|sorry, try again|authentication failure/i.test(said))
    return new WrongPassword(title, user)
  const cause = causes.find(({ sign }) => sign.test(said))
  if (cause)
    return new Unreachable('become', `${title}: cannot become ${user}: ${cause.means}.`, cause.advice)
  const words = said.trim().split('\n').slice(-3).join(' ') || 'nothing'
  const state = exit === undefined ? 'did not begin in time' : 'ended before it began'
  return new Unreachable(
    'become',
    `${title}: cannot become ${user}: the shell under sudo ${state}; sudo said: ${words}`,
    `Log in there by hand and try: sudo -u ${user} -- sh -c 'id -un'`,
  )
}

const causes: readonly { readonly sign: RegExp; readonly means: string; readonly advice: string }[] = [
  {
    sign: /sudo['’"]?: (command )?not found|sudo['’"]?: No such file/i,
    means: 'sudo is not installed',
    advice: 'Install sudo there, or log in as the user that is needed (ansible_user).',
  },
  {
    sign: /a password is required|no password was provided/i,
    means: 'sudo asks for a password and none was given',
    advice:
      'Give it (ansible_become_password or --ask-become-pass), or allow the login user sudo without one (NOPASSWD).',
  },
  {
    sign: /not in the sudoers file|is not allowed to (execute|run)|may not run sudo/i,
    means: 'sudo does not allow it to the login user',
    advice: 'Allow it in /etc/sudoers.d there, or log in as another user (ansible_user).',
  },
  {
    sign: /must have a tty|terminal is required|no tty present/i,
    means: 'sudo asks for a terminal (requiretty)',
    advice: 'Write "Defaults:LOGIN_USER !requiretty" to a file in /etc/sudoers.d there.',
  },
  {
    sign: /unknown user/i,
    means: 'there is no such user',
    advice: 'Create the user first, or correct its name (ansible_become_user).',
  },
  {
    sign: /no new privileges/i,
    means: 'the host runs it without the right to gain privileges (no_new_privs)',
    advice: 'Log in as the user that is needed (ansible_user); sudo cannot work there.',
  },
  {
    sign: /account validation failure|password (has )?expired|account .*expired/i,
    means: 'the login user or its password has expired',
    advice: 'Renew it there (chage -l USER shows the dates).',
  },
]
