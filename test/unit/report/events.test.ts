import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonLine } from '../../../lib/report/json.ts'
import { logEntry } from '../../../lib/report/log-file.ts'
import { suite } from '../../support/suite.ts'
import { noCounts, samples, stamped } from './samples.ts'

const test = suite('report/events')
const page = readFileSync(join(import.meta.dirname, '../../../docs/events.md'), 'utf8')

function section(heading: string): string {
  const from = page.indexOf(`\n${heading}\n`)
  assert.ok(from >= 0, `docs/events.md has no heading "${heading}"`)
  const body = page.slice(from + heading.length + 2)
  const level = heading.split(' ')[0]?.length ?? 0
  const end = body.search(new RegExp(`^#{1,${level}} `, 'm'))
  return end < 0 ? body : body.slice(0, end)
}

function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| `([\w?-]+)` \|/gm)].map(([, name = '']) => name)
}

const common = firstColumn(section('## Every event'))

test('the page documents every type, and no other', () => {
  const documented = [...page.matchAll(/^### (.+)$/gm)].map(([, type = '']) => type)
  assert.equal(documented.toSorted(), Object.keys(samples).toSorted())
})

test('the page documents every status, and no other', () => {
  assert.equal(firstColumn(section('## Statuses')).toSorted(), Object.keys(noCounts).toSorted())
})

test('the page documents the nine fields of the log file', () => {
  const written = Object.keys(logEntry(stamped(samples.task)))
  assert.equal(firstColumn(section('## The log file')), written)
  assert.is(written.length, 9)
})

for (const [type, sample] of Object.entries(samples)) {
  const documented = firstColumn(section(`### ${type}`))

  test(`the page documents every field of ${type}, and no other`, () => {
    const names = documented.map((name) => name.replace('?', ''))
    assert.equal(
      names,
      Object.keys(sample).filter((name) => name !== 'type'),
    )
  })

  test(`the example of ${type} is a line as --json prints it, with the documented fields`, () => {
    const line = /```json\n(.+)\n```/.exec(section(`### ${type}`))?.[1] ?? ''
    const example = JSON.parse(line)
    assert.is(example.type, type)
    assert.is(jsonLine(example), line)
    const own = Object.keys(example).filter((name) => !common.includes(name))
    const optional = documented.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1))
    const always = documented.filter((name) => !name.endsWith('?'))
    for (const name of always) assert.ok(own.includes(name), `the example lacks ${name}`)
    for (const name of own) assert.ok([...always, ...optional].includes(name), `${name} is not documented`)
  })
}
