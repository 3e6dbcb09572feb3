import * as assert from 'uvu/assert'
import type { Output } from '../../../lib/transport/session.ts'
import { openSession } from '../../../lib/transport/kept-session.ts'
import { dialCommand } from '../../../lib/transport/process-connection.ts'
import { suite } from '../../support/suite.ts'
import { Place, thrown } from './shells.ts'

function said({ code, stdout, stderr }: Output) {
  return { code, stdout: stdout.toString(), stderr: stderr.toString() }
}

const test = suite('kept shell')
const place = new Place()
test.after(() => place.remove())

test('of too much output the tail is kept, and what went is counted', async () => {
  const session = place.session({ outputBytes: 1000 })
  const { stdout, dropped } = await session.run('head -c 5000 /dev/zero; echo end')
  assert.is(stdout.length, 1000)
  assert.is(stdout.subarray(-4).toString(), 'end\n')
  assert.is(dropped, 4004)
  await session.close()
})

test('a script with a NUL byte is refused', async () => {
  const session = place.session()
  assert.match((await thrown(session.run('echo a\0b'))).message, 'NUL')
  await session.close()
})

test('what start-up files print stands in no answer', async () => {
  const noisy = new Place()
  noisy.program('env', 'echo welcome; echo motd >&2; exec /usr/bin/env "$@"')
  const greeted = openSession({ title: 'noisy', dial: dialCommand([`${noisy.folder}/env`, 'sh']) })
  assert.equal(said(await greeted.run('echo a; echo b >&2')), { code: 0, stdout: 'a\n', stderr: 'b\n' })
  assert.equal(said(await greeted.stream('echo a; echo b >&2')), { code: 0, stdout: 'a\n', stderr: 'b\n' })
  await greeted.close()
  noisy.remove()
})
