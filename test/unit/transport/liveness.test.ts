import { PassThrough } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { watchLiveness } from '../../../lib/transport/liveness.ts'
import { suite } from '../../support/suite.ts'

const test = suite('liveness')

test('silence is told once its intervals are over, and not before', async () => {
  const silent: number[] = []
  const started = performance.now()
  watchLiveness(new PassThrough(), { intervalMs: 100, misses: 3 }, (ms) => silent.push(ms))
  while (silent.length === 0 && performance.now() - started < 5000) await pause(10)
  assert.ok(performance.now() - started >= 290)
  await pause(250)
  assert.is(silent.length, 1, 'it is told once')
  assert.ok((silent[0] ?? 0) >= 290)
})

test('every byte is a sign of life', async () => {
  const stream = new PassThrough()
  let silent = false
  const stop = watchLiveness(stream, { intervalMs: 100, misses: 2 }, () => (silent = true))
  for (let count = 0; count < 6; count++) {
    await pause(80)
    stream.write('.')
  }
  assert.is(silent, false)
  stop()
  await pause(300)
  assert.is(silent, false, 'nobody watches any more')
})

test('after this process slept, the host gets another interval to be heard', async () => {
  const stream = new PassThrough()
  let silent = false
  const stop = watchLiveness(stream, { intervalMs: 100, misses: 2 }, () => (silent = true))
  const until = performance.now() + 500
  while (performance.now() < until);
  await pause(20)
  assert.is(silent, false)
  stream.write('.')
  await pause(120)
  assert.is(silent, false)
  stop()
})
