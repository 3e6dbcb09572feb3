import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildProgram, programFile } from './forge/build.ts'
import type { Program } from './forge/programs.ts'
import { forgeDir } from './places.ts'
import { answers } from './network.ts'
import { withLock } from './lock.ts'
import { waitFor } from './wait.ts'

/** A server of the S3 protocol over a folder, built from its Go module. */
const versitygw: Program = {
  name: 'versitygw',
  source: { module: 'github.com/versity/versitygw', version: 'v1.8.0' },
  main: 'cmd/versitygw',
}

/** A bucket service on this machine alone. */
export interface BucketServer {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  /** Where its buckets stand as folders, and their objects as files. */
  readonly root: string
  makeBucket(name: string): void
  stop(): Promise<void>
}

/** Starts one; the first time on a machine it is built, which takes some minutes. */
export async function startBucketServer(): Promise<BucketServer> {
  await withLock(join(forgeDir, 'bucket-server.lock'), () => buildProgram(versitygw))
  const folder = mkdtempSync(join(tmpdir(), 'troupe-buckets-'))
  const root = join(folder, 'buckets')
  const sidecar = join(folder, 'sidecar')
  for (const each of [root, sidecar]) mkdirSync(each)
  const port = await freePort()
  const [accessKey, secretKey] = ['lab-access-key', 'lab-secret-key']
  const log = openSync(join(folder, 'server.log'), 'w')
  const server = spawn(
    programFile(versitygw.name),
    ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', '--sidecar', sidecar, root],
    {
      stdio: ['ignore', log, log],
      env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
    },
  )
  await waitFor(`bucket server on port ${port}`, 10_000, () => answers('127.0.0.1', port))
  return {
    endpoint: `http://127.0.0.1:${port}`,
    accessKey,
    secretKey,
    root,
    makeBucket: (name) => mkdirSync(join(root, name)),
    async stop() {
      const ended = once(server, 'exit')
      server.kill()
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
