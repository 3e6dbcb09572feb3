import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { ImageStore } from '../../lab/forge/image-store.ts'
import { answers } from '../../lab/network.ts'
import { waitFor } from '../../lab/wait.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('release server')
const path = 'dl.k8s.io/release/v1.34.2/bin/linux/amd64/kubelet'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function served(use: (url: string, forge: string) => Promise<void>): Promise<void> {
  const folder = scratchFolder()
  const port = await freePort()
  const program = join(import.meta.dirname, '../../lab/forge/serve.ts')
  const folders = ['releases', 'brought'].map((name) => join(folder, 'forge', name))
  const args = ['--import', 'tsx', program, '127.0.0.1', String(port), ...folders]
  const server = spawn(process.execPath, args, {
    env: { ...process.env, TROUPE_LAB_CACHE: join(folder, 'lab') },
    stdio: 'inherit',
  })
  try {
    await waitFor('the release server', 10_000, () => answers('127.0.0.1', port))
    await use(`http://127.0.0.1:${port}`, join(folder, 'forge'))
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}

function put(forge: string, place: string, content: string): void {
  mkdirSync(dirname(join(forge, place)), { recursive: true })
  writeFileSync(join(forge, place), content)
}

test('a release file comes whole, or from where a download was cut', async () => {
  await served(async (url, forge) => {
    put(forge, `releases/${path}`, '0123456789')
    const whole = await fetch(`${url}/${path}`)
    assert.is(whole.headers.get('content-length'), '10')
    assert.is(await whole.text(), '0123456789')
    const rest = await fetch(`${url}/${path}`, { headers: { range: 'bytes=7-' } })
    assert.is(rest.status, 206)
    assert.is(rest.headers.get('content-range'), 'bytes 7-9/10')
    assert.is(await rest.text(), '789')
    const beyond = await fetch(`${url}/${path}`, { headers: { range: 'bytes=10-' } })
    assert.is(beyond.status, 416)
    assert.is((await fetch(`${url}/${path}.sha256`)).status, 404)
    assert.is((await fetch(`${url}/${path}`, { method: 'POST' })).status, 405)
  })
})

test('what was brought is served in the same way', async () => {
  await served(async (url, forge) => {
    put(forge, 'brought/get.k3s.io/index', '#!/bin/sh\n')
    assert.is(await (await fetch(`${url}/get.k3s.io/`)).text(), '#!/bin/sh\n')
  })
})

test('a runtime finds a registry with the images', async () => {
  await served(async (url, forge) => {
    put(forge, 'tree/pause', 'program')
    mkdirSync(join(forge, 'images'))
    const store = new ImageStore(join(forge, 'images'))
    const { digest, mediaType } = await store.add('registry.k8s.io/pause:3.10.1', join(forge, 'tree'))
    assert.is((await fetch(`${url}/v2/`)).status, 200)
    const asked = `${url}/v2/pause/manifests/3.10.1?ns=registry.k8s.io`
    const head = await fetch(asked, { method: 'HEAD' })
    assert.is(head.headers.get('docker-content-digest'), digest)
    assert.is(head.headers.get('content-type'), mediaType)
    const { layers } = (await (await fetch(asked)).json()) as { layers: { digest: string; size: number }[] }
    const layer = await fetch(`${url}/v2/pause/blobs/${layers[0]?.digest}`)
    assert.is((await layer.arrayBuffer()).byteLength, layers[0]?.size)
  })
})
