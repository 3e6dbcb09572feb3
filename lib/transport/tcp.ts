import { connect, type Socket } from 'node:net'
import { Unreachable } from './errors.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** A TCP connection, or `Unreachable` with what stands in its way. */
export function openSocket(title: string, { host, port }: Address, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true })
    const timer = setTimeout(() => {
      socket.destroy()
      reject(
        new Unreachable(
          'network',
          `${title} did not answer within ${timeoutMs / 1000} s.`,
          'Is it switched on, is its address right (ansible_host), and does no firewall drop the connection?',
        ),
      )
    }, timeoutMs)
    socket.on('error', (error) => {
      clearTimeout(timer)
      reject(explain(title, { host, port }, error))
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
  })
}

function explain(title: string, { host, port }: Address, error: NodeJS.ErrnoException): Unreachable {
  const [message, advice] = meaning(host, port, error)
  return new Unreachable('network', `${title}: ${message}.`, advice, { cause: error })
}

function meaning(host: string, port: number, error: NodeJS.ErrnoException): readonly [string, string] {
  const meanings: Readonly<Record<string, readonly [string, string]>> = {
    ECONNREFUSED: [
      `nothing listens on port ${port}`,
      'Does sshd run there, and is the port right (ansible_port)?',
    ],
    EHOSTUNREACH: noRoute,
    ENETUNREACH: noRoute,
    ETIMEDOUT: ['it does not answer', 'Is it switched on, and does no firewall drop the connection?'],
    ENOTFOUND: noAddress(host),
    EAI_AGAIN: noAddress(host),
  }
  return (
    meanings[error.code ?? ''] ?? [
      `the connection failed: ${error.message}`,
      'Try by hand: ssh -v to this host.',
    ]
  )
}

const noRoute = [
  'there is no route to it',
  'Is it switched on, and is its address right (ansible_host)?',
] as const

function noAddress(host: string): readonly [string, string] {
  return [`the name ${host} has no address`, 'Correct ansible_host, or the name service of this machine.']
}
