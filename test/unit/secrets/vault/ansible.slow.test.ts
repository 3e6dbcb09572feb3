import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../../../../lib/secrets/secret.ts'
import { VaultIdentity } from '../../../../lib/secrets/vault/identity.ts'
import { Vault } from '../../../../lib/secrets/vault/vault.ts'
import { askAnsible, noAnsible } from '../../../support/ansible.ts'
import { Random } from '../../../support/fuzz/random.ts'
import { scratchFolder } from '../../../support/scratch.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('vault: beside ansible-vault')
const here = { file: 'secrets.yml', line: 1 }
const password = 'correct hörse battery staple'

interface Answer {
  readonly opened: readonly string[]
  readonly closed: readonly string[]
}

function ansible(asked: object): Answer {
  return askAnsible(join(import.meta.dirname, 'referee.py'), { password, ...asked }) as Answer
}

/** Bytes of every kind: none, one block, text, what looks like padding, more than one block. */
function contents(count: number): readonly Buffer[] {
  const random = new Random('vault')
  const special = [
    Buffer.alloc(0),
    Buffer.alloc(16, 16),
    Buffer.from('a: "ä€😀"\n'),
    Buffer.from([1]),
    Buffer.alloc(15, 1),
  ]
  return Array.from({ length: count }, (_, at) => special[at] ?? random.bytes(at % 10 === 0 ? 5000 : 64))
}

if (noAnsible === undefined) {
  for (const [title, id] of [
    ['without a name', undefined],
    ['with a name', 'prod'],
  ] as const) {
    test(`100 contents ${title} go there and back`, async () => {
      const vault = new Vault([new VaultIdentity(id ?? 'default', new Secret(password, 'test'))])
      const plain = contents(100)
      const asked = {
        ...(id === undefined ? {} : { id }),
        open: await Promise.all(plain.map((bytes) => vault.close(bytes))),
        close: plain.map((bytes) => bytes.toString('base64')),
      }
      const { opened, closed } = ansible(asked)
      assert.equal(opened, asked.close)
      const back = await Promise.all(closed.map((text) => vault.open(text, here)))
      assert.equal(
        back.map((bytes) => bytes.toString('base64')),
        asked.close,
      )
    })
  }

  test('the commands read each other', async () => {
    const folder = scratchFolder()
    const [passwordFile, file] = [join(folder, 'password'), join(folder, 'all.yml')]
    writeFileSync(passwordFile, `${password}\n`)
    writeFileSync(file, 'token: hunter22\n')
    const command = (...words: readonly string[]) =>
      execFileSync('ansible-vault', [...words, '--vault-id', `prod@${passwordFile}`, file], {
        stdio: 'pipe',
      }).toString()
    command('encrypt')
    const vault = new Vault([new VaultIdentity('prod', new Secret(password, 'test'))])
    const text = readFileSync(file, 'utf8')
    assert.match(text, /^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/)
    assert.is((await vault.open(text, here)).toString(), 'token: hunter22\n')
    writeFileSync(file, await vault.close(Buffer.from('token: other\n')))
    assert.is(command('view'), 'token: other\n')
  })
} else {
  test.skip('texts go there and back', noAnsible)
}
