import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { redact, redactDeep, Redactor } from '../../../lib/secrets/redact.ts'
import { knownSecrets, Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'

const test = suite('redaction')

const token = 'K10f3"a b$c\'d/é+?<&>'
const key = `-----BEGIN KEY-----\n${randomBytes(48).toString('base64')}\n${randomBytes(30).toString('base64')}\n-----END KEY-----\n`
test.before(() => {
  for (const value of [token, key]) void new Secret(value, 'a test')
})

const shellSingle = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const pythonJson = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
const goJson = (text: string) =>
  JSON.stringify(text).replaceAll(
    /[<>&]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const strictUrl = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** How programs write a secret; what they write is looked for, whole. */
const ways: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in JSON': (secret) => JSON.stringify(secret),
  'in JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ secret })),
  'in JSON of Go': goJson,
  'in JSON of Python': pythonJson,
  'in base64': (secret) => Buffer.from(secret).toString('base64'),
  'in base64 after one byte': (secret) => Buffer.from(`:${secret}`).toString('base64'),
  'in base64 after two bytes': (secret) => Buffer.from(`u:${secret}@host`).toString('base64'),
  'in base64 for URLs': base64url,
  'in base64 for URLs after two bytes': (secret) => base64url(`u:${secret}@host`),
  'in hex': (secret) => Buffer.from(secret).toString('hex'),
  'in upper hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  'in a URL': encodeURIComponent,
  'in a URL in lower case': (secret) =>
    encodeURIComponent(secret).replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()),
  'in a form': (secret) => new URLSearchParams({ secret }).toString(),
  'in a URL of Python': (secret) => strictUrl(secret).replaceAll('%2F', '/'),
  'in a form of Python': (secret) => strictUrl(secret).replaceAll('%20', '+'),
  'in a path of Go': (secret) => strictUrl(secret).replaceAll(/%(?:24|26|2B|3A|3D|40)/g, decodeURIComponent),
  'in single quotes of a shell': shellSingle,
  'in single quotes of Python': (secret) => `'${secret.replaceAll("'", `'"'"'`)}'`,
  'in double quotes of a shell': (secret) => `"${secret.replaceAll(/[$`"\\]/g, String.raw`\$&`)}"`,
}

/** The longest pieces of the secret's form that nothing but the secret decides. */
function traces(way: string, secret: string): readonly string[] {
  const written = (ways[way] ?? String)(secret)
  return way.startsWith('in base64') ? [written.slice(4, -8)] : [written.replaceAll(/^['"\\]+|['"\\]+$/g, '')]
}

for (const [way, write] of Object.entries(ways)) {
  test(`a secret ${way} does not survive`, () => {
    for (const secret of [token, key]) {
      const text = `before ${write(secret)} after`
      const result = redact(text)
      assert.match(result, /^before .*«secret».* after$/s)
      for (const trace of traces(way, secret)) assert.not(result.includes(trace), `${trace} in ${result}`)
    }
  })
}

test('every line of a key is found by itself', () => {
  const [, first = '', second = ''] = key.split('\n')
  assert.is(redact(`    ${first}\n    ${second}`), '    «secret»\n    «secret»')
})

test('what is no secret stays as it is', () => {
  const text = 'apiVersion: v1\nkind: Secret\n-----BEGIN KEY-----\n'
  assert.is(redact(text), text)
})

test('a rendered file with a secret in it does not blank out its other lines', () => {
  void new Secret(`kind: Config\ntoken: ${token}\n`, 'a template')
  assert.is(redact('kind: Config\n'), 'kind: Config\n')
  assert.is(redact(`kind: Config\ntoken: ${token}\n`), 'kind: Config\ntoken: «secret»\n')
})

test('a longer secret that begins like a shorter one is found whole', () => {
  void new Secret('opensesame', 'a test')
  void new Secret('opensesame-and-more', 'a test')
  assert.is(redact('opensesame-and-more opensesame'), '«secret» «secret»')
})

test('texts inside a value are redacted, keys and errors too', () => {
  const error = new Error(`bad ${token}`, { cause: token })
  const result = redactDeep({ [token]: [token, 1, null, { a: new Secret(token, 'x') }], error }) as {
    readonly error: { readonly message: string; readonly cause: string; readonly stack: string }
  }
  assert.equal({ ...result, error: 0 }, { '«secret»': ['«secret»', 1, null, { a: '«secret»' }], error: 0 })
  assert.is(result.error.message, 'bad «secret»')
  assert.is(result.error.cause, '«secret»')
  assert.not(result.error.stack.includes(token))
})

test('a secret that is cut into pieces is found', () => {
  const text = `a ${token} b ${encodeURIComponent(token)} c`
  for (let size = 1; size < 12; size++)
    assert.is(
      inPieces(text, () => size),
      'a «secret» b «secret» c',
    )
})

test('what can be no part of a secret does not wait for more', () => {
  const redactor = new Redactor()
  assert.is(redactor.push('plain text\n'), 'plain text\n')
  assert.is(redactor.push(`x${token.slice(0, 3)}`), 'x')
  assert.is(redactor.push('\n'), `${token.slice(0, 3)}\n`)
  assert.is(redactor.end(), '')
})

test('what still waits at the end comes out', () => {
  const redactor = new Redactor()
  assert.is(redactor.push(token.slice(0, -1)) + redactor.end(), token.slice(0, -1))
})

test('random secrets survive in no form, whole or in pieces', () => {
  const alphabet = Array.from('abcXYZ019 \'"$`\\\n\t!&<>%+/=#{}()[]|~;:,.-_éß中😀')
  const secrets = Array.from({ length: 30 }, () =>
    Array.from({ length: 8 + random(24) }, () => alphabet[random(alphabet.length)]).join(''),
  )
  for (const secret of secrets) void new Secret(secret, 'a test')
  for (const secret of secrets) {
    for (const [way, write] of Object.entries(ways)) {
      const text = `> ${write(secret)} <`
      const result = redact(text)
      for (const trace of traces(way, secret)) {
        if (trace.length >= 8)
          assert.not(result.includes(trace), `${way}: ${JSON.stringify(secret)} in ${result}`)
      }
      assert.is(
        inPieces(text, () => 1 + random(9)),
        result,
      )
    }
  }
})

test('many secrets and much text take little time', () => {
  const text = `${randomBytes(150_000).toString('base64')}\n`
  redact('')
  const started = performance.now()
  redact(text)
  assert.ok(performance.now() - started < 2000, `it took ${performance.now() - started} ms`)
})

test('without any secret a text comes back as it is', () => {
  assert.ok(knownSecrets().size > 0)
  // Secrets cannot be forgotten, so this takes a process of its own.
  const code = `const { redact, Redactor } = await import('./lib/secrets/redact.ts')
    const redactor = new Redactor()
    process.stdout.write(redact('a') + redactor.push('b') + redactor.end())`
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    encoding: 'utf8',
  })
  assert.is(stdout, 'ab')
})

function inPieces(text: string, size: () => number): string {
  const redactor = new Redactor()
  let result = ''
  for (let at = 0; at < text.length;) {
    const end = at + size()
    result += redactor.push(text.slice(at, end))
    at = end
  }
  return result + redactor.end()
}

function random(below: number): number {
  return Math.floor(Math.random() * below)
}
