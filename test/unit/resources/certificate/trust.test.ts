import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { newDraft } from '../../../../lib/pki/issue.ts'
import { makeMove } from '../../../../lib/pki/moves.ts'
import type { AuthorityPlace } from '../../../../lib/pki/place.ts'
import type { Move } from '../../../../lib/pki/replacement.ts'
import { trust } from '../../../../lib/resources/certificate/trust.ts'
import { kindOf } from '../../../../lib/task/kind.ts'
import { NotYet } from '../../../../lib/task/outcome.ts'
import { bring, stateOf } from '../../../support/bring.ts'
import { keepsContract } from '../../../support/contract.ts'
import { FakeHost } from '../../../support/fake-host.ts'
import { newPlace } from '../../../support/pki.ts'
import { suite } from '../../../support/suite.ts'

const test = suite('trust')
const path = '/etc/app-ca.crt'

async function move(place: AuthorityPlace, ...moves: readonly Move[]): Promise<AuthorityPlace> {
  const wanted = { commonName: 'etcd', algorithm: 'ecdsa', days: 100 } as const
  for (const each of moves) await makeMove(place, each, { ...wanted, draft: newDraft() })
  return place
}

function textOn(host: FakeHost): string {
  return host.files.bytes(path)?.toString() ?? ''
}

test('The certificate of an authority is put on a host, and is gone after a revert', async () => {
  const authority = await move(newPlace(), 'make')
  const host = new FakeHost('a')
  host.files.write(path, 'theirs\n', { mode: 0o600 })
  for (const found of [new FakeHost('a'), host]) {
    await keepsContract({ host: found, resource: trust({ path, authority, mode: 0o640 }) })
  }
})

test('While one authority takes the place of another, both are trusted', async () => {
  const authority = await move(newPlace(), 'make')
  const host = new FakeHost('a')
  const counts: number[] = []
  for (const moves of [[], ['introduce'], ['drop']] as const) {
    if (moves[0] === 'drop') {
      const before = textOn(host)
      await move(authority, 'switch')
      assert.is(await bring(host, trust({ path, authority })), undefined)
      assert.is(textOn(host), before)
    }
    await move(authority, ...moves)
    await bring(host, trust({ path, authority }))
    counts.push(textOn(host).split('BEGIN').length - 1)
  }
  assert.equal(counts, [1, 2, 1])
})

test('Before there is an authority it cannot be told what is trusted, only that something will be', async () => {
  const resource = trust({ path, authority: newPlace() })
  await rejects(
    () => bring(new FakeHost('a'), resource),
    (error: Error) => error instanceof NotYet && error.foreseen?.is === 'file',
  )
})

test('Its digest changes with what is trusted', async () => {
  const authority = await move(newPlace(), 'make')
  const host = new FakeHost('a')
  const digest = async () => kindOf('trust').digest?.(await stateOf(host, trust({ path, authority })))
  const digests = [await digest()]
  for (const moves of [[], ['introduce']] as const) {
    await move(authority, ...moves)
    await bring(host, trust({ path, authority }))
    digests.push(await digest())
  }
  assert.is(new Set(digests).size, 3)
})
