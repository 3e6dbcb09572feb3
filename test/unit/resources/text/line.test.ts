import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { line } from '../../../../lib/resources/text/line.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('line')
const path = '/etc/ssh/sshd_config'
const match = '^#?PermitRootLogin\\s'
const resource = line({ path, line: 'PermitRootLogin no', match })
const absent = line({ path, line: '', match, state: 'absent' })

function hostWith(content: string): FakeHost {
  const host = new FakeHost('a')
  host.files.write(path, content, { mode: 0o600 })
  return host
}

for (const [what, content] of Object.entries({
  'where none matches': 'Port 22\n',
  'at an end without newline': 'Port 22',
  'in place of the one that matches': 'Port 22\n#PermitRootLogin yes\nUsePAM yes\n',
  'in place of the last of those that match': 'PermitRootLogin yes\nPort 22\nPermitRootLogin yes\n',
  'in place of the last line of the file, without newline': 'Port 22\nPermitRootLogin yes',
  'in an empty file': '',
})) {
  test(`A line is set ${what}, and the file is as it was after a revert`, () =>
    keepsContract({ host: hostWith(content), resource, hidden: ['Port', 'Permit'] }))
}

test('The last line that matches is replaced where it stands', async () => {
  const host = hostWith('PermitRootLogin a\nPort 22\nPermitRootLogin b\nUsePAM yes\n')
  await bring(host, resource)
  assert.is(host.files.read(path), 'PermitRootLogin a\nPort 22\nPermitRootLogin no\nUsePAM yes\n')
})

for (const [where, content] of Object.entries({
  'in the midst': 'Port 22\nPermitRootLogin no\nUsePAM yes\n',
  'at the start': 'PermitRootLogin no\nUsePAM yes\n',
  'at the end': 'Port 22\nPermitRootLogin no\n',
  'at an end without newline': 'Port 22\nPermitRootLogin no',
  'in several places': 'PermitRootLogin a\nPort 22\nPermitRootLogin b\nPermitRootLogin c\nUsePAM yes\n',
  everywhere: 'PermitRootLogin a\nPermitRootLogin a\n',
})) {
  test(`What matches is removed ${where}, and stands there again after a revert`, () =>
    keepsContract({ host: hostWith(content), resource: absent }))
}

test('A line without a pattern is found by itself', async () => {
  const host = hostWith('Port 22\n')
  const plain = line({ path, line: 'UsePAM yes' })
  await keepsContract({ host, resource: plain })
  await bring(host, plain)
  assert.is(host.files.read(path), 'Port 22\nUsePAM yes\n')
  assert.is(await bring(host, plain), undefined)
})

test('A removed line goes back between its neighbours, though lines came before them', async () => {
  const host = hostWith('Port 22\nPermitRootLogin yes\nUsePAM yes\n')
  const change = await bring(host, absent)
  host.files.write(path, `# theirs\n${host.files.read(path)}`)
  if (change !== undefined) await kindOf('line').apply(host, absent.ref, { from: change.to, to: change.from })
  assert.is(host.files.read(path), '# theirs\nPort 22\nPermitRootLogin yes\nUsePAM yes\n')
})

test('A removed line goes back after the one before it, when the other neighbour is gone', async () => {
  const host = hostWith('Port 22\nPermitRootLogin yes\nUsePAM yes\n')
  const change = await bring(host, absent)
  host.files.write(path, '# theirs\nPort 22\nX11Forwarding no\n')
  if (change !== undefined) await kindOf('line').apply(host, absent.ref, { from: change.to, to: change.from })
  assert.is(host.files.read(path), '# theirs\nPort 22\nPermitRootLogin yes\nX11Forwarding no\n')
})

test('Of several places with one such neighbour, it goes back to the one with both', async () => {
  const before = '{\na\n}\n{\nPermitRootLogin yes\n}\n'
  const host = hostWith(before)
  const change = await bring(host, absent)
  host.files.write(path, `# theirs\n${host.files.read(path)}`)
  if (change !== undefined) await kindOf('line').apply(host, absent.ref, { from: change.to, to: change.from })
  assert.is(host.files.read(path), `# theirs\n${before}`)
})

test('What stands there already is not written again', async () => {
  const host = hostWith('PermitRootLogin no\n')
  const state = await stateOf(host, resource)
  await kindOf('line').apply(host, resource.ref, { from: { is: 'absent' }, to: state })
  assert.equal(host.traffic.writes, [])
})

test('A file that is missing may still come', async () => {
  await rejects(() => bring(new FakeHost('a'), resource), /There is no file \/etc\/ssh\/sshd_config\./)
  assert.is(await bring(new FakeHost('a'), absent), undefined)
})

test('A line that its own pattern does not find is refused', () => {
  assert.throws(() => line({ path, line: 'Port 22', match: '^PermitRootLogin' }), /added in every run/)
  assert.throws(() => line({ path, line: 'a\nb' }), /more than one line/)
})

test('Its digest follows the line and not where it stands', async () => {
  const digest = async (content: string) =>
    kindOf('line').digest?.(await stateOf(hostWith(content), resource))
  assert.is(await digest('PermitRootLogin no\n'), await digest('Port 22\nPermitRootLogin no\n'))
  assert.not.equal(await digest('PermitRootLogin no\n'), await digest('PermitRootLogin yes\n'))
})
