import { setTimeout as pause } from 'node:timers/promises'
import type { Duplex } from 'node:stream'
import { Authentication, type Credentials } from './authentication.ts'
import { backoffMs } from './backoff.ts'
import { HostKeys, type HostKeyChecking } from './host-keys.ts'
import { limits } from './limits.ts'
import type { Keepalive } from './liveness.ts'
import { logIn } from './ssh-login.ts'
import { Busy } from './ssh-failure.ts'
import { SshConnection } from './ssh-connection.ts'
import { openSocket } from './tcp.ts'
import { Turns } from './turns.ts'

export interface SshOptions extends Credentials {
  readonly host: string
  readonly port: number
  /** Read in this order; a new key is recorded in the first. */
  readonly knownHostsFiles: readonly string[]
  /** `yes`, unless said otherwise: a host whose key is recorded nowhere is refused. */
  readonly hostKeyChecking?: HostKeyChecking | undefined
  /** The name under which its key is known, when that is not its address. */
  readonly hostKeyAlias?: string | undefined
  /** Records new keys so that nobody can read from the file whose they are. */
  readonly hashKnownHosts?: boolean | undefined
  /** How long silence is borne. */
  readonly keepalive?: Keepalive | undefined
  /** The longest wait for a TCP connection. */
  readonly connectTimeoutMs?: number | undefined
  /** A byte stream to the host's sshd, instead of a TCP connection of its own: through a jump host, or a proxy. */
  readonly socket?: (() => Promise<Duplex>) | undefined
  /** For messages: what that stream leads through. */
  readonly through?: string | undefined
  /** What shares its turns to connect: those to one address, unless said otherwise. */
  readonly gate?: string | undefined
}

/** Connects by ssh, a few at a time to each address; one that is turned away because sshd is busy tries again. */
export function dialSsh(options: SshOptions): () => Promise<SshConnection> {
  const { host, port, user, through, gate = `${host} ${port}` } = options
  const title = `ssh ${user}@${host}:${port}${through === undefined ? '' : ` through ${through}`}`
  return async () => {
    const until = performance.now() + limits.busyPatienceMs
    for (let failures = 0; ; failures++) {
      const end = await gateOf(gate).take()
      try {
        return await connect(title, options)
      } catch (error) {
        const wait = backoffMs(failures)
        if (!(error instanceof Busy) || performance.now() + wait > until) throw error
        await pause(wait)
      } finally {
        end()
      }
    }
  }
}

async function connect(title: string, options: SshOptions): Promise<SshConnection> {
  const { host, port, user, connectTimeoutMs = limits.connectTimeoutMs } = options
  const { hostKeyChecking = 'yes', keepalive = limits.keepalive } = options
  // Before the connection, since it may ask somebody for a passphrase, and sshd does not wait for ever.
  const authentication = await Authentication.prepared(options)
  const hostKeys = await HostKeys.of({ ...options, hostKeyChecking })
  const socket = await (options.socket?.() ?? openSocket(title, { host, port }, connectTimeoutMs))
  const client = await logIn({ title, socket, user, authentication, hostKeys, keepalive })
  return new SshConnection(title, client, socket, keepalive)
}

const gates = new Map<string, Turns>()

function gateOf(name: string): Turns {
  const gate = gates.get(name) ?? new Turns(limits.dialsPerAddress)
  gates.set(name, gate)
  return gate
}
