import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type KeyUnusable, privateKey } from '../../../lib/transport/private-keys.ts'
import { suite } from '../../support/suite.ts'
import { thrown } from './shells.ts'

const test = suite('private keys')
const folder = mkdtempSync(join(tmpdir(), 'troupe-keys-'))
test.after(() => rmSync(folder, { recursive: true }))

function generated(name: string, ...options: string[]): string {
  const file = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-a', '1', '-C', '', '-f', file, ...options])
  return file
}

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

for (const [name, type, ...options] of [
  ['ed25519', 'ssh-ed25519', '-t', 'ed25519'],
  ['ecdsa', 'ecdsa-sha2-nistp256', '-t', 'ecdsa'],
  ['rsa', 'ssh-rsa', '-t', 'rsa', '-b', '2048'],
  ['rsa in PEM', 'ssh-rsa', '-t', 'rsa', '-b', '2048', '-m', 'PEM'],
] as const) {
  test(`${name} keys are read`, async () => {
    const key = await privateKey(generated(`plain ${name}`, '-N', '', ...options), undefined)
    assert.is(key.type, type)
    assert.is(key.isPrivateKey(), true)
  })

  test(`encrypted ${name} keys are read with their passphrase, which is asked for once`, async () => {
    const file = generated(`encrypted ${name}`, '-N', 'open sesame', ...options)
    const asked: string[] = []
    const ask = async (which: string) => {
      asked.push(which)
      return 'open sesame'
    }
    const keys = await Promise.all([privateKey(file, ask), privateKey(file, ask)])
    assert.equal(
      keys.map((key) => key.type),
      [type, type],
    )
    assert.equal(asked, [file])
  })

  test(`a wrong passphrase for an encrypted ${name} key is told as that`, async () => {
    const file = generated(`wrong ${name}`, '-N', 'open sesame', ...options)
    const { message } = await thrown<KeyUnusable>(privateKey(file, async () => 'abracadabra'))
    assert.is(message, `The passphrase given for the key ${file} is wrong.`)
  })
}

test('an encrypted key without anybody to ask is to be loaded into an agent', async () => {
  const file = generated('alone', '-t', 'ed25519', '-N', 'open sesame')
  const { message, advice } = await thrown<KeyUnusable>(privateKey(file, undefined))
  assert.match(message, 'is encrypted')
  assert.is(advice, `Load it into an agent: ssh-add '${file}'`)
})

test('PKCS#8 is named, with the command that rewrites the key', async () => {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const file = written('pkcs8', key.export({ type: 'pkcs8', format: 'pem' }).toString())
  const { message, advice } = await thrown<KeyUnusable>(privateKey(file, undefined))
  assert.match(message, 'PKCS#8')
  assert.match(advice, `ssh-keygen -p -f '${file}'`)
})

test('a key on a security key is named', async () => {
  // As ssh-keygen -t ed25519-sk writes it: the type stands in the public part.
  const blob = Buffer.concat([
    Buffer.from(
      'openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01\0\0\0\x4a\0\0\0\x1a',
      'latin1',
    ),
    Buffer.from('sk-ssh-ed25519@openssh.com'),
    Buffer.alloc(200),
  ])
  const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${blob.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
  const { message } = await thrown<KeyUnusable>(privateKey(written('sk', pem), undefined))
  assert.match(message, 'security key (FIDO)')
})

test('a public key, a missing file and nonsense are each told apart', async () => {
  const file = generated('public', '-t', 'ed25519', '-N', '')
  assert.match((await thrown(privateKey(`${file}.pub`, undefined))).message, 'holds a public key')
  assert.match((await thrown(privateKey(join(folder, 'none'), undefined))).message, 'ENOENT')
  assert.match((await thrown(privateKey(written('nonsense', 'x'), undefined))).message, 'cannot be used')
})
