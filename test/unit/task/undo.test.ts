import * as assert from 'uvu/assert'
import { undoOf } from '../../../lib/task/undo.ts'
import { suite } from '../../support/suite.ts'

const test = suite('task/undo')
const absent = { is: 'absent' }
const made = { is: 'user', home: '/srv' }

test('What the host assigned to a thing that came does not count as changed by somebody', () => {
  const undo = undoOf({ from: absent, to: made, done: true }, { ...made, uid: 104 })
  assert.equal(undo, { is: 'apply', to: absent, kept: [] })
})

test('A thing that came and was altered stays as a whole, with what was altered named', () => {
  const undo = undoOf({ from: absent, to: made, done: true }, { ...made, home: '/home/it', uid: 104 })
  assert.equal(undo, { is: 'keep', kept: ['home'] })
})

test('What is our own memory of a thing goes back with it, whatever a later run left there', () => {
  const stopped = { is: 'unit', active: 'inactive', took: 'nothing' }
  const started = { is: 'unit', active: 'active', took: 'a' }
  const kind = { memory: ['took'] }
  const undo = undoOf({ from: stopped, to: started, done: true }, { ...started, took: 'b' }, kind)
  assert.equal(undo, { is: 'apply', to: stopped, kept: [] })
  const restarted = { from: started, to: { ...started, took: 'b' }, done: true }
  assert.equal(undoOf(restarted, { ...started, took: 'c' }, kind), { is: 'keep', kept: ['took'] })
})

test('A thing that went and that somebody made anew stays', () => {
  assert.equal(undoOf({ from: made, to: absent, done: true }, { is: 'user', home: '/home/it' }), {
    is: 'keep',
    kept: ['is'],
  })
})
