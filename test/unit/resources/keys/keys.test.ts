import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { keys, type KeysArgs } from '../../../../lib/resources/keys/keys.ts'
import { Secret } from '../../../../lib/secrets/secret.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { same } from '../../../../lib/task/state.ts'
import { undoOf } from '../../../../lib/task/undo.ts'
import { bring, reading, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('keys')
const path = '/etc/app/config'

function hostWith(content?: string, mode = 0o644): FakeHost {
  const host = new FakeHost('a')
  host.files.mkdir('/etc/app')
  if (content !== undefined) host.files.write(path, content, { mode })
  return host
}

interface Edit extends Omit<KeysArgs, 'path'> {
  readonly title: string
  readonly before?: string
  readonly after: string
}

const yaml = `# top
server:   https://a   # ours
tls:
    san:
    - a   # first
    - b

# about flags
flags: {v: 2}
`
const json = '{\n\t"log": {"level": "info"},\n\t"list": [1,\n\t\t2],\n\t"n": 1.0\n}\n'
const toml = `# top

version = 3   # v

[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "pause:3.8" # image
    size = 9007199254740993
    list = [ 1,
      2 ]
`
const ini = '; top\nname=x\n\n[main]\n  plugins = a,b ; which\n# about dns\n  dns = none\n\n[other]\nx=1\n'

const edits: readonly Edit[] = [
  {
    title: 'a value, before its comment',
    format: 'yaml',
    set: { server: 'https://b' },
    before: yaml,
    after: yaml.replace('https://a', 'https://b'),
  },
  {
    title: 'a text that other readers would take for a truth value',
    format: 'yaml',
    set: { server: 'yes', 'tls.enabled': true },
    before: yaml,
    after: yaml.replace('https://a', '"yes"').replace('    - b\n', '    - b\n    enabled: true\n'),
  },
  {
    title: 'a list in place of a list',
    format: 'yaml',
    set: { 'tls.san': ['c'] },
    before: yaml,
    after: yaml.replace('    - a   # first\n    - b\n', '        - c\n'),
  },
  {
    title: 'a map where there was none, in a map in braces, and at the end',
    format: 'yaml',
    set: { 'flags.x': 1, 'a.b.c': [{ d: 1 }] },
    before: yaml,
    after: `${yaml.replace('{v: 2}', '{v: 2, "x": 1}')}a:\n    b:\n        c:\n            - d: 1\n`,
  },
  {
    title: 'less than there was',
    format: 'yaml',
    unset: ['server', 'flags', 'tls.none'],
    before: yaml,
    after: yaml.replace(/^server.*\n/m, '').replace(/^flags.*\n/m, ''),
  },
  {
    title: 'the last key of a map less',
    format: 'yaml',
    unset: ['tls.san'],
    before: yaml,
    after: yaml.replace(/ {4}san:\n.*\n.*\n/, '').replace('tls:\n', 'tls: {}\n'),
  },
  {
    title: 'a scalar in place of a list, and a text of several lines',
    format: 'yaml',
    set: { 'tls.san': 'none', server: 'a\nb\n' },
    before: yaml,
    after: yaml.replace(/san:\n.*\n.*\n/, 'san: none\n').replace('https://a', String.raw`"a\nb\n"`),
  },
  {
    title: 'keys where there are comments only',
    format: 'yaml',
    set: { 'a.b': 1 },
    before: '# x',
    after: '# x\na:\n  b: 1\n',
  },
  {
    title: 'a value where there is none',
    format: 'yaml',
    set: { a: 1, 'b.c': 2 },
    before: 'a:\nb: {}\n',
    after: 'a: 1\nb:\n  c: 2\n',
  },
  { title: 'a new file', format: 'yaml', set: { 'a.b': 1, c: 'x' }, after: 'a:\n  b: 1\nc: x\n' },
  {
    title: 'values, new ones and less',
    format: 'json',
    set: { 'log.level': 'warn', 'log.file': '/x', list: [3], new: { a: [1] } },
    unset: ['n'],
    before: json,
    after:
      '{\n\t"log": {"level": "warn", "file": "/x"},\n\t"list": [\n\t\t3\n\t],\n\t"new": {\n\t\t"a": [\n\t\t\t1\n\t\t]\n\t}\n}\n',
  },
  {
    title: 'a number that no other program may lose',
    format: 'json',
    set: { a: 1 },
    before: '{"big":12345678901234567890,"x":1.0}',
    after: '{"big":12345678901234567890,"x":1.0,"a":1}',
  },
  { title: 'the only key less', format: 'json', unset: ['a'], before: '{ "a": 1 }\n', after: '{}\n' },
  {
    title: 'a key in an empty file',
    format: 'json',
    set: { a: { b: 1 } },
    before: '{}\n',
    after: '{\n  "a": {\n    "b": 1\n  }\n}\n',
  },
  { title: 'a new file', format: 'json', set: { 'a.b': 1 }, after: '{\n  "a": {\n    "b": 1\n  }\n}\n' },
  {
    title: 'values in a table whose name has dots',
    format: 'toml',
    set: [
      [['plugins', 'io.containerd.grpc.v1.cri', 'sandbox_image'], 'pause:3.10'],
      ['plugins."io.containerd.grpc.v1.cri".registry.config_path', '/etc/containerd/certs.d'],
    ],
    before: toml,
    after: `${toml.replace('pause:3.8', 'pause:3.10')}    registry = { config_path = "/etc/containerd/certs.d" }\n`,
  },
  {
    title: 'less than there was',
    format: 'toml',
    unset: ['version'],
    before: toml,
    after: toml.replace(/^version.*\n/m, ''),
  },
  {
    title: 'a new file',
    format: 'toml',
    set: { 'a.b': [1, 'x'], c: true },
    after: 'c = true\n\n[a]\nb = [ 1, "x" ]\n',
  },
  {
    title: 'values in sections, as they are written there',
    format: 'ini',
    set: { 'main.plugins': 'c', 'main.no-auto-default': '*', name: 'y', 'new.one.a': 1 },
    unset: ['main.dns'],
    before: ini,
    after:
      '; top\nname=y\n\n[main]\n  plugins = c ; which\n# about dns\n  no-auto-default = *\n\n[other]\nx=1\n\n[new.one]\na=1\n',
  },
  {
    title: 'a key before all sections',
    format: 'ini',
    set: { a: 'x y' },
    before: '[s]\nb = 1\n',
    after: 'a = x y\n[s]\nb = 1\n',
  },
  { title: 'a new file', format: 'ini', set: { 's.a': 'x', 's.b': ' y ' }, after: '[s]\na=x\nb=" y "\n' },
]

for (const { title, before, after, ...rest } of edits) {
  test(`${rest.format.toUpperCase()} gets ${title}, and is as it was after a revert`, async () => {
    const resource = keys({ path, ...rest })
    const host = hostWith(before)
    await bring(host, resource)
    assert.is(host.files.read(path), after)
    assert.is(await bring(host, resource), undefined)
    await keepsContract({ host: hostWith(before), resource, hidden: ['https', 'pause:3', 'certs.d'] })
  })
}

const files = {
  yaml: 'a: 1\nb: 2\n',
  json: '{"a": 1, "b": 2}\n',
  toml: 'a = 1\nb = 2\n',
  ini: 'a = 1\nb = 2\n',
} as const
const more = {
  yaml: (text: string) => `# theirs\n${text}`.replace('b: 2', 'b:   3'),
  json: (text: string) => text.replace('"b": 2', '"b":  3'),
  toml: (text: string) => `# theirs\n${text.replace('b = 2', 'b  = 3')}`,
  ini: (text: string) => `# theirs\n${text.replace('b = 2', 'b  = 3')}`,
} as const
for (const format of ['yaml', 'json', 'toml', 'ini'] as const) {
  test(`What others changed in the meantime stays through a revert: ${format}`, async () => {
    const host = hostWith(files[format])
    const resource = keys({ path, format, set: { a: 5, 'c.d': 1 } })
    const change = await bring(host, resource)
    assert.ok(change)
    host.files.write(path, more[format](host.files.read(path) ?? ''))
    await kindOf('keys').apply(host, resource.ref, { from: await stateOf(host, resource), to: change.from })
    assert.is(host.files.read(path)?.trim(), more[format](files[format]).trim())
  })

  test(`A file that we made stays with what others put into it, without ours: ${format}`, async () => {
    const host = hostWith()
    const resource = keys({ path, format, set: { 'a.b': 1 } })
    const change = await bring(host, resource)
    assert.ok(change)
    const theirs = keys({ path, format, set: { theirs: 1 } })
    await bring(host, theirs)
    await kindOf('keys').apply(host, resource.ref, { from: await stateOf(host, resource), to: change.from })
    assert.ok(same(await stateOf(host, resource), { is: 'keys' }))
    assert.is(await bring(host, theirs), undefined)
    assert.not.match(host.files.read(path) ?? '', /\ba\b/)
  })
}

test('Of several keys, the one that somebody edited stays and the others go back', async () => {
  const host = hostWith(yaml)
  const resource = keys({ path, format: 'yaml', set: { server: 'https://b', 'tls.enabled': true } })
  const change = await bring(host, resource)
  assert.ok(change)
  host.files.write(path, host.files.read(path)?.replace('https://b', 'https://c') ?? '')
  const actual = await stateOf(host, resource)
  const undo = undoOf({ ...change, done: true }, actual)
  assert.is(undo.is, 'apply')
  if (undo.is !== 'apply') return
  assert.equal(undo.kept, ['#server'])
  await kindOf('keys').apply(host, resource.ref, { from: actual, to: undo.to })
  assert.is(host.files.read(path), yaml.replace('https://a', 'https://c'))
})

test('A secret is in no state, and its file is for its owner only', async () => {
  const token = new Secret('correct horse', 'a test')
  for (const before of [undefined, 'token: battery staple\n']) {
    const resource = keys({ path, format: 'yaml', set: { token } })
    await keepsContract({ host: hostWith(before), resource, hidden: ['horse', 'staple'] })
    const host = hostWith(before)
    await bring(host, resource)
    assert.is(host.snapshot()['files']?.[path], 'file 600 root:root "token: correct horse\\n"')
  }
  assert.throws(() => keys({ path, format: 'yaml', set: { token }, mode: 0o644 }), /at most 0600/)
})

test('A mode that is given is kept, and one that is not is nobody else to change', async () => {
  const given = keys({ path, format: 'ini', set: { a: 1 }, mode: 0o640 })
  await keepsContract({ host: hostWith('a=1\n', 0o600), resource: given })
  const host = hostWith('a=0\n', 0o604)
  await bring(host, keys({ path, format: 'ini', set: { a: 1 } }))
  assert.is(host.snapshot()['files']?.[path], 'file 604 root:root "a=1\\n"')
})

for (const [format, broken, told] of [
  ['yaml', 'a: 1\nb: [\n', /config on a is no sound YAML, line \d: Flow sequence/],
  ['yaml', 'a: 1\n---\nb: 1\n', /line 2: one document was expected/],
  ['yaml', '- a\n', /line 1: keys with values were expected/],
  ['json', '{\n "a": 1\n "b": 2\n}', /is no sound JSON, line 3: Expected ',' or '}'/],
  ['json', '{\n "a": 1,\n', /is no sound JSON, line 3: Expected double-quoted property name/],
  ['toml', 'a = 1\nb =\n', /is no sound TOML, line 2/],
  ['ini', 'a=1\n[b\n', /is no sound INI, line 2: a section was expected to end with \]/],
  ['ini', 'a=1\na=2\n', /line 2: a stands there more than once/],
] as const) {
  test(`A file that cannot be read says where and what was expected: ${JSON.stringify(broken)}`, async () => {
    const seen = await reading(hostWith(broken), keys({ path, format, set: { a: 1 } }))
    assert.match(seen instanceof Error ? seen.message : 'it was read', told)
  })
}

test('A key in what is no table is refused, and so are keys that hold each other', async () => {
  await rejects(
    () => bring(hostWith('a: x\n'), keys({ path, format: 'yaml', set: { 'a.b': 1 } })),
    /a is no table/,
  )
  assert.throws(() => keys({ path, format: 'yaml', set: { a: 1 }, unset: ['a.b'] }), /a part of it/)
  assert.throws(() => keys({ path, format: 'yaml', set: { 'a..b': 1 } }), /is no key/)
  assert.throws(() => keys({ path, format: 'yaml' }), /No key/)
})

test('A value that another key stands for by an alias is not changed behind its back', async () => {
  const aliased = 'a: &x\n  b: 1\nc: *x\n'
  const set = (key: string) => bring(hostWith(aliased), keys({ path, format: 'yaml', set: { [key]: 2 } }))
  await rejects(() => set('a'), /a cannot be changed without changing what else stands in the file/)
  await rejects(() => set('a.b'), /cannot be changed/)
  assert.ok(await set('c'))
})

test('It owns its keys only, and names them in what it says', async () => {
  const { claim, show } = kindOf('keys')
  const resource = keys({ path, format: 'toml', set: { 'a."b.c"': 1 }, unset: [['d', 'e']] })
  assert.equal(claim(resource.ref, resource.spec), [`path:${path}#a."b.c"`, `path:${path}#d.e`])
  const change = await bring(hostWith('[d]\ne = 1\n'), resource)
  assert.ok(change)
  assert.equal(show?.(change), [
    { field: 'd.e', from: 'another value', to: 'absent' },
    { field: 'a."b.c"', from: 'absent', to: 'the wanted value' },
  ])
})

test('A file without a folder may still come', () =>
  rejects(
    () => bring(new FakeHost('a'), keys({ path: '/srv/x/y', format: 'yaml', set: { a: 1 } })),
    /There is no directory \/srv\/x\./,
  ))
