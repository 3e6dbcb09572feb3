import * as assert from 'uvu/assert'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HostReader } from '../../lib/host/host.ts'
import { httpAnswers, tcpOpen } from '../../lib/resources/gates/index.ts'
import type { Condition } from '../../lib/task/gate.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { withLabHost } from '../support/lab-session.ts'
import { suite } from '../support/suite.ts'

const test = suite('host/gates')
let lab: Lab
const server = createServer(({ url }, response) => {
  if (url === '/busy') response.writeHead(503).end('etcd has no leader\n')
  else response.end('ok\n')
})

test.before(async () => {
  lab = await createLab({ hosts: 2, os: ['bookworm', 'busybox'] })
  await new Promise<void>((resolve) => server.listen(0, lab.controllerAddress, resolve))
})
test.after(async () => {
  server.close()
  await lab.destroy()
})

async function found(condition: Condition, host: HostReader): Promise<string> {
  const held = await condition.ask(host)
  return held.holds ? 'holds' : held.found
}

test(
  'hosts ask for ports and answers with what they have',
  async () => {
    const { port } = server.address() as AddressInfo
    const url = `http://${lab.controllerAddress}:${port}`
    for (const at of lab.hosts) {
      await withLabHost(lab, at, async (host) => {
        assert.is(await found(tcpOpen({ port: 22 }), host), 'holds')
        assert.is(await found(tcpOpen({ port: 23 }), host), '127.0.0.1:23 refuses the connection')
        assert.is(await found(tcpOpen({ port: 22, host: at.address, from: 'controller' }), host), 'holds')
        assert.is(await found(httpAnswers({ url: `${url}/readyz`, body: 'ok' }), host), 'holds')
        assert.match(await found(httpAnswers({ url: `${url}/busy` }), host), /^it answers 503: \S/)
        assert.is(await found(httpAnswers({ url: 'http://127.0.0.1:9/' }), host), 'the connection is refused')
      })
    }
  },
  { timeoutMs: 120_000 },
)

test(
  'a host that was taken from the network is silent to the controller',
  async () => {
    const [at] = lab.hosts
    assert.ok(at)
    await withLabHost(lab, at, async (host) => {
      await at.cutNetwork()
      const gate = tcpOpen({ port: 22, host: at.address, from: 'controller', timeout: '1s' })
      const words = await found(gate, host)
      await at.restoreNetwork()
      assert.is(words, `${at.address}:22 does not answer within 1s`)
    })
  },
  { timeoutMs: 60_000 },
)
