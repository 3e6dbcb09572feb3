import { rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { defaultSettings } from '../../../../lib/artifacts/index.ts'
import { download, type DownloadArgs } from '../../../../lib/resources/download/download.ts'
import { pullInput, pullScript } from '../../../../lib/resources/download/pull.ts'
import { reveal, Secret } from '../../../../lib/secrets/secret.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { ArtifactServer } from '../../../support/artifact-server.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('download')
const path = '/opt/tool'
const server = new ArtifactServer(Buffer.from('the whole tool'))
const artifacts = { ...defaultSettings, cache: scratchFolder(), stall: '300ms', attempts: 1 } as const

test.before(() => server.listen())
test.after(() => server.close())

function tool(more: Partial<DownloadArgs> = {}) {
  return download({ path, url: server.url, sha256: server.sha256, artifacts, ...more } as DownloadArgs)
}

function hostWith(content?: string): FakeHost {
  const host = new FakeHost('a')
  if (content !== undefined) host.files.write(path, content, { mode: 0o700 })
  return host
}

test('a file that is not there is fetched and sent, and is gone after a revert', () =>
  keepsContract({ host: hostWith(), resource: tool({ mode: 0o755 }), hidden: ['the whole tool'] }))

test('another file there gives way, and stands again after a revert', () =>
  keepsContract({ host: hostWith('an older tool'), resource: tool(), hidden: ['older'] }))

test('a link there gives way, and stands again after a revert', () => {
  const host = new FakeHost('a')
  host.files.link(path, '/opt/other')
  return keepsContract({ host, resource: tool() })
})

test('of the right file only the mode is set, and nothing is fetched', async () => {
  await keepsContract({ host: hostWith('the whole tool'), resource: tool({ mode: 0o755 }) })
  const before = server.requests.length
  const host = hostWith('the whole tool')
  await bring(host, tool({ mode: 0o755, artifacts: { ...artifacts, cache: scratchFolder() } }))
  assert.equal(host.traffic.writes, [`attributes ${path}`])
  assert.is(server.requests.length, before)
})

test('to look and to plan fetches nothing', async () => {
  const before = server.requests.length
  const host = hostWith()
  const resource = tool()
  const kind = kindOf('download')
  const from = await stateOf(host, resource)
  const keep = (content: string | Buffer | Secret) => host.keep(content)
  const to = kind.want(from, resource.spec, { inputs: {}, keep, hashOf: (sum) => host.hashOf(sum) })
  assert.equal(kind.show?.({ from, to })[1], { field: 'content', from: '', to: server.sha256 })
  assert.is(server.requests.length, before)
})

test('what can be fetched again is not kept when it goes', async () => {
  const host = hostWith()
  const change = await bring(host, tool())
  assert.ok(change)
  const now = await stateOf(host, tool())
  await kindOf('download').apply(host, tool().ref, { from: now, to: change.from })
  assert.equal(host.files.children('/var/lib/troupe/before'), [])
})

test('how far it has come is told', async () => {
  const host = hostWith()
  await bring(host, tool({ artifacts: { ...artifacts, cache: scratchFolder() } }))
  assert.equal(host.told, ['fetching tool: 0 %'])
})

test('a file that cannot be had is an error that says why, and changes nothing', async () => {
  const host = hostWith('an older tool')
  const sha256 = createHash('sha256').update('something else').digest('hex')
  await rejects(bring(host, tool({ sha256 })), /wrong checksum: expected .*, got /)
  assert.is(host.files.read(path), 'an older tool')
})

test('without a folder above it, it cannot be yet', async () => {
  const attempt = bring(hostWith(), tool({ path: '/opt/none/tool' }))
  await rejects(attempt, (error: Error) => error instanceof NotYet && error.foreseen?.is === 'file')
})

test('the checksum may stand in a list', async () => {
  const list = await new ArtifactServer(Buffer.from(`${server.sha256}  file\n`)).listen()
  try {
    const resource = tool({ sha256: undefined, checksums: { url: list.url } } as Partial<DownloadArgs>)
    await keepsContract({ host: hostWith(), resource })
    assert.is(list.requests.length, 1)
  } finally {
    await list.close()
  }
})

test('what makes no sense is refused where it is declared', () => {
  assert.throws(() => tool({ sha256: 'abc' }), /not 64 hex digits/)
  assert.throws(() => tool({ url: 'https://me:hidden@host/x' }), /holds a user or a password/)
  assert.throws(() => tool({ path: 'opt/tool' }), /no plain absolute path/)
})

const pulled = { ...artifacts, delivery: 'pull' } as const

/** Does as the script of a pull would. */
const pulling = (host: FakeHost) =>
  void host.onChange(/download-\$want/, () => {
    host.files.write(path, 'the whole tool', { mode: 0o755 })
    return ''
  })

test('pulled, the host fetches it as a job of its own', async () => {
  const host = hostWith('an older tool')
  pulling(host)
  const resource = tool({ artifacts: pulled, mode: 0o755 })
  await keepsContract({ host, resource, fixtures: pulling })
  const before = server.requests.length
  await bring(host, resource)
  assert.equal(host.jobs, [`download:${path}`])
  assert.is(server.requests.length, before)
})

test('no secret stands in the script of a pull', async () => {
  const http = new Secret('http://me:very-hidden@proxy:1', 'a test')
  const authorization = new Secret('Bearer quite-hidden', 'a test')
  const settings = { ...pulled, proxy: { http, https: undefined, no: ['direct.example'] } }
  const urls = ['http://a.example/x', 'http://direct.example/x', 'https://a.example/x']
  const order = { url: 'http://a.example/x', sha256: server.sha256, settings, authorization }
  const attributes = { mode: 0o755, owner: 'root', group: 'root' }
  const hint = { sha256: server.sha256, urls, order: 'h:x' } as const
  assert.not.match(pullScript(path, hint, { ...settings, attributes }), 'hidden')
  assert.equal(reveal(pullInput(urls, order)).trimEnd().split('\n'), [
    '0 curl proxy = "http://me:very-hidden@proxy:1/"',
    '0 curl header = "Authorization: Bearer quite-hidden"',
    '0 wget use_proxy = on',
    '0 wget http_proxy = http://me:very-hidden@proxy:1/',
    '0 wget https_proxy = http://me:very-hidden@proxy:1/',
    '0 wget header = Authorization: Bearer quite-hidden',
    '0 busybox refused',
    '1 curl noproxy = "*"',
    '1 wget use_proxy = off',
    '2 curl noproxy = "*"',
    '2 wget use_proxy = off',
  ])
})
