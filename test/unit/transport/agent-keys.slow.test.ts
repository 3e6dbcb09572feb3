import { execFile, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import type { Credentials } from '../../../lib/transport/authentication.ts'
import { keyAttempts } from '../../../lib/transport/key-attempts.ts'
import { dialSsh } from '../../../lib/transport/ssh.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { TestServer } from './ssh-server.ts'

const test = suite('keys that an agent holds')
const folder = scratchFolder()
const socket = join(folder, 'agent')
const [held, other, foreign] = ['held', 'other', 'foreign'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const run = promisify(execFile)
const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
const asked: string[] = []

test.before(async () => {
  writeFileSync(join(folder, 'askpass'), '#!/bin/sh\necho "pass word"\n')
  chmodSync(join(folder, 'askpass'), 0o700)
  for (const file of [held, other, foreign]) {
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-N', 'pass word', '-f', file])
  }
  while (!existsSync(socket)) await pause(20)
  const env = {
    ...process.env,
    SSH_AUTH_SOCK: socket,
    SSH_ASKPASS: join(folder, 'askpass'),
    SSH_ASKPASS_REQUIRE: 'force',
  }
  await run('ssh-add', ['-q', held, other], { env })
})
test.after(() => void agent.kill())

function credentials(more: Partial<Credentials>): Credentials {
  const passphrase = (file: string) => {
    asked.push(file)
    return Promise.resolve('pass word')
  }
  return { user: 'op', agent: socket, passphrase, ...more }
}

async function titles(more: Partial<Credentials>): Promise<readonly string[]> {
  return (await keyAttempts(credentials(more))).attempts.map(({ title }) => title)
}

test('a named key that the agent holds asks nobody for its passphrase, and comes first', async () => {
  assert.equal(await titles({ keyFiles: [held] }), [`the key ${held}, by the agent`, 'the agent'])
  assert.equal(asked, [])
})

test('a named key that it does not hold is asked for', async () => {
  assert.equal(await titles({ keyFiles: [foreign] }), [`the key ${foreign}`, 'the agent'])
  assert.equal(asked, [foreign])
})

test('the public half names a key of the agent too', async () => {
  const copy = join(folder, 'copy.pub')
  copyFileSync(`${other}.pub`, copy)
  assert.equal(await titles({ keyFiles: [copy], identitiesOnly: true }), [`the key ${copy}, by the agent`])
})

test('with IdentitiesOnly the host is shown that key alone, and lets it in', async () => {
  const shown: string[] = []
  const right = readFileSync(`${other}.pub`, 'utf8').split(' ')[1]
  const server = await TestServer.start({
    lets: (attempt) => {
      if (attempt.method === 'publickey') shown.push(attempt.key.data.toString('base64'))
      return attempt.method === 'publickey' && attempt.key.data.toString('base64') === right
    },
  })
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${server.port} ${server.hostKey.public}\n`)
  const target = { host: '127.0.0.1', port: server.port, knownHostsFiles: [knownHosts] }
  const only = credentials({ keyFiles: [other], identitiesOnly: true })
  const connection = await dialSsh({ ...target, ...only })()
  await connection.close()
  server.close()
  assert.equal([...new Set(shown)], [right])
  assert.equal(asked, [foreign])
})

test('an agent that does not answer holds nothing', async () => {
  assert.equal(await titles({ agent: join(folder, 'none'), keyFiles: [held], identitiesOnly: true }), [
    `the key ${held}`,
  ])
})
