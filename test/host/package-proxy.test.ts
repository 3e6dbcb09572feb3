import * as assert from 'uvu/assert'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { aptProxy, proxyEnvironment } from '../../lib/artifacts/index.ts'
import { sh } from '../../lib/host/command.ts'
import { file, osPackage } from '../../lib/resources/index.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { proxyUrl } from '../lab/package-proxy.ts'
import { bringTo, lookAt, withLabHost } from '../support/lab-session.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/package-proxy')
const allowed = `Basic ${Buffer.from('me:very-hidden').toString('base64')}`
/** Requests as they came: who asked, and for what. */
const asked: { readonly authorization: string | undefined; readonly url: string }[] = []
let lab: Lab

/** Hands on what it is asked for to the lab's own proxy; at times it wants a password. */
const proxy = createServer((incoming, outgoing) => {
  const { url = '', headers } = incoming
  const authorization = headers['proxy-authorization']
  asked.push({ authorization, url })
  if (wantsPassword && authorization !== allowed) {
    return void outgoing.writeHead(407, { 'proxy-authenticate': 'Basic realm="test"' }).end()
  }
  const { hostname, port } = new URL(proxyUrl(lab.controllerAddress))
  const on = request(
    { host: hostname, port, path: url, headers: { host: new URL(url).host } },
    (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    },
  )
  on.on('error', () => outgoing.destroy())
  on.end()
})
let wantsPassword = false

test.before(async () => {
  lab = await createLab({ hosts: 1 })
  await lab.hosts[0]?.must('rm /etc/apt/apt.conf.d/10lab-proxy')
  await new Promise<void>((resolve) => proxy.listen(0, lab.controllerAddress, resolve))
})
test.after(async () => {
  proxy.closeAllConnections()
  proxy.close()
  await lab.destroy()
})

test(
  'apt goes through a proxy of the environment',
  async () => {
    const [at] = lab.hosts
    assert.ok(at)
    await withLabHost(lab, at, async (host) => {
      wantsPassword = false
      const { port } = proxy.address() as AddressInfo
      const http = `http://${lab.controllerAddress}:${port}`
      const env = proxyEnvironment({ http, https: undefined, no: [] })
      await host.exec(sh`apt-get update`, { env, job: 'update' })
      assert.ok(asked.some(({ url }) => url.includes('/dists/bookworm/')))
    })
  },
  { timeoutMs: 200_000 },
)

test(
  'apt goes through a proxy with a password, which stands in a file that only root can read',
  async () => {
    const [at] = lab.hosts
    assert.ok(at)
    await withLabHost(lab, at, async (host) => {
      wantsPassword = true
      asked.length = 0
      const { port } = proxy.address() as AddressInfo
      const http = new Secret(`http://me:very-hidden@${lab.controllerAddress}:${port}`, 'a test')
      const content = aptProxy({ http, https: undefined, no: [] })
      const resource = file({ path: '/etc/apt/apt.conf.d/05proxy', content })
      await bringTo(host, resource)
      assert.is((await lookAt(host, resource))['mode'], 0o600)
      await bringTo(host, osPackage({ name: 'tree' }))
      const packages = asked.filter(({ url }) => /\/tree_.*\.deb$/.test(url))
      assert.ok(packages.length > 0, 'the package came another way')
      assert.ok(packages.some(({ authorization }) => authorization === allowed))
    })
  },
  { timeoutMs: 200_000 },
)
