import * as assert from 'uvu/assert'
import { compareRuns } from '../../../lib/cli/runs/compare.ts'
import { listOfRuns } from '../../../lib/cli/runs/list.ts'
import { aboutRun } from '../../../lib/cli/runs/show.ts'
import { watchRun } from '../../../lib/cli/runs/watch.ts'
import { thisProcess } from '../../../lib/host/process-mark.ts'
import type { StampedEvent } from '../../../lib/report/events.ts'
import type { RunDirectory } from '../../../lib/state/run-directory.ts'
import { RunStore } from '../../../lib/state/run-store.ts'
import type { State } from '../../../lib/task/state.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { ended, noCounts, samples, stamped } from '../report/samples.ts'

const test = suite('cli/runs')
const dead = { ...thisProcess(), started: '1' }
let day = 0

function runOf(store: RunStore, words: readonly string[] = []): RunDirectory {
  const commit = { id: '9cb619bdeadbeef', dirty: true }
  const record = {
    playbook: 'p.ts',
    arguments: words,
    inventory: ['hosts.ini'],
    user: 'ada',
    hosts: ['h1'],
    commit,
  }
  return store.create(record, new Date(Date.UTC(2025, 6, ++day)))
}

const storeOf = () => new RunStore('lab', scratchFolder())

function change(run: RunDirectory, host: string, id: string, from: State, to: State): void {
  const at = { stage: 0, batch: 0, stageTitle: 's', role: 'r', task: 't' }
  const n = run.journal(host).next()
  run.journal(host).append({ type: 'intent', n, at, kind: 'file', id, ref: {}, from, to })
  run.journal(host).append({ type: 'done', n })
}

const say = (run: RunDirectory, event: StampedEvent) => run.appendEvent(`${JSON.stringify(event)}\n`)
const absent = { is: 'absent' }
const file = (hash: string): State => ({ is: 'file', hash, mode: 0o644 })

test('the list tells of each run what became of it and what can be done, the newest first', () => {
  const store = storeOf()
  const [good, failed, killed, running, reverted] = Array.from({ length: 5 }, () => runOf(store))
  if (!good || !failed || !killed || !running || !reverted) throw new Error('no runs')
  change(good, 'h1', 'file:/a', absent, file('h:1'))
  good.update({ ended: new Date(Date.parse(good.record.started) + 7900).toISOString(), exitCode: 3 })
  failed.update({ ended: failed.record.started, exitCode: 2 })
  killed.update({ process: dead })
  reverted.update({ ended: reverted.record.started, exitCode: 0, reverted: true })
  const rows = listOfRuns(store.list()) as readonly Record<string, string>[]
  assert.equal(
    rows.map(({ run, outcome, next }) => [run, outcome, next]),
    [
      [reverted.record.id, 'reverted', ''],
      [running.record.id, 'running', ''],
      [killed.record.id, 'killed', 'resume'],
      [failed.record.id, 'failed', 'resume'],
      [good.record.id, 'done', 'revert'],
    ],
  )
  const { cluster, took, by, commit } = rows.at(-1) ?? {}
  assert.equal([cluster, took, by, commit], ['lab', '7.9 s', 'ada', '9cb619b and changes'])
})

test('a run is shown with what it changed, what failed and was not rescued, and how to undo it', () => {
  const run = runOf(storeOf(), ['-i', 'hosts.ini', '-e', 'a=b c'])
  change(run, 'h1', 'file:/a', absent, file('h:1'))
  change(run, 'h1', 'file:/b', file('h:1'), file('h:2'))
  say(run, stamped({ ...ended('h1', 'Try'), ...samples.task }))
  say(run, stamped(ended('h1', 'Try', { status: 'rescued' })))
  say(run, stamped({ ...ended('h1', 'Run it'), ...samples.task }))
  say(run, stamped({ type: 'recap', host: 'h1', counts: { ...noCounts, ok: 2, failed: 1 } }))
  run.update({ ended: run.record.started, exitCode: 2 })
  const { id } = run.record
  const parts = Object.fromEntries(aboutRun(run)) as Record<string, unknown>
  const about = parts['Run'] as Record<string, string>
  assert.equal([about['arguments'], about['outcome']], ["-i hosts.ini -e 'a=b c'", 'failed (exit code 2)'])
  assert.equal(parts['Hosts'], [{ host: 'h1', ok: 2, failed: 1 }])
  assert.equal(parts['Changed, and not undone'], [
    { host: 'h1', thing: 'file:/a', change: 'absent → file' },
    { host: 'h1', thing: 'file:/b', change: 'content' },
  ])
  assert.equal(parts['Failed'], [
    {
      host: 'h1',
      task: 'Run it',
      message: 'It differs',
      at: 'roles/time/tasks/run.ts:12',
      evidence: '.troupe/lab/runs/r1/evidence/node1-1.txt',
    },
  ])
  assert.equal(parts['Next'], [
    `go on with it: npx tsx p.ts --resume ${id}`,
    `undo it: npx tsx p.ts -i hosts.ini --revert ${id}`,
  ])
})

test('of two runs it is told what one was told, changed and left that the other was not', () => {
  const store = storeOf()
  const [a, b] = [runOf(store, ['-e', 'x=1']), runOf(store, ['-e', 'x=2'])]
  for (const run of [a, b]) run.update({ hosts: ['a.b'] })
  const vars = (dataDir: string) => ({ 'a.b': { etcd: { dataDir, members: 3 } } })
  a.saveConfiguration({ groups: { etcd: ['a.b'] }, variables: vars('/old') })
  b.saveConfiguration({ groups: { etcd: ['a.b', 'c'] }, variables: vars('/new') })
  change(a, 'h1', 'file:/one', absent, file('h:1'))
  change(a, 'h1', 'file:/both', absent, file('h:1'))
  change(a, 'h1', 'file:/same', absent, file('h:1'))
  change(b, 'h1', 'file:/both', file('h:1'), file('h:2'))
  change(b, 'h1', 'file:/same', absent, file('h:1'))
  change(b, 'h2', 'file:/one', absent, file('h:1'))
  const [first, second] = [a.record.id, b.record.id]
  const told = (what: string, one: string, other: string) => ({ what, [first]: one, [second]: other })
  assert.equal(compareRuns(a, b), [
    [
      'Told otherwise',
      [
        told('arguments', '-e x=1', '-e x=2'),
        told('group etcd', '["a.b"]', '["a.b","c"]'),
        told('a.b etcd.dataDir', '"/old"', '"/new"'),
      ],
    ],
    [`Only ${first} changed`, [{ host: 'h1', thing: 'file:/one', change: 'absent → file' }]],
    [`Only ${second} changed`, [{ host: 'h2', thing: 'file:/one', change: 'absent → file' }]],
    ['Both changed, and left otherwise', [{ host: 'h1', thing: 'file:/both', change: 'content' }]],
  ])
  assert.equal(compareRuns(a, a)[0]?.[0], 'Nothing differs')
})

test('the variables of a host that only one of them had are no difference of their own', () => {
  const store = storeOf()
  const [a, b] = [runOf(store), runOf(store)]
  a.saveConfiguration({ groups: {}, variables: { h1: { etcd: { members: 3 } } } })
  b.saveConfiguration({
    groups: {},
    variables: { h1: { etcd: { members: 3 } }, h2: { etcd: { members: 3 } } },
  })
  b.update({ hosts: ['h1', 'h2'] })
  const [told] = compareRuns(a, b)
  assert.equal(told?.[1], [{ what: 'hosts', [a.record.id]: 'h1', [b.record.id]: 'h1 h2' }])
})

test('a run that is over is watched as it was; one that was killed says how to go on', async () => {
  const store = storeOf()
  const over = runOf(store)
  say(over, stamped(samples['run-ended']))
  over.update({ ended: 'now', exitCode: 2 })
  const killed = runOf(store)
  say(killed, stamped(samples.warning))
  killed.update({ process: dead })
  const watched = async (run: RunDirectory) => {
    const events: StampedEvent[] = []
    const code = await watchRun(run, [{ name: 'a test', write: (event) => void events.push(event) }])
    return { code, last: events.at(-1), count: events.length }
  }
  const first = await watched(over)
  assert.equal([first.code, first.last?.type, first.count], [2, 'run-ended', 1])
  const second = await watched(killed)
  assert.equal([second.code, second.last?.type, second.count], [130, 'error', 2])
  const { last } = second
  assert.match(last?.type === 'error' ? `${last.message} ${last.advice}` : '', /is gone .*--resume /)
})
