import * as assert from 'uvu/assert'
import { parseVariables } from '../../../lib/vars/yaml-file.ts'
import { yamlScalar } from '../../../lib/vars/yaml-scalar.ts'
import { failureOf } from '../inventory/scratch.ts'
import { suite } from '../../support/suite.ts'

const test = suite('files of variables')

/** Each was read by ansible-core 2.14.18. */
const captured: readonly (readonly [string, unknown])[] = [
  ['yes', true],
  ['Off', false],
  ['y', 'y'],
  ['~', null],
  ['010', 8],
  ['-010', -8],
  ['0o17', '0o17'],
  ['0x1F', 31],
  ['0b101', 5],
  ['1_000', 1000],
  ['1.30', 1.3],
  ['.5', 0.5],
  ['1.', 1],
  ['1e3', '1e3'],
  ['1.5e+3', 1500],
  ['1:30', 90],
  ['190:20:30', 685_230],
  ['2024-01-01', '2024-01-01'],
  ['v1.30.2+k3s1', 'v1.30.2+k3s1'],
  ['12e3', '12e3'],
]
for (const [source, value] of captured) {
  test(`${source} is ${JSON.stringify(value)}`, () => assert.is(yamlScalar(source), value))
}

test('a number too long to be held exactly stays text', () => {
  assert.is(yamlScalar('12345678901234567890'), '12345678901234567890')
})

test('every value knows its place, in maps and lists', async () => {
  const found = (
    await parseVariables('a: 1\nk3s:\n  names:\n    - one\n    - two\n  inner: {x: y}\n', 'f.yml')
  ).get('k3s')
  assert.equal(found?.origin, { file: 'f.yml', line: 2, column: 1 })
  assert.equal(found?.entries?.get('names')?.items?.[1]?.origin, { file: 'f.yml', line: 5, column: 7 })
  assert.equal(found?.entries?.get('inner')?.entries?.get('x')?.origin, {
    file: 'f.yml',
    line: 6,
    column: 11,
  })
  assert.equal(found?.value, { names: ['one', 'two'], inner: { x: 'y' } })
})

test('what is quoted is text, and a number remembers how it was written', async () => {
  const found = await parseVariables('a: "1.30"\nb: 1.30\nc: !!str 1.30\nd: |\n  1\n', 'f.yml')
  assert.equal(
    [...found.values()].map(({ value, written }) => [value, written]),
    [
      ['1.30', undefined],
      [1.3, '1.30'],
      ['1.30', undefined],
      ['1\n', undefined],
    ],
  )
})

test('anchors and merge keys work; own keys win', async () => {
  const found = await parseVariables('a: &a {x: 1, y: 1}\nb: {<<: *a, y: 2}\nc: *a\n', 'f.yml')
  assert.equal(found.get('b')?.value, { x: 1, y: 2 })
  assert.equal(found.get('c')?.value, { x: 1, y: 1 })
})

test('a byte order mark and Windows line ends do no harm', async () => {
  const found = await parseVariables('\uFEFFa: 1\r\nb: x\r\n', 'f.yml')
  assert.equal([found.get('a')?.value, found.get('b')?.value], [1, 'x'])
})

test('an empty file has no variables', async () => {
  assert.is((await parseVariables('', 'f.yml')).size, 0)
  assert.is((await parseVariables('---\n# nothing\n', 'f.yml')).size, 0)
})

const broken: readonly (readonly [string, string, RegExp])[] = [
  ['a list', '- a\n', /^f\.yml:1: expected a map of variables, found a list/],
  ['a text', 'hello\n', /expected a map of variables, found text/],
  ['a key twice', 'a: 1\na: 2\n', /^f\.yml:2:1: expected YAML/],
  ['a tab', '\ta: 1', /^f\.yml:1:1: expected YAML.*Tabs/],
  ['an unknown anchor', 'b: *a\n', /found the alias \*a, but there is no such anchor/],
  ['an anchor in itself', 'a: &a [*a]\n', /it would hold itself/],
  ['a tag', 'a: !!binary aGk=\n', /found the tag tag:yaml.org,2002:binary/],
]
for (const [what, text, message] of broken) {
  test(`${what} is refused with its place`, async () => {
    const error = await failureOf(() => parseVariables(text, 'f.yml'))
    assert.is(error.name, 'UserError')
    assert.match(error.message, message)
  })
}

test('an error does not quote the file, which may hold secrets', async () => {
  const error = await failureOf(() => parseVariables('token: hunter2\n  bad: x\n', 'f.yml'))
  assert.not.match(JSON.stringify([error.message, error.cause]), /hunter2/)
})

test('a number beyond all numbers stays text', async () => {
  const found = await parseVariables('a: 1.5e+999\n', 'all.yml')
  assert.is(found.get('a')?.value, '1.5e+999')
})
