import { basename } from 'node:path/posix'
import { NeedsTerminal, NoSuchUser, WrongPassword, type BecomeOptions, type BecomeWay } from './become.ts'
import { methods, type BecomeMethod } from './become-method.ts'
import type { Exit } from './connection.ts'
import { ContactLost, Unreachable } from './errors.ts'
import { limits } from './limits.ts'

interface Cause {
  readonly sign: RegExp
  readonly means: string
  readonly advice: string
}

/** What the program was when it failed. */
export interface Attempt {
  /** For messages: the connection. */
  readonly title: string
  readonly way: BecomeWay
  readonly become: BecomeOptions
  /** All that it said. */
  readonly said: string
  readonly exit: Exit | undefined
  /** Whether the password has been sent. */
  readonly answered: boolean
}

/** Says why nobody was become: what the program said, in terms of what can be done about it. */
export function becomeFailure({ title, way, become, said, exit, answered }: Attempt): Error {
  const method = way.first === undefined ? 'su' : (become.method ?? 'sudo')
  const { user } = way
  if (exit?.how === 'lost') return new ContactLost(`${title}: ${exit.why} while ${method} was starting.`)
  const program = basename(become.exe ?? method)
  const cause = causesFor(method, program).find(({ sign }) => sign.test(said))
  if (cause === undefined && answered && refusal.test(said)) return wrongPassword(title, way, become)
  if (cause) {
    const Failure = cause === terminalWanted ? NeedsTerminal : cause === nobody ? NoSuchUser : Unreachable
    const words = `${title}: cannot become ${user}: ${cause.means.replaceAll('PROGRAM', method)}.`
    return new Failure('become', words, cause.advice.replaceAll('PROGRAM', method))
  }
  const words = said.trim().split('\n').slice(-3).join(' ') || 'nothing'
  const state =
    exit === undefined ? `did not begin within ${limits.launchMs / 1000} s` : 'ended before it began'
  return new Unreachable(
    'become',
    `${title}: cannot become ${user}: the shell under ${method} ${state}; ${method} said: ${words}`,
    `Log in there by hand and try: ${byHand[method](user)}`,
  )
}

export function wrongPassword(
  title: string,
  { user, first = user }: BecomeWay,
  become: BecomeOptions,
): WrongPassword {
  const method = become.method ?? 'sudo'
  return new WrongPassword(
    'become',
    `${title}: cannot become ${first}: ${method} refused the password.`,
    `Give the password of ${methods[method].passwordOf(first)} (ansible_become_password or --ask-become-pass). ` +
      'It was sent once and is not tried again, so that the account is not locked.',
  )
}

/** It asked, and there was nothing to answer. */
export function noPassword(
  title: string,
  { user, first = user }: BecomeWay,
  become: BecomeOptions,
): Unreachable {
  const method = become.method ?? 'sudo'
  return new Unreachable(
    'become',
    `${title}: cannot become ${first}: ${method} asks for a password and none was given.`,
    `Give that of ${methods[method].passwordOf(first)} (ansible_become_password or --ask-become-pass).`,
  )
}

const refusal =
  /incorrect password|sorry, try again|authentication (failure|failed)|authorization failed|no password was provided/i

const byHand: Readonly<Record<BecomeMethod, (user: string) => string>> = {
  sudo: (user) => `sudo -u ${user} -- sh -c 'id -un'`,
  doas: (user) => `doas -u ${user} -- sh -c 'id -un'`,
  su: (user) => `su -s /bin/sh -c 'id -un' ${user}`,
}

const terminalWanted: Cause = {
  sign: /must have a tty|terminal is required|no tty present|a tty is required|must be run from a terminal/i,
  means: 'PROGRAM asks for a terminal, and the host gives none',
  advice:
    'Allow terminals in its sshd_config (PermitTTY), or write "Defaults !requiretty" to /etc/sudoers.d there.',
}

const nobody: Cause = {
  sign: /unknown user|no passwd entry|user \S+ does not exist/i,
  means: 'there is no such user',
  advice: 'Create the user first, or correct its name (ansible_become_user).',
}

function causesFor(method: BecomeMethod, program: string): readonly Cause[] {
  const missing: Cause = {
    sign: new RegExp(`${literal(program)}['’"]?: (command )?(not found|No such file)`, 'i'),
    means: 'PROGRAM is not installed',
    advice:
      'Install PROGRAM there, choose another way (ansible_become_method), or log in as the user that is needed ' +
      '(ansible_user).',
  }
  return [missing, ...own[method], ...shared]
}

/** A text as the source of a regular expression. */
function literal(text: string): string {
  return text.replaceAll(/[^\w]/g, String.raw`\$&`)
}

const own: Readonly<Record<BecomeMethod, readonly Cause[]>> = {
  sudo: [
    {
      sign: /a password is required/i,
      means: 'sudo asks for a password and none was given',
      advice:
        'Give it (ansible_become_password or --ask-become-pass), or allow the login user sudo without one (NOPASSWD).',
    },
    {
      sign: /not in the sudoers file|is not allowed to (execute|run)|may not run sudo/i,
      means: 'sudo does not allow it to the login user',
      advice: 'Allow it in /etc/sudoers.d there, or log in as another user (ansible_user).',
    },
  ],
  doas: [
    {
      sign: /(authorization|authentication) required/i,
      means: 'doas asks for a password and none was given',
      advice:
        'Give it (ansible_become_password or --ask-become-pass), or allow the login user doas without one (nopass).',
    },
    {
      sign: /operation not permitted|not enabled/i,
      means: 'doas does not allow it to the login user',
      advice: 'Allow it in /etc/doas.conf there, or log in as another user (ansible_user).',
    },
  ],
  su: [
    {
      sign: /must be (suid|setuid)|cannot set (groups|user id|group id)/i,
      means: 'su has not the right to change the user there',
      advice: 'Make su setuid root there (chmod u+s), or choose another way (ansible_become_method).',
    },
    {
      sign: /permission denied/i,
      means: 'su does not allow it to the login user',
      advice: 'Look at /etc/pam.d/su there (pam_wheel wants a member of a group), or log in as another user.',
    },
    {
      sign: /account is (currently )?not available/i,
      means: 'the shell of that user lets nobody in',
      advice: 'Become root instead: root can work as any user.',
    },
  ],
}

const shared: readonly Cause[] = [
  terminalWanted,
  nobody,
  {
    sign: /no new privileges/i,
    means: 'the host runs it without the right to gain privileges (no_new_privs)',
    advice: 'Log in as the user that is needed (ansible_user); PROGRAM cannot work there.',
  },
  {
    sign: /account validation failure|password (has )?expired|account .*expired|required to change your password/i,
    means: 'the user or its password has expired',
    advice: 'Renew it there (chage -l USER shows the dates).',
  },
]
