import * as assert from 'uvu/assert'
import { runNamed } from '../../../lib/cli/run-named.ts'
import { takeUp } from '../../../lib/cli/remembered.ts'
import { RunStore } from '../../../lib/state/run-store.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { refused } from './refused.ts'

const test = suite('cli/run-named')

const folder = scratchFolder()
const store = new RunStore('hosts', folder)
const record = { playbook: 'playbooks/p.ts', arguments: ['-i', 'hosts.ini'], inventory: [], user: 'u' }
const [first, second, third] = [1, 2, 40].map((day) => store.create(record, new Date(Date.UTC(2025, 6, day))))
if (first === undefined || second === undefined || third === undefined) throw new Error('no runs')
const named = (name: string) => runNamed(store.list(), name).record.id

test('a run is named by its id, or by a beginning or an end that no other has', () => {
  assert.is(named(second.record.id), second.record.id)
  assert.is(named('20250702'), second.record.id)
  assert.is(named(third.record.id.slice(-6)), third.record.id)
})

test('what several have is refused, and so is what none has', () => {
  refused(() => named('202507'), /Which run\? 2 are called 202507…: /, /Give more/)
  refused(
    () => named('yesterday'),
    /There is no run yesterday\./,
    new RegExp(`last ones are .*${third.record.id}`),
  )
  refused(() => runNamed([], 'x', ' of lab'), /There is no run x of lab\./, /TROUPE_STATE/)
})

test('--resume takes a part of an id as well, and last for the last that did not end well', () => {
  const before = process.env['TROUPE_STATE']
  process.env['TROUPE_STATE'] = folder
  const taken = (resume: string | true) =>
    takeUp('playbooks/p.ts', { resume, inventory: [] }, ['--resume'])?.directory.record.id
  try {
    assert.is(taken('20250702'), second.record.id)
    assert.is(taken('last'), third.record.id)
    assert.is(taken(true), third.record.id)
    third.update({ ended: 'now', exitCode: 0 })
    assert.is(taken('last'), undefined)
  } finally {
    if (before === undefined) delete process.env['TROUPE_STATE']
    else process.env['TROUPE_STATE'] = before
  }
})
