import type { Authentication } from './authentication.ts'
import { Unreachable } from './errors.ts'
import { limits } from './limits.ts'

/** sshd turned the connection away before saying who it is: so it does when too many come at once. */
export class Busy extends Unreachable {}

/** How far a login came. */
export type Phase = 'handshake' | 'authentication'

/** What a failed login means. */
export function loginFailure(
  title: string,
  error: Error & { readonly level?: string; readonly code?: unknown },
  phase: Phase,
  authentication: Authentication,
  banner: string,
): Unreachable {
  const cause = { cause: error }
  if (notYet.test(`${banner} ${error.message}`)) {
    return new Unreachable(
      'network',
      `${title} lets nobody in yet: ${banner.trim() || error.message}`,
      wait,
      cause,
    )
  }
  if (error.level === 'client-authentication') return authentication.failure(title)
  if (/too many authentication failures/i.test(error.message)) {
    const { message } = authentication.failure(title)
    return new Unreachable(
      'auth',
      `${message} It then ended the connection: ${error.message}.`,
      'Name the one key that is right (ansible_ssh_private_key_file): each key of an agent counts as a try.',
      cause,
    )
  }
  if (phase === 'authentication') {
    return new Unreachable(
      'network',
      `${title}: the connection ended during the login: ${error.message}.`,
      wait,
      cause,
    )
  }
  if (/no matching/i.test(error.message)) {
    return new Unreachable(
      /host key/i.test(error.message) ? 'hostkey' : 'auth',
      `${title} and Troupe have no way of encrypting in common: ${error.message}.`,
      'Bring its sshd up to date, or look for Ciphers, MACs, KexAlgorithms and HostKeyAlgorithms in its sshd_config.',
      cause,
    )
  }
  return new Busy(
    'network',
    `${title} ended the connection before a login: ${error.message}.`,
    'Is it an sshd that listens there? Look at its log; MaxStartups, hosts.deny and fail2ban end connections like this.',
    cause,
  )
}

/** One phase of a login took too long. */
export function loginTimeout(title: string, phase: Phase): Unreachable {
  return phase === 'handshake'
    ? new Unreachable(
        'network',
        `${title} took the connection but agreed on no keys within ${limits.handshakeMs / 1000} s.`,
        'Does an sshd listen there, and is the host not overloaded or frozen?',
      )
    : new Unreachable(
        'network',
        `${title} did not finish the login within ${limits.authenticationMs / 1000} s.`,
        'Look at its sshd log; slow name look-ups (UseDNS) and PAM modules are the usual causes.',
      )
}

const wait = 'Is it starting up or shutting down? Look at the log of its sshd.'

/** What pam_nologin says while a host starts up or shuts down. */
const notYet = /system is (booting up|going down)|not permitted to log in yet|pam_nologin/i
