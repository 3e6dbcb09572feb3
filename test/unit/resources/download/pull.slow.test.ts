import * as assert from 'uvu/assert'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { defaultSettings, type ArtifactSettings } from '../../../../lib/artifacts/index.ts'
import type { Answer } from '../../../../lib/host/host.ts'
import { ourPaths } from '../../../../lib/host/paths.ts'
import { pullInput, pullScript } from '../../../../lib/resources/download/pull.ts'
import { reveal, Secret } from '../../../../lib/secrets/secret.ts'
import { ArtifactServer, type Fault } from '../../../support/artifact-server.ts'
import { fetchingPrograms } from '../../../support/own-programs.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('download-pull')
const content = Buffer.alloc(3_000_000, 'abcdefg')
const { uid, gid } = userInfo()

interface Pull {
  readonly answer: Answer
  readonly folder: string
  readonly file: string
}

/** Runs the script of a pull on this machine, with one program to fetch with. */
async function pull(
  programs: string,
  urls: readonly string[],
  sha256: string,
  options: { readonly attempts?: number; readonly authorization?: Secret; readonly part?: Buffer } = {},
): Promise<Pull> {
  const { attempts = 5, authorization, part } = options
  const folder = scratchFolder()
  const passing = scratchFolder()
  const file = join(folder, 'tool')
  if (part !== undefined) writeFileSync(join(folder, '.tool.troupe'), part)
  const settings: ArtifactSettings = { ...defaultSettings, stall: '1s', attempts, delivery: 'pull' }
  const attributes = { mode: 0o750, owner: String(uid), group: String(gid) }
  const script = pullScript(file, { sha256, urls, order: 'h:x' }, { ...settings, attributes })
  const input = pullInput(urls, { url: urls[0] ?? '', sha256, settings, authorization })
  const answer = await new Promise<Answer>((resolve) => {
    const env = { PATH: programs }
    const child = execFile(
      '/bin/sh',
      ['-c', script.replaceAll(ourPaths.passing, passing)],
      { env },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      },
    )
    child.stdin?.end(reveal(input))
  })
  assert.equal(readdirSync(passing), [], 'something is left beside')
  return { answer, folder, file }
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

for (const [name, programs] of fetchingPrograms()) {
  if (programs === undefined) {
    test.skip(`${name}: pulls`, `this machine has no ${name}`)
    continue
  }

  test(`${name}: after a stall, a break and a wrong byte the file is right, and nothing else is left`, () =>
    serving([{ stallAt: 1_000_000 }, { breakAt: 2_000_000 }, { wrongByteAt: 2_500_000 }], async (server) => {
      const { answer, folder, file } = await pull(programs, [server.url], server.sha256)
      assert.is(answer.code, 0, answer.stderr)
      assert.ok(readFileSync(file).equals(content))
      assert.is(statSync(file).mode & 0o777, 0o750)
      assert.equal(readdirSync(folder), ['tool'])
      const ranges = server.requests.map(({ headers }) => headers.range !== undefined)
      assert.equal(ranges, [false, true, true, false])
      assert.match(answer.stdout, /fetching tool: \d+ (%|MB)\r/)
    }))

  test(`${name}: a part that was left is gone on with`, () =>
    serving([], async (server) => {
      const part = content.subarray(0, 2_000_000)
      const { answer, file } = await pull(programs, [server.url], server.sha256, { part })
      assert.is(answer.code, 0, answer.stderr)
      assert.ok(readFileSync(file).equals(content))
      assert.ok(server.bytesServed <= 1_000_000)
    }))

  test(`${name}: what no address gives is an error that names each, without litter`, () =>
    serving([{ status: 404 }, { wrongByteAt: 5 }, { status: 404 }, { wrongByteAt: 5 }], async (server) => {
      const urls = ['missing', 'wrong'].map((path) => server.url.replace('file', path))
      const { answer, folder } = await pull(programs, urls, server.sha256, { attempts: 1 })
      assert.is(answer.code, 1)
      assert.match(answer.stderr, /missing: .*404/)
      assert.match(answer.stderr, `wrong: wrong checksum: expected ${server.sha256}, got `)
      assert.equal(readdirSync(folder), [])
      assert.is(server.requests.length, 2)
    }))

  test(`${name}: a header with a secret comes from standard input, or is refused`, () =>
    serving([], async (server) => {
      const authorization = new Secret('Bearer quite-hidden', 'a test')
      const { answer } = await pull(programs, [server.url], server.sha256, { authorization, attempts: 1 })
      if (name === 'busybox') return assert.match(answer.stderr, /would show a password/)
      assert.is(answer.code, 0, answer.stderr)
      assert.is(server.requests[0]?.headers.authorization, 'Bearer quite-hidden')
    }))
}
