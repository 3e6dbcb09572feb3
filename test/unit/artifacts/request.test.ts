import { rejects } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { get } from '../../../lib/artifacts/request.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('artifacts/request')

/** What was asked of a small proxy that only lets `me:hidden` through. */
const asked: string[] = []
const allowed = `Basic ${Buffer.from('me:hidden').toString('base64')}`

const proxy = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  const { host } = request.headers
  response.end(`through the proxy for ${host}`)
})
proxy.on('connect', (request: IncomingMessage, socket) => {
  asked.push(`${request.method} ${request.url}`)
  if (request.headers['proxy-authorization'] !== allowed) {
    return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
  }
  const [host = '', port] = (request.url ?? '').split(':')
  const target = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connected\r\n\r\n')
    target.pipe(socket).pipe(target)
  })
  socket.on('error', () => target.destroy())
  target.on('error', () => socket.destroy())
})
const folder = scratchFolder()
const key = join(folder, 'key.pem')
const certificate = join(folder, 'cert.pem')
let secure: ReturnType<typeof createSecureServer>

test.before(async () => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', key, '-out', certificate]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '2']
  execFileSync('openssl', ['req', '-x509', '-nodes', ...kind, ...subject, ...files], { stdio: 'ignore' })
  secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) =>
    response.end('over TLS'),
  )
  await Promise.all([proxy, secure].map((server) => once(server.listen(0, '127.0.0.1'), 'listening')))
})
test.after(() => {
  for (const server of [proxy, secure]) server.closeAllConnections()
  for (const server of [proxy, secure]) server.close()
})

const portOf = (server: typeof proxy | typeof secure) => (server.address() as AddressInfo).port
const proxyUrl = (user = '') => `http://${user}127.0.0.1:${portOf(proxy)}`

async function bodyOf(url: string, through: string | undefined, ca?: string): Promise<string> {
  const settings = { http: through, https: through, no: [] }
  const signal = AbortSignal.timeout(5000)
  const response = await get(new URL(url), { headers: {}, proxy: settings, ca, signal })
  let text = ''
  for await (const chunk of response) text += chunk
  return text
}

test('a proxy is asked for the whole address', async () => {
  assert.is(await bodyOf('http://far.example:81/x?y', proxyUrl()), 'through the proxy for far.example:81')
  assert.is(asked.at(-1), 'GET http://far.example:81/x?y')
})

test('TLS goes through a tunnel, and its authority is one that was named', async () => {
  const url = `https://localhost:${portOf(secure)}/`
  const ca = readFileSync(certificate, 'utf8')
  assert.is(await bodyOf(url, proxyUrl('me:hidden@'), ca), 'over TLS')
  assert.is(asked.at(-1), `CONNECT localhost:${portOf(secure)}`)
  await rejects(bodyOf(url, proxyUrl('me:hidden@')), /self-signed certificate/)
  assert.is(await bodyOf(url, undefined, ca), 'over TLS')
})

test('a proxy that wants another password is named, and the password is not', async () => {
  await rejects(bodyOf('https://localhost:1/', proxyUrl('me:wrong@')), (error: Error) => {
    assert.match(error.message, /the proxy 127\.0\.0\.1:\d+ answered 407 Proxy Authentication Required/)
    assert.not.match(error.message, 'wrong')
    return true
  })
})
