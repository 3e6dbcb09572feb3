import * as assert from 'uvu/assert'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { noAnsible } from '../../support/ansible.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { troupe } from '../../support/troupe.ts'

const test = suite('cli: vault.ts')
const plain = 'token: hunter22-of-file\n'

/** A folder with passwords, and `all.yml` in it; `vault` runs the script in its own process. */
function workplace() {
  const folder = scratchFolder()
  const at = (name: string) => join(folder, name)
  writeFileSync(at('one'), 'password one\n')
  writeFileSync(at('two'), 'password two\n')
  writeFileSync(at('all.yml'), plain)
  const run = async (
    args: readonly string[],
    password = 'one',
    more: Parameters<typeof troupe>[2] = { state: folder },
  ) => troupe('playbooks/vault.ts', [...args, '--vault-password-file', at(password)], more)
  const read = (name = 'all.yml') => readFileSync(at(name), 'utf8')
  return { folder, at, run, read }
}

function editor(folder: string, text: string): string {
  const file = join(folder, 'editor')
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o700)
  return file
}

test('files are encrypted and decrypted in place, for their owner alone', async () => {
  const { at, run, read, folder } = workplace()
  chmodSync(at('all.yml'), 0o644)
  symlinkSync(at('all.yml'), at('link.yml'))
  assert.is((await run(['encrypt', at('link.yml')])).code, 0)
  assert.match(read(), /^\$ANSIBLE_VAULT;1\.1;AES256\n[\da-f\n]+\n$/)
  assert.is(statSync(at('all.yml')).mode & 0o777, 0o600)
  assert.is((await run(['view', at('all.yml')])).stdout, plain)
  assert.is((await run(['decrypt', at('all.yml')])).code, 0)
  assert.is(read(), plain)
  assert.equal(readdirSync(folder).toSorted(), ['all.yml', 'link.yml', 'one', 'two'])
})

test('stdin goes to stdout, and --output leaves the file as it is', async () => {
  const { at, run, read, folder } = workplace()
  const piped = await run(['encrypt'], 'one', { state: folder, input: plain })
  assert.match(piped.stdout, /^\$ANSIBLE_VAULT;/)
  const back = await run(['decrypt', '-'], 'one', { state: folder, input: piped.stdout })
  assert.is(back.stdout, plain)
  assert.is((await run(['encrypt', at('all.yml'), '--output', at('new.yml')])).code, 0)
  assert.is(read(), plain)
  assert.match(read('new.yml'), /^\$ANSIBLE_VAULT;/)
})

test('a file that cannot be done leaves all of them as they were', async () => {
  const { at, run, read } = workplace()
  writeFileSync(at('other.yml'), 'a: b\n')
  await run(['encrypt', at('other.yml')])
  const { code, stderr } = await run(['encrypt', at('all.yml'), at('other.yml')])
  assert.is(code, 1)
  assert.match(stderr, 'other.yml: expected a plain file, found an encrypted one')
  assert.is(read(), plain)
})

test('a rekeyed file opens with the new password only', async () => {
  const { at, run, read } = workplace()
  await run(['encrypt', at('all.yml')])
  assert.is((await run(['rekey', at('all.yml'), '--new-vault-id', `prod@${at('two')}`])).code, 0)
  assert.match(read(), /^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/)
  assert.match((await run(['view', at('all.yml')])).stderr, 'no vault password opens it')
  assert.is((await run(['view', at('all.yml')], 'two')).stdout, plain)
})

test('an editor sees the text in a place of its own, of which nothing is left', async () => {
  const { at, run, folder } = workplace()
  const memory = join(folder, 'memory')
  mkdirSync(memory)
  await run(['encrypt', at('all.yml')])
  const before = readFileSync(at('all.yml'), 'utf8')
  const look = `stat -c '%a %n' "$1" "$(dirname "$1")" > ${at('seen')}; cp "$1" "$1~"`
  const env = { EDITOR: editor(folder, `${look}; echo 'more: x' >> "$1"`), XDG_RUNTIME_DIR: memory }
  assert.is((await run(['edit', at('all.yml')], 'one', { state: folder, env })).code, 0)
  assert.match(readFileSync(at('seen'), 'utf8'), /^600 \S+\/all\.yml\n700 \S+memory\/troupe-edit-\w+\n$/)
  assert.equal(readdirSync(memory), [])
  assert.is((await run(['view', at('all.yml')])).stdout, `${plain}more: x\n`)
  assert.is.not(readFileSync(at('all.yml'), 'utf8'), before)
})

test('an editor that fails, or changes nothing, leaves the file as it is', async () => {
  const { at, run, folder } = workplace()
  await run(['encrypt', at('all.yml')])
  const before = readFileSync(at('all.yml'), 'utf8')
  const failed = await run(['edit', at('all.yml')], 'one', {
    state: folder,
    env: { EDITOR: editor(folder, `echo x >> "$1"; exit 3`), XDG_RUNTIME_DIR: folder },
  })
  assert.match(failed.stderr, 'ended with 3; nothing was changed')
  assert.is((await run(['edit', at('all.yml')], 'one', { state: folder, env: { EDITOR: 'true' } })).code, 0)
  assert.is(readFileSync(at('all.yml'), 'utf8'), before)
  assert.not.ok(readdirSync(folder).some((name) => name.startsWith('troupe-edit-')))
})

test('a text becomes a value for a file of variables', async () => {
  const { at, run, folder } = workplace()
  const { stdout } = await run(['encrypt-string', '--name', 'token'], 'one', {
    state: folder,
    input: 'typed-text',
  })
  assert.match(stdout, /^token: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n( {10}[\da-f]+\n)+$/)
  const text = stdout.replace(/^.*\n/, '').replaceAll(/^ +/gm, '')
  assert.is((await run(['view'], 'one', { state: folder, input: text })).stdout, 'typed-text')
  assert.ok(existsSync(at('all.yml')))
})

test('without a password and a terminal, it says what to give', async () => {
  const { at, folder } = workplace()
  const { code, stderr } = await troupe('playbooks/vault.ts', ['encrypt', at('all.yml')], { state: folder })
  assert.is(code, 1)
  assert.match(stderr, /needs a terminal.*\n.*--vault-password-file FILE/)
})

if (noAnsible === undefined) {
  test('ansible-vault opens what it has encrypted, and it opens what ansible-vault has', async () => {
    const { at, run, read } = workplace()
    const ansible = (...words: readonly string[]) =>
      execFileSync('ansible-vault', [...words, '--vault-password-file', at('one')], {
        stdio: 'pipe',
      }).toString()
    await run(['encrypt', at('all.yml')])
    assert.is(ansible('view', at('all.yml')), plain)
    ansible('decrypt', at('all.yml'))
    ansible('encrypt', at('all.yml'))
    assert.is((await run(['decrypt', at('all.yml')])).code, 0)
    assert.is(read(), plain)
  })
} else {
  test.skip('ansible-vault opens what it has encrypted', noAnsible)
}
