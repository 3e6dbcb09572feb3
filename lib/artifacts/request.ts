import * as http from 'node:http'
import * as https from 'node:https'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { proxyFor, type ProxySettings } from './proxy.ts'

export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly proxy: ProxySettings
  /** Authorities to trust besides the usual ones, as PEM. */
  readonly ca: string | undefined
  /** Ends the request, also while its answer is read. */
  readonly signal: AbortSignal
}

const mostRedirects = 10
const redirects: readonly (number | undefined)[] = [301, 302, 303, 307, 308]

/** Asks for what stands at an address, where that leads; the answer's body is still to be read. */
export async function get(url: URL, options: RequestOptions): Promise<http.IncomingMessage> {
  let at = url
  let { headers } = options
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const response = await send(at, { ...options, headers })
    const { location } = response.headers
    if (!redirects.includes(response.statusCode) || location === undefined) return response
    response.destroy()
    const next = new URL(location, at)
    if (next.origin !== at.origin) {
      // What is for one host is not for another.
      const { authorization: _, ...rest } = headers
      headers = rest
    }
    at = next
  }
  throw new Error(`was redirected more than ${mostRedirects} times`)
}

async function send(url: URL, options: RequestOptions): Promise<http.IncomingMessage> {
  const { headers, proxy, signal } = options
  const through = proxyFor(url, proxy)
  const trusted = trust(options)
  if (through === undefined) {
    const { request } = url.protocol === 'https:' ? https : http
    return answered(request(url, { headers, signal, agent: false, ...trusted }))
  }
  if (url.protocol === 'https:') {
    const socket = await tunnel(url, through, options)
    const createConnection = () => connectTls({ socket, servername: url.hostname, ...trusted })
    return answered(https.request(url, { headers, signal, createConnection }))
  }
  const { request } = through.protocol === 'https:' ? https : http
  const whole = { ...headers, ...proxyAuthorization(through), host: url.host }
  return answered(
    request({ ...place(through), path: url.href, headers: whole, signal, agent: false, ...trusted }),
  )
}

/** A connection to the host of an address, through a proxy that cannot read it. */
async function tunnel(url: URL, through: URL, options: RequestOptions): Promise<Socket> {
  const { request } = through.protocol === 'https:' ? https : http
  const target = `${url.hostname}:${url.port || '443'}`
  const asked = request({
    ...place(through),
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...proxyAuthorization(through) },
    signal: options.signal,
    agent: false,
    ...trust(options),
  })
  asked.on('error', () => {})
  asked.end()
  const [response, socket] = (await once(asked, 'connect')) as [http.IncomingMessage, Socket]
  if (response.statusCode === 200) return socket
  socket.destroy()
  throw new Error(`the proxy ${through.host} answered ${statusOf(response)}`)
}

async function answered(request: http.ClientRequest): Promise<http.IncomingMessage> {
  request.end()
  // What breaks once the answer has begun is heard where it is read.
  request.on('error', () => {})
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  return response
}

/** `404 Not Found` */
export function statusOf({ statusCode, statusMessage }: http.IncomingMessage): string {
  return `${statusCode ?? ''} ${statusMessage ?? ''}`.trim()
}

function place({ hostname, port, protocol }: URL) {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port || (protocol === 'https:' ? 443 : 80) }
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

function trust({ ca }: RequestOptions): { readonly ca?: string[] } {
  return ca === undefined ? {} : { ca: [...rootCertificates, ca] }
}
