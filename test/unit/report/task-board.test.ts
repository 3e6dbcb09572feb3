import * as assert from 'uvu/assert'
import { TaskBoard } from '../../../lib/report/task-board.ts'
import { suite } from '../../support/suite.ts'

const test = suite('report/task-board')

/** A board of these hosts, and what brings one of them through a task. */
function boardOf(...hosts: readonly string[]) {
  const board = new TaskBoard()
  board.begin(hosts)
  const through = (host: string, task: string) => {
    const place = { stage: 'One', role: 'one', task, host }
    board.started(place)
    board.ended({ ...place, type: 'task', status: 'ok', durationMs: 1 })
    return board.complete().map((record) => record.task)
  }
  return { board, through }
}

test('A task is complete once every host has ended it, or is past it', () => {
  const { through } = boardOf('h1', 'h2')
  assert.equal(through('h1', 'A'), [])
  assert.equal(through('h1', 'B'), [])
  assert.equal(through('h2', 'A'), ['A'])
  assert.equal(through('h2', 'B'), ['B'])
})

test('A host that comes to tasks in another order holds up nothing that all have ended', () => {
  const { through } = boardOf('h1', 'h2', 'h3')
  assert.equal(through('h1', 'A'), [])
  assert.equal(through('h2', 'B'), [])
  assert.equal(through('h2', 'A'), [])
  assert.equal(through('h3', 'A'), ['A'])
  assert.equal(through('h1', 'B'), [])
  assert.equal(through('h3', 'B'), ['B'])
})

test('Nobody waits for a host that has left', () => {
  const { board, through } = boardOf('h1', 'h2')
  assert.equal(through('h1', 'A'), [])
  board.left('h2')
  assert.equal(
    board.complete().map(({ task }) => task),
    ['A'],
  )
})
