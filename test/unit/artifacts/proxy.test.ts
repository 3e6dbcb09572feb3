import * as assert from 'uvu/assert'
import { aptProxy, proxyEnvironment, proxyFor } from '../../../lib/artifacts/proxy.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import { suite } from '../../support/suite.ts'

const test = suite('artifacts/proxy')
const proxy = { http: 'http://proxy:3128', https: 'http://secure:3129', no: [] }

const through = (url: string, no: readonly string[] = []) => proxyFor(new URL(url), { ...proxy, no })?.host

test('each scheme has its proxy', () => {
  assert.is(through('http://a.example/x'), 'proxy:3128')
  assert.is(through('https://a.example/x'), 'secure:3129')
  assert.is(proxyFor(new URL('http://a.example/'), { http: undefined, https: undefined, no: [] }), undefined)
})

const direct: readonly (readonly [string, string])[] = [
  ['*', 'http://a.example/'],
  ['a.example', 'http://a.example/'],
  ['example', 'http://a.example/'],
  ['.example', 'http://A.example/'],
  ['*.example', 'https://a.b.example/'],
  ['a.example:8080', 'http://a.example:8080/'],
  ['a.example:443', 'https://a.example/'],
  ['10.0.0.7', 'http://10.0.0.7/'],
  ['10.0.0.0/8', 'http://10.9.9.9:5000/'],
  ['::1', 'http://[::1]:80/'],
  ['fd00::/8', 'http://[fd00::7]/'],
]
for (const [rule, url] of direct) {
  test(`${rule} excepts ${url}`, () => assert.is(through(url, [rule]), undefined))
}

const proxied: readonly (readonly [string, string])[] = [
  ['a.example', 'http://ba.example/'],
  ['a.example', 'http://a.example.net/'],
  ['a.example:8080', 'http://a.example/'],
  ['0.0.7', 'http://10.0.0.7/'],
  ['10.0.0.0/8', 'http://11.0.0.1/'],
  ['10.0.0.0/8', 'http://ten.example/'],
]
for (const [rule, url] of proxied) {
  test(`${rule} does not except ${url}`, () => assert.is(through(url, [rule]), 'proxy:3128'))
}

test('an environment has both spellings', () => {
  assert.equal(proxyEnvironment({ http: 'http://p:1', https: undefined, no: ['a', '10.0.0.0/8'] }), {
    http_proxy: 'http://p:1',
    no_proxy: 'a,10.0.0.0/8',
    HTTP_PROXY: 'http://p:1',
    NO_PROXY: 'a,10.0.0.0/8',
  })
})

test('a proxy with a password stands in no environment', () => {
  const secret = new Secret('http://me:very-hidden@p:1', 'group_vars/all.yml:3')
  assert.throws(
    () => proxyEnvironment({ http: secret, https: undefined, no: [] }),
    /from group_vars\/all\.yml:3 has a password/,
  )
})

test('apt takes it from a file, which is a secret where it has a password', () => {
  assert.is(
    aptProxy({ http: 'http://p:1', https: undefined, no: ['mirror.example', '10.0.0.0/8'] }),
    'Acquire::http::Proxy "http://p:1";\n' +
      'Acquire::http::Proxy::mirror.example "DIRECT";\nAcquire::https::Proxy::mirror.example "DIRECT";\n',
  )
  const secret = new Secret('http://me:very-hidden@p:1', 'a test')
  const content = aptProxy({ http: secret, https: undefined, no: [] })
  assert.instance(content, Secret)
  assert.ok(content instanceof Secret && reveal(content).includes('me:very-hidden@p:1'))
})
