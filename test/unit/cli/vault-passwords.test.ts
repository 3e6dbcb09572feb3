import * as assert from 'uvu/assert'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { parseCommandLine } from '../../../lib/cli/command-line.ts'
import { openVault } from '../../../lib/cli/vault-passwords.ts'
import { Secret } from '../../../lib/secrets/secret.ts'
import { VaultIdentity } from '../../../lib/secrets/vault/identity.ts'
import { Vault } from '../../../lib/secrets/vault/vault.ts'
import { failureOf, scratch } from '../inventory/scratch.ts'
import { suite } from '../../support/suite.ts'
import { typedTerminal } from './terminal.ts'

const test = suite('cli/vault-passwords')
const terminal = typedTerminal(false)
const here = { file: 'all.yml', line: 1 }

function vaultFor(args: readonly string[], at = terminal): Promise<Vault> {
  return openVault(parseCommandLine(args).options, at)
}

/** Which of some passwords a vault has, in its order, with their names. */
async function passwordsOf(vault: Vault, ...candidates: readonly string[]) {
  const found: string[] = []
  for (const identity of vault.identities) {
    for (const candidate of candidates) {
      const text = await new Vault([new VaultIdentity('x', new Secret(candidate, 'a test'))]).close(
        Buffer.from('x'),
      )
      const opened = await new Vault([identity]).open(text, here).catch(() => undefined)
      if (opened !== undefined) found.push(`${identity.id}: ${candidate}`)
    }
  }
  return found
}

function program(name: string, text: string): string {
  const file = join(scratch({ [name]: `#!/bin/sh\n${text}\n` }), name)
  chmodSync(file, 0o700)
  return file
}

test('a file gives a password without the white space around it', async () => {
  const file = join(scratch({ pass: ' from a file \n\n' }), 'pass')
  assert.equal(await passwordsOf(await vaultFor(['--vault-password-file', file]), 'from a file'), [
    'default: from a file',
  ])
})

test('several passwords are kept by their names', async () => {
  const folder = scratch({ dev: 'of dev', prod: 'of prod' })
  const vault = await vaultFor(['--vault-id', `dev@${folder}/dev`, '--vault-id', `prod@${folder}/prod`])
  assert.equal(await passwordsOf(vault, 'of dev', 'of prod'), ['dev: of dev', 'prod: of prod'])
})

test('a program that can be run prints the password', async () => {
  const vault = await vaultFor(['--vault-id', `dev@${program('pass.sh', 'echo "said $# words"')}`])
  assert.equal(await passwordsOf(vault, 'said 0 words'), ['dev: said 0 words'])
})

test('a client is told which password is meant', async () => {
  const vault = await vaultFor(['--vault-id', `dev@${program('keys-client.sh', 'echo "$1 $2"')}`])
  assert.equal(await passwordsOf(vault, '--vault-id dev'), ['dev: --vault-id dev'])
})

test('a password is asked for by its name, and not shown', async () => {
  const at = typedTerminal()
  at.type('typed one\r')
  const vault = await vaultFor(['--vault-id', 'dev@prompt'], at)
  assert.equal(await passwordsOf(vault, 'typed one'), ['dev: typed one'])
  assert.is(at.shown(), 'Vault password (dev): \n')
})

const refused: readonly (readonly [string, () => readonly string[], RegExp])[] = [
  ['no terminal', () => ['-J'], /needs a terminal/],
  [
    'no such file',
    () => ['--vault-id', 'dev@/nowhere/pass'],
    /^\/nowhere\/pass: .* "dev", but there is none/,
  ],
  ['an empty file', () => ['--vault-password-file', join(scratch({ pass: '\n' }), 'pass')], /it is empty/],
  ['a folder', () => ['--vault-password-file', scratch({})], /it is no file/],
  ['a program that fails', () => ['--vault-password-file', program('p', 'exit 7')], /it ended with 7/],
  ['a client without it', () => ['--vault-id', `dev@${program('k-client', 'exit 2')}`], /none of that name/],
]
for (const [what, args, message] of refused) {
  test(`${what} is told`, async () => {
    const error = await failureOf(() => vaultFor(args()))
    assert.is(error.name, 'UserError')
    assert.match(error.message, message)
  })
}
