import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { Unreachable } from './errors.ts'
import type { Address } from './tcp.ts'
import { Tunnel } from './tunnel.ts'

/** A byte stream from the host at the other end of a connection on to an address, or `Unreachable` and why not. */
export async function forwarded(
  client: Client,
  title: string,
  to: Address,
  timeoutMs: number,
): Promise<Duplex> {
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      reject(silent(title, to, timeoutMs))
    }, timeoutMs)
    const answered = (error: Error | undefined, channel: ClientChannel) => {
      clearTimeout(timer)
      if (late) channel?.on('error', () => undefined).close()
      else if (error) reject(explain(title, to, error))
      else resolve(channel)
    }
    try {
      client.forwardOut('127.0.0.1', 0, to.host, to.port, answered)
    } catch (error) {
      answered(error as Error, undefined as never)
    }
  })
  const tunnel = new Tunnel({ readable: channel, writable: channel, close: () => channel.close() })
  // Whoever says no more does not listen either: that is how ssh ends.
  for (const end of ['end', 'close']) channel.once(end, () => tunnel.destroy())
  return tunnel
}

function explain(title: string, to: Address, error: Error & { readonly reason?: unknown }): Unreachable {
  const address = `${to.host}:${to.port}`
  const why = error.message.replace(/^\(SSH\) Channel open failure: /, '')
  const cause = { cause: error }
  if (error.reason === prohibited) {
    return new Unreachable(
      'settings',
      `${title} does not let anybody through to ${address}: ${why}.`,
      'Set AllowTcpForwarding to yes or local in its sshd_config, and look at PermitOpen, DisableForwarding and, in ' +
        'authorized_keys, restrict and no-port-forwarding.',
      cause,
    )
  }
  const advice = /refused/i.test(why)
    ? 'Does sshd run there, and is the port right (ansible_port)?'
    : /name|servname|known/i.test(why)
      ? 'The jump host looks the name up: correct ansible_host, or the name service there.'
      : 'Is it switched on, is its address right as seen from the jump host (ansible_host)?'
  return new Unreachable('network', `${title} does not get through to ${address}: ${why}.`, advice, cause)
}

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED */
const prohibited = 1

function silent(title: string, { host, port }: Address, timeoutMs: number): Unreachable {
  return new Unreachable(
    'network',
    `${title} did not get through to ${host}:${port} within ${timeoutMs / 1000} s.`,
    'Is it switched on, is its address right as seen from the jump host (ansible_host), and does no firewall ' +
      'between the two drop the connection?',
  )
}
