import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { Authentication } from './authentication.ts'
import { Unreachable } from './errors.ts'
import type { HostKeys } from './host-keys.ts'
import { limits } from './limits.ts'
import type { Keepalive } from './liveness.ts'
import { loginFailure, loginTimeout, type Phase } from './ssh-failure.ts'

export interface LoginOptions {
  readonly title: string
  readonly socket: Duplex
  readonly user: string
  readonly authentication: Authentication
  readonly hostKeys: HostKeys
  readonly keepalive: Keepalive
}

/** Logs in over an open byte stream, with a deadline for each phase; a failed login closes the stream. */
export async function logIn(options: LoginOptions): Promise<Client> {
  const { title, socket, user, authentication, hostKeys, keepalive } = options
  const { default: ssh2 } = await import('ssh2')
  const client = new ssh2.Client()
  let phase: Phase = 'handshake'
  let banner = ''
  let refusal: Error | undefined
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Client>((resolve, reject) => {
      const enter = (next: Phase, ms: number) => {
        phase = next
        clearTimeout(timer)
        timer = setTimeout(() => reject(loginTimeout(title, next)), ms)
      }
      const fail = (error: Error) => {
        // What carries the bytes may know better why they end.
        const known = refusal ?? (error instanceof Unreachable ? error : undefined)
        reject(known ?? loginFailure(title, error, phase, authentication, banner))
      }
      enter('handshake', limits.handshakeMs)
      authentication.onDeadEnd(fail)
      // For good: an error that comes late, with nobody listening, would end this process.
      client.on('error', (error: Error & { level?: string }) => {
        // ssh2 goes on with the next key when an agent fails.
        if (error.level !== 'agent') fail(error)
      })
      const closed = () => fail(new Error('it closed the connection'))
      client.once('close', closed)
      // ssh2 does not see what befell the stream before it was given it.
      socket.once('close', closed)
      if (socket.destroyed) fail(socket.errored ?? new Error('it closed the connection'))
      client.on('banner', (message) => (banner += message))
      client.once('handshake', () => enter('authentication', limits.authenticationMs))
      client.once('ready', () => resolve(client))
      client.connect({
        sock: socket,
        username: user,
        readyTimeout: 0,
        authHandler: authentication.handler,
        hostVerifier: (key: Buffer, verified: (valid: boolean) => void) => {
          hostKeys.check(key).then(
            () => verified(true),
            (error: Error) => {
              refusal = error
              verified(false)
            },
          )
        },
        algorithms: {
          serverHostKey: hostKeys.algorithms() as never[],
          hmac: [
            'hmac-sha2-256-etm@openssh.com',
            'hmac-sha2-512-etm@openssh.com',
            'hmac-sha2-256',
            'hmac-sha2-512',
          ],
        },
        // It only asks; who listens for the answer is Liveness.
        keepaliveInterval: keepalive.intervalMs,
        keepaliveCountMax: Number.MAX_SAFE_INTEGER,
      })
    })
  } catch (error) {
    client.destroy()
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
