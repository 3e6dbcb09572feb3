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

test('A thing that went and that somebody made anew stays', () => {
  assert.equal(undoOf({ from: made, to: absent, done: true }, { is: 'user', home: '/home/it' }), {
    is: 'keep',
    kept: ['is'],
  })
})
