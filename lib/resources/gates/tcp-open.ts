import { connect } from 'node:net'
import { quote } from '../../host/command.ts'
import type { HostReader } from '../../host/host.ts'
import { defineCondition, type Condition, type Held } from '../../task/gate.ts'
import { milliseconds, type Duration } from '../../vars/duration.ts'

interface Port {
  readonly port: number
  /** How long one attempt may take. Default: 3s. */
  readonly timeout?: Duration
}

export type TcpOpenArgs = Port &
  (
    | { readonly from?: 'host'; /** Default: the host itself. */ readonly host?: string }
    | { readonly from: 'controller'; readonly host: string }
  )

/** Somebody takes connections on a port, as seen from the host itself or from the controller. */
export function tcpOpen({ port, host = '127.0.0.1', from = 'host', timeout = '3s' }: TcpOpenArgs): Condition {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TypeError(`${port} is no port.`)
  const where = from === 'controller' ? ' as seen from the controller' : ''
  return defineCondition(`An open port ${port} of ${host}${where}`, async (reader) => {
    const ms = milliseconds(timeout)
    const found = await (from === 'controller' ? fromHere(host, port, ms) : fromHost(reader, host, port, ms))
    return held(found, `${host}:${port}`, timeout)
  })
}

/** What came of an attempt; `other` in the words of whoever made it. */
type Found = 'open' | 'refused' | 'silent' | 'unknown name' | { readonly other: string }

function held(found: Found, place: string, timeout: Duration): Held {
  if (found === 'open') return { holds: true }
  if (found === 'refused') return { holds: false, found: `${place} refuses the connection` }
  if (found === 'silent') return { holds: false, found: `${place} does not answer within ${timeout}` }
  if (found === 'unknown name') return { holds: false, found: `no name server knows the host of ${place}` }
  return { holds: false, found: `${place}: ${found.other}` }
}

function fromHere(host: string, port: number, timeout: number): Promise<Found> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout })
    const end = (found: Found) => {
      socket.destroy()
      resolve(found)
    }
    socket.on('connect', () => end('open'))
    socket.on('timeout', () => end('silent'))
    socket.on('error', (error) => end(found(error.message)))
  })
}

async function fromHost(reader: HostReader, host: string, port: number, ms: number): Promise<Found> {
  const { stdout } = await reader.query({ text: script(host, port, Math.ceil(ms / 1000)) })
  const said = stdout.trim()
  return said === 'open' ? 'open' : found(said)
}

/** The words of curl, wget, nc and of this machine for the same things. */
function found(said: string): Found {
  if (/refused|\(7\)/i.test(said)) return 'refused'
  if (/timed? ?out|\(28\)/i.test(said)) return 'silent'
  if (/resolve|bad address|ENOTFOUND|EAI_AGAIN|not known/i.test(said)) return 'unknown name'
  return { other: said.split('\n').at(-1) ?? '' }
}

/** Prints `open`, or what stood in the way. Where it can be had, a way is taken that sends nothing. */
function script(host: string, port: number, seconds: number): string {
  const place = quote(host.includes(':') ? `[${host}]` : host)
  return `export LC_ALL=C
if command -v curl > /dev/null; then
  case $(curl -V) in *telnet*) way=telnet ;; *) way=http ;; esac
  said=$(curl --noproxy '*' -sS -o /dev/null --connect-timeout ${seconds} -m ${seconds + 1} -w ' after %{time_connect}' $way://${place}:${port} < /dev/null 2>&1)
  case $said in *' after 0.000000'*) echo "$said" ;; *) echo open ;; esac
elif command -v nc > /dev/null; then
  if said=$(nc -w ${seconds} ${quote(host)} ${port} < /dev/null 2>&1); then echo open; else echo "$said"; fi
elif command -v wget > /dev/null; then
  said=$(wget --no-proxy -nv -t 1 -T ${seconds} -O /dev/null http://${place}:${port}/ 2>&1)
  case $said in *'Read error'*) echo open ;; *refused* | *'timed out'* | *resolve* | *unreachable*) echo "$said" ;; *) echo open ;; esac
else
  echo 'there is neither curl nor nc nor wget to ask with'
fi`
}
