import * as assert from 'uvu/assert'
import { unifiedDiff } from '../../../lib/report/unified-diff.ts'
import { suite } from '../../support/suite.ts'

const test = suite('report/unified-diff')

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`)

test('equal texts have no diff', () => assert.equal(unifiedDiff('a\n', 'a\n'), []))

test('a change stands between three lines of context', () => {
  const to = numbers(9).with(4, 'five\n')
  assert.equal(unifiedDiff(numbers(9).join(''), to.join('')), [
    '@@ -2,7 +2,7 @@',
    ...' 2| 3| 4|-5|+five| 6| 7| 8'.split('|'),
  ])
})

test('changes far apart have hunks of their own, near ones share one', () => {
  const far = numbers(30).with(2, 'x\n').with(25, 'y\n').join('')
  assert.equal(
    unifiedDiff(numbers(30).join(''), far).filter((line) => line.startsWith('@@')),
    ['@@ -1,6 +1,6 @@', '@@ -23,7 +23,7 @@'],
  )
  const near = numbers(30).with(10, 'x\n').with(16, 'y\n').join('')
  assert.is(unifiedDiff(numbers(30).join(''), near).filter((line) => line.startsWith('@@')).length, 1)
})

test('a new file and a removed one have the headers of GNU diff', () => {
  assert.equal(unifiedDiff('', 'a\nb\n'), ['@@ -0,0 +1,2 @@', '+a', '+b'])
  assert.equal(unifiedDiff('a\n', ''), ['@@ -1 +0,0 @@', '-a'])
})

test('a missing newline at the end is a difference, and is said', () => {
  assert.equal(unifiedDiff('a', 'a\n'), ['@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+a'])
})

test('the shortest edit is found', () => {
  const changed = unifiedDiff('a\nb\nc\na\nb\nb\na\n', 'c\nb\na\nb\na\nc\n').filter((line) =>
    /^[+-]/.test(line),
  )
  assert.is(changed.length, 5)
})

test('whatever the texts are, the diff leads from one to the other', () => {
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 300; round++) {
    const text = () => Array.from({ length: random(25) }, () => `${random(5)}\n`).join('')
    const from = text()
    const to = text()
    assert.is(patched(from, unifiedDiff(from, to)), to)
  }
})

test('texts that differ throughout are replaced whole, and soon', () => {
  const from = Array.from({ length: 4000 }, (_, index) => `from ${index}\n`).join('')
  const to = Array.from({ length: 4000 }, (_, index) => `to ${index}\n`).join('')
  const before = performance.now()
  assert.is(unifiedDiff(from, to).length, 8001)
  assert.ok(performance.now() - before < 3000)
})

test('what is too large is said to be, not compared', () => {
  assert.equal(unifiedDiff('x'.repeat(200_000), ''), [
    '(too large to be shown: 200000 characters before, 0 after)',
  ])
})

/** Applies hunks, trusting their headers for the place. */
function patched(from: string, diff: readonly string[]): string {
  const lines = from.split('\n').slice(0, -1)
  const result: string[] = []
  let at = 0
  for (const line of diff) {
    const header = /^@@ -(\d+)(?:,(\d+))? /.exec(line)
    if (header !== null) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1)
      result.push(...lines.slice(at, start))
      at = start
    } else {
      if (!line.startsWith('+')) assert.is(lines[at++], line.slice(1))
      if (!line.startsWith('-')) result.push(line.slice(1))
    }
  }
  return [...result, ...lines.slice(at)].map((line) => `${line}\n`).join('')
}
