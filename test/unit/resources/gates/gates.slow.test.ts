import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { HostReader } from '../../../../lib/host/host.ts'
import { httpAnswers, tcpOpen } from '../../../../lib/resources/gates/index.ts'
import type { Condition } from '../../../../lib/task/gate.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { fetchingPrograms } from '../../../support/own-programs.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'
import { readerWith } from './reader-with.ts'

const test = suite('gates')

const answer: RequestListener = ({ url }, response) => {
  if (url === '/never') return
  if (url === '/busy') response.writeHead(503).end('etcd has no leader\nand more\n')
  else response.end('ok\nand well\n')
}
const plain = createServer(answer)
/** Takes connections and says nothing. */
const silent = createTcpServer()
let secure: ReturnType<typeof createSecureServer>
const folder = scratchFolder()
const ca = join(folder, 'cert.pem')

test.before(async () => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '2']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', ca]
  execFileSync('openssl', ['req', '-x509', '-nodes', ...kind, ...subject, ...files], { stdio: 'ignore' })
  const [key, cert] = [readFileSync(join(folder, 'key.pem')), readFileSync(ca)]
  secure = createSecureServer({ key, cert }, answer)
  await Promise.all([plain, silent, secure].map((server) => once(server.listen(0, '127.0.0.1'), 'listening')))
})
test.after(() => {
  plain.closeAllConnections()
  secure.closeAllConnections()
  for (const server of [plain, silent, secure]) server.close()
})

const portOf = (server: typeof plain | typeof silent | typeof secure) =>
  (server.address() as AddressInfo).port
const at = (path: string) => `http://127.0.0.1:${portOf(plain)}${path}`

async function found(condition: Condition, host: HostReader): Promise<string> {
  const held = await condition.ask(host)
  return held.holds ? 'holds' : held.found
}

/** The same questions, whoever asks them. */
function asks(name: string, host: HostReader, from: 'host' | 'controller'): void {
  const http = (url: string, more: object = {}) =>
    found(httpAnswers({ url, from, timeout: '1s', ...more }), host)
  const tcp = (port: number, more: object = {}) =>
    found(tcpOpen({ port, host: '127.0.0.1', from, timeout: '1s', ...more }), host)

  test(`${name}: an open port is open, and a closed one refuses`, async () => {
    assert.is(await tcp(portOf(plain)), 'holds')
    assert.is(await tcp(1), '127.0.0.1:1 refuses the connection')
  })

  test(`${name}: whoever takes connections and says nothing is open`, async () => {
    assert.is(await tcp(portOf(silent)), 'holds')
  })

  test(`${name}: an answer is held against status and body`, async () => {
    assert.is(await http(at('/')), 'holds')
    assert.is(await http(at('/'), { body: 'and well' }), 'holds')
    assert.is(await http(at('/'), { body: /^ok$/m, status: [200, 204] }), 'holds')
    assert.is(await http(at('/'), { body: 'ill' }), 'it answers 200, but ill is not in it; it begins: ok')
  })

  test(`${name}: what is wrong is told as it was seen last`, async () => {
    const busy = await http(at('/busy'))
    // The wget of busybox shows no body of an error.
    assert.match(busy, name === 'busybox' ? /^it answers 503: / : /^it answers 503: etcd has no leader$/)
    assert.is(await http(at('/busy'), { status: 503 }), 'holds')
    assert.is(await http('http://127.0.0.1:1/'), 'the connection is refused')
    assert.is(await http(at('/never')), 'there is no answer within 1 s')
  })

  test(`${name}: an authority that is not named is not trusted`, async () => {
    if (name === 'busybox')
      return assert.match(await http(`https://localhost/`, { tls: { ca } }), /install curl/)
    const url = `https://localhost:${portOf(secure)}/`
    assert.is(await http(url, { tls: { ca } }), 'holds')
    assert.is(await http(url, { tls: { insecure: true } }), 'holds')
    assert.match(await http(url), /certificate/i)
  })
}

for (const [name, folder] of fetchingPrograms()) {
  if (folder === undefined) test.skip(`${name}: asks`, `this machine has no ${name}`)
  else asks(name, readerWith(folder), 'host')
}
asks('the controller', new FakeHost('a'), 'controller')

test('a host with nothing to ask with says so', async () => {
  const host = new FakeHost('a')
  host.on(/command -v/, 'there is neither curl nor wget to ask with\n')
  assert.is(await found(httpAnswers({ url: at('/') }), host), 'there is neither curl nor wget to ask with')
})

test('their names say what is waited for', () => {
  assert.is(tcpOpen({ port: 2379 }).name, 'An open port 2379 of 127.0.0.1')
  assert.is(
    httpAnswers({ url: 'https://a/readyz', from: 'controller' }).name,
    'An answer of https://a/readyz to the controller',
  )
  assert.throws(() => tcpOpen({ port: 0 }), /0 is no port/)
  assert.throws(() => httpAnswers({ url: 'a/readyz' }), /no http address/)
})
