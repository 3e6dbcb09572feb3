import { rejects } from 'node:assert/strict'
import * as assert from 'uvu/assert'
import { ourPaths } from '../../../lib/host/paths.ts'
import { osPackage, restarted, unit } from '../../../lib/resources/index.ts'
import { kindOf } from '../../../lib/task/kind.ts'
import { readMemory } from '../../../lib/task/memory.ts'
import { FakeHost } from '../../support/fake-host.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/memory')
const damaged = [
  '',
  '[["file:/x"',
  'null',
  '5',
  '"text"',
  '\0\0\0',
  '[null]',
  '[["file:/x", null]]',
  '{"took": 5}',
]

test('What a bare host remembers is nothing', async () => {
  const { changed, origins } = await readMemory(new FakeHost('a'))
  assert.is(changed.size + origins.all.length, 0)
})

test('A memory that is damaged is named, and not taken for none', async () => {
  for (const path of [ourPaths.changed, ourPaths.origins]) {
    for (const text of damaged) {
      const host = new FakeHost('a')
      host.files.write(path, text)
      const expected = { name: 'UserError', message: new RegExp(`^${path} on a holds what we remember`) }
      await rejects(() => readMemory(host), expected, text)
    }
  }
})

test('So is what a kind of resource remembers', async () => {
  const host = new FakeHost('a')
  host.systemd.define('app.service')
  host.packages.offer({ name: 'app', version: '1' })
  for (const [path, work] of [
    ['/run/troupe/units/app.service', () => kindOf('unit').read(host, [unit({ name: 'app' }).ref])],
    [
      '/run/troupe/restarted/app.service',
      () => kindOf('restarted').read(host, [restarted({ unit: 'app', run: 'r' }).ref]),
    ],
    [
      '/var/lib/troupe/packages/app',
      () =>
        kindOf('package').apply(host, osPackage({ name: 'app' }).ref, {
          from: { is: 'absent' },
          to: { is: 'installed' },
        }),
    ],
  ] as const) {
    for (const text of ['', 'null', '[', '5', '{"run": 5, "before": 5, "took": []}']) {
      host.files.write(path, text)
      await rejects(work, { name: 'UserError', message: new RegExp(`^${path} on a`) }, `${path}: ${text}`)
    }
    host.files.remove(path)
  }
})
