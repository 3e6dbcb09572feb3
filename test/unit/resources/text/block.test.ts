import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { block } from '../../../../lib/resources/text/block.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('block')
const path = '/etc/hosts'
const resource = block({ path, name: 'cluster', content: '10.0.0.1 a\n10.0.0.2 b\n' })
const written = '# BEGIN cluster\n10.0.0.1 a\n10.0.0.2 b\n# END cluster\n'
const older = '# BEGIN cluster\n10.0.0.9 z\n# END cluster\n'

function hostWith(content: string): FakeHost {
  const host = new FakeHost('a')
  host.files.write(path, content, { mode: 0o640 })
  return host
}

for (const [what, content] of Object.entries({
  'with lines': 'one\ntwo\n',
  'that is empty': '',
  'without a newline at its end': 'one\ntwo',
  'of an empty line': '\n',
})) {
  test(`A block comes to the end of a file ${what}, and its removal leaves the file as it was`, () =>
    keepsContract({ host: hostWith(content), resource, hidden: ['10.0.0', 'one'] }))
}

test('A block is replaced where it stands, and stands again after a revert', async () => {
  await keepsContract({ host: hostWith(`one\n${older}two\n`), resource, hidden: ['10.0.0', 'one'] })
  const host = hostWith(`one\n${older}two`)
  await bring(host, resource)
  assert.is(host.files.read(path), `one\n${written}two`)
})

for (const content of ['one\ntwo\n', 'one', '']) {
  test(`A block comes to the start of a file with ${JSON.stringify(content)}, where that is asked for`, async () => {
    const first = block({ path, name: 'cluster', content: '10.0.0.1 a\n10.0.0.2 b\n', at: 'start' })
    await keepsContract({ host: hostWith(content), resource: first })
    const host = hostWith(content)
    await bring(host, first)
    assert.is(host.files.read(path), `${written}${content}`)
    host.files.write(path, `zero\n${older}one\n`)
    await bring(host, first)
    assert.is(host.files.read(path), `zero\n${written}one\n`)
  })
}

for (const [where, content] of Object.entries({
  'in the midst': `one\n${older}two\n`,
  'at the start': `${older}two\n`,
  'at the end': `one\n${older}`,
  'at an end without newline': `one\n${older.trimEnd()}`,
  'all there is': older,
})) {
  test(`A block that is removed ${where} stands there again after a revert`, () =>
    keepsContract({ host: hostWith(content), resource: block({ path, name: 'cluster', state: 'absent' }) }))
}

test('A removed block goes back between its neighbours, though lines came before them', async () => {
  const host = hostWith(`one\n${older}two\n`)
  const absent = block({ path, name: 'cluster', state: 'absent' })
  const change = await bring(host, absent)
  host.files.write(path, `zero\n${host.files.read(path)}three\n`)
  if (change !== undefined)
    await kindOf('block').apply(host, absent.ref, { from: change.to, to: change.from })
  assert.is(host.files.read(path), `zero\none\n${older}two\nthree\n`)
})

test('What others wrote after the block stays when it goes', async () => {
  const host = hostWith('one')
  const change = await bring(host, resource)
  host.files.write(path, `${host.files.read(path)}theirs\n`)
  if (change !== undefined)
    await kindOf('block').apply(host, resource.ref, { from: change.to, to: change.from })
  assert.is(host.files.read(path), 'one\ntheirs\n')
})

test('Several blocks of one file do not know of each other', async () => {
  const host = hostWith('one\n')
  const other = block({ path, name: 'other', content: 'x' })
  await bring(host, resource)
  await bring(host, other)
  assert.is(host.files.read(path), `one\n${written}# BEGIN other\nx\n# END other\n`)
  await kindOf('block').read(host, [resource.ref, other.ref])
  assert.is(await bring(host, resource), undefined)
})

test('A begin that lost its end swallows nothing', async () => {
  const host = hostWith('# BEGIN cluster\ntheirs\n')
  await bring(host, resource)
  assert.is(host.files.read(path), `# BEGIN cluster\ntheirs\n${written}`)
  assert.is(await bring(host, resource), undefined)
})

test('Mode and owner of the file stay', async () => {
  const host = hostWith('one\n')
  await bring(host, resource)
  const entry = host.files.get(path)
  assert.is(entry?.type === 'file' && entry.mode, 0o640)
})

test('What stands there already is not written again', async () => {
  const host = hostWith(`one\n${written}`)
  const state = await stateOf(host, resource)
  await kindOf('block').apply(host, resource.ref, { from: { is: 'absent' }, to: state })
  assert.equal(host.traffic.writes, [])
})

test('A file that is missing may still come', async () => {
  await rejects(() => bring(new FakeHost('a'), resource), /There is no file \/etc\/hosts\./)
  assert.is(await bring(new FakeHost('a'), block({ path, name: 'cluster', state: 'absent' })), undefined)
})

test('A link is not followed', async () => {
  const host = new FakeHost('a')
  host.files.link(path, '/etc/other')
  await rejects(() => bring(host, resource), /\/etc\/hosts is a link/)
})

test('Other markers fit other files', async () => {
  const host = hostWith('one\n')
  await bring(host, block({ path, name: 'x', content: 'set a=1', marker: '//' }))
  assert.is(host.files.read(path), 'one\n// BEGIN x\nset a=1\n// END x\n')
})

test('Its digest is its content', async () => {
  const digest = async (content: string) =>
    kindOf('block').digest?.(await stateOf(hostWith(content), resource))
  assert.is(await digest(`one\n${older}`), await digest(`two\n${older}three\n`))
  assert.is(await digest('one\n'), 'absent')
})

test('It owns a part of the file', () => {
  assert.equal(kindOf('block').claim(resource.ref, resource.spec), ['path:/etc/hosts#cluster'])
})

test('A block that could not be found again is refused', () => {
  assert.throws(() => block({ path, name: 'x', content: '# END x' }), /its own marker/)
  assert.throws(() => block({ path, name: 'a\nb', content: 'x' }), /a name of one line/)
  assert.throws(() => block({ path, name: 'x' }), /either content or the state absent/)
})
