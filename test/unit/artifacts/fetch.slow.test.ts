import { rejects } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { defaultSettings, fetchArtifact, type ArtifactSettings } from '../../../lib/artifacts/index.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { ArtifactServer, type Fault } from '../../support/artifact-server.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('artifacts/fetch')
const content = Buffer.alloc(3_000_000, 'abcdefg')

function settings(more: Partial<ArtifactSettings> = {}): ArtifactSettings {
  return { ...defaultSettings, cache: scratchFolder(), stall: '200ms', ...more }
}

async function serving(
  faults: readonly Fault[],
  work: (server: ArtifactServer) => Promise<void>,
): Promise<void> {
  const server = await new ArtifactServer(content, faults).listen()
  try {
    await work(server)
  } finally {
    await server.close()
  }
}

const orderOf = (server: ArtifactServer, more: Partial<ArtifactSettings> = {}) => ({
  url: server.url,
  sha256: server.sha256,
  settings: settings(more),
})

test('what was fetched stands in the cache under its checksum, for its owner only', () =>
  serving([], async (server) => {
    const order = orderOf(server)
    const file = await fetchArtifact(order)
    assert.is(file, join(order.settings.cache, server.sha256))
    assert.ok(readFileSync(file).equals(content))
    assert.is(statSync(file).mode & 0o777, 0o600)
    assert.equal(readdirSync(order.settings.cache), [server.sha256])
  }))

test('however many ask, it is fetched once', () =>
  serving([], async (server) => {
    const order = orderOf(server)
    const heard: number[] = []
    const waiting = Array.from({ length: 8 }, (_, index) =>
      fetchArtifact({ ...order, onProgress: () => void heard.push(index) }),
    )
    assert.is(new Set(await Promise.all(waiting)).size, 1)
    await fetchArtifact(order)
    assert.is(server.requests.length, 1)
    assert.is(new Set(heard).size, 8)
  }))

test('after a stall, a break and a wrong byte it is right all the same', () =>
  serving([{ stallAt: 1_000_000 }, { breakAt: 2_000_000 }, { wrongByteAt: 2_500_000 }], async (server) => {
    const file = await fetchArtifact(orderOf(server))
    assert.ok(readFileSync(file).equals(content))
    const ranges = server.requests.map(({ headers }) => headers.range)
    assert.equal([ranges[0], ranges[1], ranges[3]], [undefined, 'bytes=1000000-', undefined])
    // What was on its way within this process when the connection broke is asked for again.
    assert.match(ranges[2] ?? '', /^bytes=(19\d{5}|2000000)-$/)
    assert.is(server.requests[1]?.headers['if-range'], `"${server.sha256}"`)
    assert.ok(server.bytesServed < 2.1 * content.length)
  }))

test('a server that ignores what is here already is taken at its word from the start', () =>
  serving([{ breakAt: 1_000_000 }, 'ignores Range'], async (server) => {
    assert.ok(readFileSync(await fetchArtifact(orderOf(server))).equals(content))
    assert.is(server.requests.length, 2)
  }))

test('a server that answers with another part than was asked for is asked for the whole', () =>
  serving([{ breakAt: 1_000_000 }, { rangeFrom: 500_000 }], async (server) => {
    const file = await fetchArtifact(orderOf(server, { attempts: 3 }))
    assert.ok(readFileSync(file).equals(content))
    assert.is(server.requests[2]?.headers.range, undefined)
  }))

test('a part of an earlier process is gone on with', () =>
  serving([], async (server) => {
    const order = orderOf(server)
    writeFileSync(join(order.settings.cache, `${server.sha256}.part`), content.subarray(0, 2_000_000))
    assert.ok(readFileSync(await fetchArtifact(order)).equals(content))
    assert.is(server.bytesServed, 1_000_000)
  }))

test('a part that is longer than the whole is thrown away', () =>
  serving([], async (server) => {
    const order = orderOf(server)
    writeFileSync(join(order.settings.cache, `${server.sha256}.part`), Buffer.concat([content, content]))
    assert.ok(readFileSync(await fetchArtifact(order)).equals(content))
  }))

test('a cached file that is not what its name says is fetched again, also in the midst of a run', () =>
  serving([], async (server) => {
    const order = orderOf(server)
    const file = join(order.settings.cache, server.sha256)
    writeFileSync(file, 'damaged')
    await fetchArtifact(order)
    assert.ok(readFileSync(file).equals(content))
    writeFileSync(file, 'damaged again')
    await fetchArtifact(order)
    assert.ok(readFileSync(file).equals(content))
    assert.is(server.requests.length, 2)
  }))

test('mirrors are tried in order, and the error says what each of them did', () =>
  serving([{ status: 404 }], async (mirror) =>
    serving(
      Array.from({ length: 3 }, () => ({ wrongByteAt: 5 })),
      async (server) => {
        const from = server.url
        const mirrors = [{ from, to: mirror.url, only: false }]
        const order = orderOf(server, { mirrors, attempts: 3 })
        await rejects(fetchArtifact(order), (error: Error) => {
          assert.match(error.message, `${mirror.url}: answered 404 Not Found\n`)
          const wrong = `${server.url}: wrong checksum: expected ${server.sha256}, got `
          assert.ok(error.message.includes(wrong), error.message)
          assert.match(error.message, '(3 times)')
          return true
        })
        assert.is(mirror.requests.length, 1)
        assert.equal(readdirSync(order.settings.cache), [])
        // What failed is asked for anew.
        assert.ok(existsSync(await fetchArtifact(order)))
      },
    ),
  ))

test('the error says how far it came', () =>
  serving([{ stallAt: 1_290_000 }, { breakAt: 2_100_000 }], async (server) => {
    const attempt = fetchArtifact(orderOf(server, { attempts: 2 }))
    await rejects(attempt, /: stalled at 43 %, broke off at (6\d|70) %/)
  }))

test('a server that is not there is said to refuse', async () => {
  const server = await new ArtifactServer(content).listen()
  await server.close()
  const url = 'http://127.0.0.1:1/file'
  const order = { url, sha256: server.sha256, settings: settings({ attempts: 1 }) }
  await rejects(fetchArtifact(order), /127\.0\.0\.1:1\/file: refused the connection/)
})

test('redirects are followed, and what is for one host is not told to another', () =>
  serving([], async (other) =>
    serving([{ redirect: other.url }], async (server) => {
      const authorization = new Secret('Bearer of-a-test', 'a test')
      assert.ok(existsSync(await fetchArtifact({ ...orderOf(server), authorization })))
      assert.is(server.requests[0]?.headers.authorization, 'Bearer of-a-test')
      assert.is(other.requests[0]?.headers.authorization, undefined)
    }),
  ))

test('two processes do not fetch at once', () =>
  serving([], async (server) => {
    const order = orderOf(server)
    const program = `
      import { fetchArtifact } from ${JSON.stringify(join(import.meta.dirname, '../../../lib/artifacts/index.ts'))}
      console.log(await fetchArtifact(${JSON.stringify(order)}))`
    const children = [0, 1].map(() =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        stdio: 'inherit',
      }),
    )
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number))
    assert.equal(codes, [0, 0])
    assert.is(server.requests.length, 1)
    assert.equal(readdirSync(order.settings.cache), [server.sha256])
  }))

test('the lock of a process that is gone holds up nobody', () =>
  serving([], async (server) => {
    const order = orderOf(server)
    const child = spawn('true')
    await once(child, 'exit')
    const { hostname } = await import('node:os')
    const lock = JSON.stringify({ pid: child.pid, host: hostname(), id: 'x' })
    writeFileSync(join(order.settings.cache, `${server.sha256}.lock`), lock)
    assert.ok(existsSync(await fetchArtifact(order)))
  }))
