import * as assert from 'uvu/assert'
import { locate } from '../../../lib/inventory/located.ts'
import { reveal, Secret } from '../../../lib/secrets/secret.ts'
import type { Duration } from '../../../lib/vars/duration.ts'
import {
  address,
  bool,
  cidr,
  defineVars,
  describeVars,
  dnsName,
  duration,
  int,
  list,
  object,
  oneOf,
  path,
  readVars,
  record,
  secret,
  string,
  type Infer,
  type Schema,
} from '../../../lib/vars/schema.ts'
import type { Fault } from '../../../lib/vars/schema-type.ts'
import { parseVariables } from '../../../lib/vars/yaml-file.ts'
import { suite } from '../../support/suite.ts'

const test = suite('typed variables')
const origin = { file: 'f.yml', line: 1, column: 1 }

/** What one schema makes of one value, or the faults it finds. */
function read(schema: Schema<unknown>, value: unknown, written?: string): unknown {
  const faults: Fault[] = []
  const result = schema.read(locate('v', value, origin, written), [], (fault) => faults.push(fault))
  return faults.length > 0
    ? faults.map(({ expected, found }) => `${expected} <> ${found}`).join('; ')
    : result
}

const doc = 'A test.'

const readings: readonly (readonly [string, Schema<unknown>, unknown, unknown])[] = [
  ['an address', address(), '10.0.0.1', '10.0.0.1'],
  ['an address of IPv6', address(), 'fd00::1', 'fd00::1'],
  ['a name is no address', address(), 'node1', 'IP address <> "node1"'],
  ['a network', cidr(), '10.42.0.0/16', '10.42.0.0/16'],
  ['a network longer than its address', cidr(), '10.42.0.0/33', 'network <> "10.42.0.0/33"'],
  ['an address is no network', cidr(), '10.42.0.0', 'network <> "10.42.0.0"'],
  ['a name of DNS', dnsName(), 'registry.example.com', 'registry.example.com'],
  ['a name in upper case', dnsName(), 'Registry', 'DNS name <> "Registry"'],
  ['an address is no name of DNS', dnsName(), '10.0.0.1', 'DNS name <> "10.0.0.1"'],
  ['a text', string(), 'a', 'a'],
  ['a list as text', string(), ['a'], 'text <> a list of 1'],
  ['a number', int(), 8080, 8080],
  ['a number as text', int(), '8080', 8080],
  ['a fraction', int(), 1.5, 'whole number <> 1.5'],
  ['a fraction as text', int(), '1.5', 'whole number <> "1.5"'],
  ['no text as a number', int(), '', 'whole number <> ""'],
  ['a number at the bound', int({ min: 1, max: 9, doc }), 9, 9],
  ['a number beyond the bound', int({ min: 1, max: 9, doc }), 10, 'whole number from 1 to 9 <> 10'],
  ['a number below the bound', int({ min: 1, doc }), 0, 'whole number of at least 1 <> 0'],
  ['true', bool(), true, true],
  ['yes as text', bool(), 'Yes', true],
  ['on', bool(), 'on', true],
  ['1', bool(), 1, true],
  ['off', bool(), 'off', false],
  ['0 as text', bool(), '0', false],
  ['maybe', bool(), 'maybe', 'true or false <> "maybe"'],
  ['2 as a condition', bool(), 2, 'true or false <> 2'],
  ['an absolute path', path(), '/etc/x', '/etc/x'],
  ['a relative path', path(), 'etc/x', 'absolute path <> "etc/x"'],
  ['one of the words', oneOf('a', 'b'), 'b', 'b'],
  ['another word', oneOf('a', 'b'), 'c', '"a" or "b" <> "c"'],
  ['a duration', duration(), '2m', '2m'],
  ['a number without a unit', duration(), 120, 'duration <> 120'],
  ['a list', list(int()), ['1', 2], [1, 2]],
  ['a list in JSON', list(int()), '[1, "2"]', [1, 2]],
  ['words that are no list', list(int()), 'a, b', 'list of whole number <> "a, b"'],
  ['a wrong item', list(int()), [1, 'x', 'y'], 'whole number <> "x"; whole number <> "y"'],
  ['a record', record(bool()), { a: 'no', b: true }, { a: false, b: true }],
  ['a record in JSON', record(int()), '{"a": "1"}', { a: 1 }],
  ['a record that is a list', record(int()), [1], 'map of whole number <> a list of 1'],
  ['an object in JSON', object({ a: int() }), '{"a": 1}', { a: 1 }],
  ['an unknown key', object({ aim: int({ doc, default: 1 }) }), { ain: 1 }, 'a known key <> "ain"'],
]

for (const [what, schema, value, result] of readings) {
  test(`${what} is read as ${JSON.stringify(result)}`, () => assert.equal(read(schema, value), result))
}

test('a text keeps what was written, so a version is no number', () => {
  assert.is(read(string(), 1.3, '1.30'), '1.30')
  assert.is(read(oneOf('on', 'off'), true, 'on'), 'on')
})

test('a secret keeps what was written, and is never shown', () => {
  const value = read(secret(), 1000, '1e3')
  assert.instance(value, Secret)
  assert.is(reveal(value as Secret), '1e3')
  assert.is(read(secret(), ['hunter2']), 'secret text <> a list of 1')
  assert.is(read(object({ token: secret() }), 'hunter2'), 'map <> a text that is not shown')
  assert.is(read(list(secret()), 'hunter2'), 'list of secret text <> a text that is not shown')
})

const vars = defineVars({
  version: string({ doc: 'The version.' }),
  port: int({ min: 1, max: 65_535, default: 6443, doc: 'The port.' }),
  mirror: string({ optional: true, doc: 'A mirror.' }),
  mode: oneOf('iptables', 'ipvs', { default: 'ipvs', doc: 'The proxy.' }),
  patience: duration({ default: '2m', doc: 'How long to wait.' }),
  token: secret({ optional: true, doc: 'The token.' }),
  tlsSan: list(string(), { default: [], doc: 'More names.' }),
  etcd: object(
    { dataDir: path({ default: '/var/lib/etcd', doc: 'The data.' }), quota: int({ doc: 'GiB.' }) },
    { doc: 'The store.' },
  ),
})

interface Expected {
  readonly version: string
  readonly port: number
  readonly mirror: string | undefined
  readonly mode: 'iptables' | 'ipvs'
  readonly patience: Duration
  readonly token: Secret | undefined
  readonly tlsSan: readonly string[]
  readonly etcd: { readonly dataDir: string; readonly quota: number }
}
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Does not compile unless the types are inferred to the letter. */
const inferred: Same<
  { [K in keyof Infer<typeof vars>]: Infer<typeof vars>[K] },
  { [K in keyof Expected]: Expected[K] }
> = true

async function readAll(yaml: string) {
  const faults: Fault[] = []
  const found = (await parseVariables(yaml, 'f.yml')).get('k3s')
  const values = readVars(vars, found, (fault) => faults.push(fault))
  return { values, faults }
}

test('defaults fill what is not set, and what is optional stays undefined', async () => {
  const { values, faults } = await readAll('k3s: {version: 1.30, port: null, etcd: {quota: 8}}')
  assert.equal(faults, [])
  assert.ok(inferred)
  assert.equal(values, {
    version: '1.30',
    port: 6443,
    mirror: undefined,
    mode: 'ipvs',
    patience: '2m',
    token: undefined,
    tlsSan: [],
    etcd: { dataDir: '/var/lib/etcd', quota: 8 },
  })
})

test('a default may be false, 0 or empty', () => {
  const falsy = {
    a: bool({ default: false, doc }),
    b: int({ default: 0, doc }),
    c: string({ default: '', doc }),
  }
  assert.equal(
    readVars(falsy, undefined, () => assert.unreachable()),
    { a: false, b: 0, c: '' },
  )
})

test('what is missing is reported with its path, inside an object as well', async () => {
  const { faults } = await readAll('k3s: {port: 1}')
  assert.equal(
    faults.map(({ path: where, found }) => [where.join('.'), found]),
    [
      ['version', 'nothing'],
      ['etcd.quota', 'nothing'],
    ],
  )
})

test('an unknown key is reported at its own place, with the nearest one', async () => {
  const { faults } = await readAll('k3s:\n  version: a\n  etcd: {quota: 1}\n  verison: b\n')
  assert.is(faults.length, 1)
  assert.is(faults[0]?.at?.origin.line, 4)
  assert.match(faults[0]?.advice ?? '', /Did you mean "version"\?/)
})

test('the table of variables is made of the schema', () => {
  const rows = describeVars(vars)
  assert.equal(rows[0], {
    name: 'version',
    type: 'text',
    default: undefined,
    required: true,
    doc: 'The version.',
  })
  assert.equal(rows[1], {
    name: 'port',
    type: 'whole number from 1 to 65535',
    default: '6443',
    required: false,
    doc: 'The port.',
  })
  assert.equal(
    rows.map((row) => row.name),
    [
      'version',
      'port',
      'mirror',
      'mode',
      'patience',
      'token',
      'tlsSan',
      'etcd',
      'etcd.dataDir',
      'etcd.quota',
    ],
  )
})

test('a default that is none of the words is a mistake of the role', () => {
  assert.throws(() => oneOf('a', 'b', { default: 'c', doc }), /The default "c" is not one of a, b/)
})

test('a variable without a doc is a mistake of the role', () => {
  assert.throws(() => defineVars({ port: int() }), /The variable "port" has no doc/)
})
