import type { BecomeOptions } from './become.ts'
import { quoted } from './quoting.ts'
import { takeOver } from './terminal.ts'

/** The programs that make somebody else of a user. */
export const becomeMethods = ['sudo', 'su', 'doas'] as const
export type BecomeMethod = (typeof becomeMethods)[number]

export interface Call extends Pick<BecomeOptions, 'exe' | 'login'> {
  readonly user: string
  /** Shell code to run as that user. */
  readonly code: string
  /** What sudo asks for a password with; undefined when there is none to give, so that nothing is asked. */
  readonly prompt: string | undefined
  /** Under a terminal, from which the password is read, with its streams waiting on other descriptors. */
  readonly terminal: boolean
}

interface Method {
  /** The command line; messages are recognised later, so they have to be English. */
  readonly line: (call: Call) => string
  /** Whose password it asks for. */
  readonly passwordOf: (user: string) => string
}

/** How each is called. All of them close what is open beyond the three standard streams, except su. */
export const methods: Readonly<Record<BecomeMethod, Method>> = {
  sudo: {
    line({ user, code, exe = 'sudo', prompt, terminal }) {
      const ask = prompt === undefined ? '-n' : `${terminal ? '' : '-S '}-p ${quoted(prompt)}`
      return begin(exe, `-H ${ask} -u ${quoted(user)} -- sh -c ${quoted(code)}`, terminal)
    },
    passwordOf: () => 'the login user',
  },
  doas: {
    line({ user, code, exe = 'doas', prompt, terminal }) {
      const ask = prompt === undefined ? '-n ' : ''
      return begin(exe, `${ask}-u ${quoted(user)} -- sh -c ${quoted(code)}`, terminal)
    },
    passwordOf: () => 'the login user',
  },
  su: {
    // It wants a terminal on its own standard input, so its child is the one that leaves it.
    line: ({ user, code, exe = 'su', login, terminal }) =>
      begin(exe, su(user, terminal ? `exec ${takeOver};${code}` : code, login), false),
    passwordOf: (user) => user,
  },
}

/** Shell code by which root becomes anybody. */
export function fromRoot(user: string, code: string): string {
  return begin('su', su(user, code, false), false)
}

function su(user: string, code: string, login: boolean | undefined): string {
  return `${login ? '-l ' : ''}-s /bin/sh -c ${quoted(code)} ${quoted(user)}`
}

function begin(exe: string, args: string, terminal: boolean): string {
  const line = `env LC_ALL=C ${quoted(exe)} ${args}`
  // A shell that stays holds the terminal open: sshd takes one that nobody holds for ended, and hears no question.
  return terminal ? `${line} ${takeOver}` : `exec ${line}`
}
