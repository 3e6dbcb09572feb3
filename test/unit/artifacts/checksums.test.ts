import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { checksumFrom, parseChecksums } from '../../../lib/artifacts/checksums.ts'
import { defaultSettings } from '../../../lib/artifacts/index.ts'
import { ArtifactServer } from '../../support/artifact-server.ts'
import { suite } from '../../support/suite.ts'

const test = suite('artifacts/checksums')
const a = 'a'.repeat(64)
const b = 'B'.repeat(64)
const settings = { ...defaultSettings, stall: '300ms', attempts: 2 } as const

test('a list is read in each of its forms', () => {
  assert.is(parseChecksums(`${a}  one\n${b} *./two\n`, 'two'), b.toLowerCase())
  assert.is(parseChecksums(`SHA256 (one) = ${a}\nSHA256 (two) = ${b}\n`, 'one'), a)
  assert.is(parseChecksums(`${a}\n`, 'whatever'), a)
  assert.is(parseChecksums(`${a}  one.sig\n`, 'one'), undefined)
  assert.is(parseChecksums('<html>not found</html>', 'one'), undefined)
})

test('a list is fetched once, however many ask', async () => {
  const server = await new ArtifactServer(Buffer.from(`${a}  one\n${b}  two\n`), [{ status: 503 }]).listen()
  try {
    const source = { url: server.url, settings }
    const found = await Promise.all([checksumFrom(source, 'one'), checksumFrom(source, 'two')])
    assert.equal(found, [a, b.toLowerCase()])
    await rejects(checksumFrom(source, 'three'), /names no three/)
    assert.is(server.requests.length, 2)
  } finally {
    await server.close()
  }
})

test('a list that cannot be had is an error that says why', async () => {
  const server = await new ArtifactServer(Buffer.from('x'), [{ status: 404 }, { stallAt: 0 }]).listen()
  const source = { url: server.url, settings }
  try {
    await rejects(checksumFrom(source, 'one'), /: answered 404 Not Found/)
    server.faults.push({ stallAt: 0 })
    await rejects(checksumFrom(source, 'one'), /stalled|did not answer/)
  } finally {
    await server.close()
  }
})
