import * as assert from 'uvu/assert'
import { artifacts, defaultSettings } from '../../../lib/artifacts/index.ts'
import { addressesOf } from '../../../lib/artifacts/mirrors.ts'
import { locate } from '../../../lib/inventory/located.ts'
import { knownSecrets, reveal, Secret } from '../../../lib/secrets/secret.ts'
import { readVars } from '../../../lib/vars/schema.ts'
import type { Fault } from '../../../lib/vars/schema-type.ts'
import { suite } from '../../support/suite.ts'

const test = suite('artifacts/vars')

function read(value: unknown) {
  const faults: Fault[] = []
  const values = readVars(
    artifacts,
    locate('artifacts', value, { file: 'all.yml' }),
    (fault) => void faults.push(fault),
  )
  return { values, faults }
}

test('nothing has to be set', () => {
  assert.equal(read({}).values, defaultSettings)
  assert.equal(defaultSettings.proxy, { http: undefined, https: undefined, no: [] })
})

test('a proxy with a password is a secret, and so is the password', () => {
  const { proxy } = read({ proxy: { http: 'http://me:p%40ssword@p:1', https: 'http://p:2' } }).values
  assert.ok(proxy.http instanceof Secret)
  assert.is(reveal(proxy.http), 'http://me:p%40ssword@p:1')
  assert.ok(knownSecrets().has('p@ssword'))
  assert.is(proxy.https, 'http://p:2')
})

test('what is no proxy is refused without showing it', () => {
  const { faults } = read({ proxy: { http: 'me:password@p:1' } })
  assert.is(faults.length, 1)
  assert.not.match(JSON.stringify({ ...faults[0], at: undefined }), 'password@p')
})

const mirrors = [
  { from: 'https://dl.k8s.io/', to: 'https://one/k8s/', only: false },
  { from: 'https://dl.k8s.io/v1', to: 'https://never/', only: false },
  { from: 'https://dl.k8s.io/', to: 'https://two/k8s/', only: false },
]

test('the first prefix that fits decides, and the original comes last', () => {
  assert.equal(addressesOf('https://dl.k8s.io/v1/x', mirrors), [
    'https://one/k8s/v1/x',
    'https://two/k8s/v1/x',
    'https://dl.k8s.io/v1/x',
  ])
  assert.equal(addressesOf('https://other/x', mirrors), ['https://other/x'])
})

test('the original is not asked where the mirror is the only place', () => {
  const only = [{ from: 'https://dl.k8s.io/', to: 'https://one/', only: true }]
  assert.equal(addressesOf('https://dl.k8s.io/x', only), ['https://one/x'])
})

test('an address with a password in it is refused, and not shown', () => {
  assert.throws(
    () => addressesOf('https://me:hidden@host/x', []),
    /^An address at host holds a user or a password/,
  )
  assert.throws(() => addressesOf('ftp://host/x', []), /no address that begins with http/)
})
