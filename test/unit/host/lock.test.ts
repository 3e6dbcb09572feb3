import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { takeLock, thisHolder } from '../../../lib/host/lock.ts'
import { ourPaths } from '../../../lib/host/paths.ts'
import { suite } from '../../support/suite.ts'

const test = suite('host/lock')
const holder = thisHolder('mine')

/** Tries to take a lock that holds this; the scripts that were run. */
async function take(content: string): Promise<readonly string[]> {
  const scripts: string[] = []
  await takeLock(
    'node1',
    async (script) => {
      scripts.push(script)
      const held = scripts.length === 1
      return { code: held ? 45 : 0, stdout: Buffer.from(content), stderr: Buffer.alloc(0), dropped: 0 }
    },
    holder,
    ourPaths,
  )
  return scripts
}

test('A lock says who holds it', () =>
  rejects(
    () => take(`${JSON.stringify({ ...holder, controller: 'other id', run: 'theirs' })}\n500.0\n100.0`),
    /node1 is being worked on by the run theirs .* on other/,
  ))

test('A lock in which nobody is named is taken over', async () => {
  for (const content of ['null', '5', '[]', '{}', '{"run":"x"}', '\0\0\0', '']) {
    const scripts = await take(`${content}\n500.0\n100.0`)
    assert.match(scripts[1] ?? '', /^mv -- /, content)
  }
})
