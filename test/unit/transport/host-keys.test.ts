import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import type { Unreachable } from '../../../lib/transport/errors.ts'
import { HostKeys, type HostKeyChecking } from '../../../lib/transport/host-keys.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from './shells.ts'

const test = suite('host keys')
const folder = mkdtempSync(join(tmpdir(), 'troupe-host-keys-'))
test.after(() => rmSync(folder, { recursive: true }))

const a = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIBo8n1rTgJXmbxlAdtqGaV50dY7Myue1ymYisewkSxwm', 'base64')
const b = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAII8+DHHa4B6wzNOo7w86B5Q53vM8B/0zR4Ka34WzM1pe', 'base64')
let files = 0

/** Files are read once, so that each test has one of its own. */
function file(text = ''): string {
  const path = join(folder, `known_hosts_${++files}`)
  writeFileSync(path, text)
  return path
}

function keysOf(path: string, hostKeyChecking: HostKeyChecking, host = 'web1'): Promise<HostKeys> {
  return HostKeys.of({ host, port: 22, knownHostsFiles: [path], hostKeyChecking })
}

function refusal(keys: HostKeys, key: Buffer): Promise<Unreachable> {
  return thrown<Unreachable>(keys.check(key))
}

test('an unknown key is refused with its fingerprint, and the way to record it', async () => {
  const path = file()
  const { reason, message, advice } = await refusal(await keysOf(path, 'yes'), a)
  assert.is(reason, 'hostkey')
  assert.match(message, 'ED25519 SHA256:CNflPrdqM7gWRmtpJHxR6+11vaF/eXufEsJ3470n9Dc')
  assert.match(message, path)
  assert.match(advice, `ssh-keyscan -p 22 web1 >>${path}`)
  assert.is(readFileSync(path, 'utf8'), '')
})

test('a changed key is refused in every mode, with both fingerprints and the command that removes the old one', async () => {
  for (const mode of ['yes', 'accept-new', 'no'] as const) {
    const path = file(`web1 ssh-ed25519 ${a.toString('base64')}\n`)
    const { message, advice } = await refusal(await keysOf(path, mode), b)
    assert.match(message, 'expected ED25519 SHA256:CNflPrdqM7gWRmtpJHxR6+11vaF/eXufEsJ3470n9Dc', mode)
    assert.match(message, `${path}:1`, mode)
    assert.match(message, 'found ED25519 SHA256:KX3Rwci1VhDczjTPXhXno/MFnzkv16YRqwl89cUS/z0', mode)
    assert.match(advice, `ssh-keygen -f '${path}' -R 'web1'`, mode)
  }
})

test('a revoked key is refused in every mode', async () => {
  for (const mode of ['yes', 'accept-new', 'no'] as const) {
    const path = file(`@revoked * ssh-ed25519 ${a.toString('base64')}\n`)
    assert.match((await refusal(await keysOf(path, mode), a)).message, 'revoked', mode)
  }
})

test('a new key that is accepted is recorded on a line of its own, and held to from then on', async () => {
  const path = file('# no line end')
  const keys = await keysOf(path, 'accept-new')
  await keys.check(a)
  await keys.check(a)
  assert.is(readFileSync(path, 'utf8'), `# no line end\nweb1 ssh-ed25519 ${a.toString('base64')}\n`)
  assert.match((await refusal(keys, b)).message, 'has changed')
})

test('thirty hosts recorded at once do not tear the file', async () => {
  const path = join(folder, 'new', 'known_hosts')
  const hosts = Array.from({ length: 30 }, (_, index) => `host${index}`)
  await Promise.all(hosts.map(async (host) => (await keysOf(path, 'accept-new', host)).check(a)))
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.equal(
    lines.toSorted(),
    hosts.map((host) => `${host} ssh-ed25519 ${a.toString('base64')}`).toSorted(),
  )
})

test('without checking a new key is taken and not recorded', async () => {
  const path = file()
  await (await keysOf(path, 'no')).check(a)
  assert.is(readFileSync(path, 'utf8'), '')
})

test('the types of the recorded keys are asked for first, and SHA-1 never', async () => {
  const algorithms = (await keysOf(file(`web1 ssh-rsa ${rsa}\n`), 'yes')).algorithms()
  assert.equal(algorithms.slice(0, 2), ['rsa-sha2-512', 'rsa-sha2-256'])
  assert.ok(algorithms.includes('ssh-ed25519'))
  assert.not.ok(algorithms.includes('ssh-rsa'))
})

const rsa = Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-rsa'), Buffer.alloc(16)]).toString(
  'base64',
)

test('a new key is recorded without the name of its host where that is wanted, and found again', async () => {
  const path = file()
  const options = {
    host: 'web1',
    port: 2222,
    knownHostsFiles: [path],
    hostKeyChecking: 'accept-new',
  } as const
  await (await HostKeys.of({ ...options, hashKnownHosts: true })).check(a)
  assert.match(readFileSync(path, 'utf8'), /^\|1\|[^ ]+ ssh-ed25519 \S+\n$/)
  const { stdout } = await promisify(execFile)('ssh-keygen', ['-F', '[web1]:2222', '-f', path])
  assert.match(stdout, a.toString('base64'))
  const copy = file(readFileSync(path, 'utf8'))
  await (await HostKeys.of({ ...options, hostKeyChecking: 'yes', knownHostsFiles: [copy] })).check(a)
})

test('a host with an alias is known by it, on whatever port', async () => {
  const path = file(`fleet ssh-ed25519 ${a.toString('base64')}\n`)
  const options = { host: '10.0.0.1', port: 2222, hostKeyAlias: 'fleet', hostKeyChecking: 'yes' } as const
  const keys = await HostKeys.of({ ...options, knownHostsFiles: [path] })
  await keys.check(a)
  assert.match((await refusal(keys, b)).message, 'The host key of fleet has changed')
})
