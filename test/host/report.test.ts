import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { LabHost } from '../lab/host.ts'
import type { RunRecord } from '../../lib/state/run-record.ts'
import { createLab, type Lab } from '../lab/lab.ts'
import { expectCode, idOf, PlaybookOnLab } from '../playbooks/on-lab.ts'
import { suite } from '../support/suite.ts'
import { troupe, type TroupeRun } from '../support/troupe.ts'
import { all, parseXml } from '../support/xml.ts'

const test = suite('host/report')
const runsFile = join(import.meta.dirname, '../../playbooks/runs.ts')
const long = { timeoutMs: 60_000 }
let lab: Lab
let playbook: PlaybookOnLab
let good: LabHost
/** Where the command is killed in its sleep. */
let bad: LabHost

test.before(async () => {
  lab = await createLab({ hosts: 2 })
  const [first, second] = lab.hosts
  if (!first || !second) throw new Error('the lab has fewer hosts than asked for')
  good = first
  bad = second
  // We, too, rest for moments there, while we wait for a command.
  const sleeper =
    '#!/bin/sh\ncase $1 in 0.*) exec /bin/sleep "$1" ;; esac\necho "no rest here" >&2\nkill $PPID\n'
  await bad.must(`printf '%s' '${sleeper}' > /usr/local/bin/sleep && chmod +x /usr/local/bin/sleep`)
  playbook = new PlaybookOnLab(lab, 'small')
})
test.after(() => lab.destroy())

const runs = (...words: readonly string[]) => troupe(runsFile, words, { state: playbook.state })
const kept = (...parts: readonly string[]) => join(playbook.state, 'inventory', ...parts)
const retryFile = () => kept('retry')
const testcases = (file: string) => all(parseXml(readFileSync(file, 'utf8')), 'testcase')

test(
  'a run that fails on one host leaves a report, evidence and a retry file, and is watched meanwhile',
  async () => {
    const junit = kept('report.xml')
    let watched: Promise<TroupeRun> | undefined
    const run = await playbook.run(['-e', 'small.seconds=3', '--junit', junit], ({ type }) => {
      if (type === 'task-started') watched ??= runs('watch')
    })
    expectCode(run, 2, 'The run')

    const told = testcases(junit).map(({ attributes, children }) => {
      return `${attributes['classname']} ${attributes['name']}: ${children[0]?.name ?? 'passed'}`
    })
    assert.equal(told.toSorted(), [
      'node1.small Sleep: passed',
      'node1.small Write the file: passed',
      'node2.small Sleep: failure',
    ])
    const [failure] = testcases(junit).flatMap((each) => all(each, 'failure'))
    assert.match(failure?.text ?? '', /\$ sh -c .*\nended with exit code 143\n\nstderr:\n(.*\n)*no rest here/)

    const file = kept('runs', idOf(run), 'evidence', 'node2-1.txt')
    assert.is(statSync(file).mode & 0o777, 0o600)
    const evidence = readFileSync(file, 'utf8')
    assert.match(evidence, /^Called at {2}test\/playbooks\/small\.ts:\d+$/m)
    assert.match(evidence, /Command, which ended with exit code 143:\n {2}sh -c /)
    assert.match(evidence, /What was being changed: command:Sleep\n {2}is: undone → done\n/)
    assert.ok(run.stderr.includes(`evidence: ${file}`), run.stderr)

    assert.is(readFileSync(retryFile(), 'utf8'), 'node2\n')
    assert.ok(run.stderr.includes(`--limit @${retryFile()}`), run.stderr)

    const seen = await watched
    if (seen === undefined) throw new Error('the run was not watched')
    assert.is(seen.code, 2, seen.stderr)
    assert.equal(seen.events, run.events)
  },
  long,
)

test('the retry file brings the run to its end on the host that failed, and goes', async () => {
  await bad.must('rm /usr/local/bin/sleep')
  const run = await playbook.run(['-e', 'small.seconds=1', '--limit', `@${retryFile()}`])
  expectCode(run, 0, 'The run on what had failed')
  const [first] = run.events
  assert.equal(first?.type === 'run-started' && first.hosts, ['node2'])
  assert.is(await bad.must('cat /etc/small.conf /run/slept'), 'hello\nslept\n')
  // Gone on with, it would take the same hosts, though the file is no more.
  const record = JSON.parse(readFileSync(kept('runs', idOf(run), 'run.json'), 'utf8')) as RunRecord
  assert.equal(record.arguments.slice(-2), ['--limit', 'node2'])
  assert.not(existsSync(retryFile()))
  const gone = await playbook.run(['--limit', `@${retryFile()}`])
  expectCode(gone, 1, 'A run on a retry file that is gone')
  assert.match(gone.stderr, /There is no file .*retry, which --limit names\./)
})

test(
  'who watches a run whose process is killed is told so, and how to go on',
  async () => {
    await good.must('rm -f /run/slept')
    let watched: Promise<TroupeRun> | undefined
    const run = await playbook.run(['-e', 'small.seconds=4', '--limit', 'node1'], (event, child) => {
      if (event.type !== 'task-started') return
      watched ??= troupe(runsFile, ['watch', event.run.slice(-6)], {
        state: playbook.state,
        // It has read what was there, so it goes on to wait.
        onEvent: ({ type }) => type === 'task-started' && child.kill('SIGKILL'),
      })
    })
    assert.is(run.signal, 'SIGKILL')
    const seen = await watched
    assert.is(seen?.code, 130)
    const id = idOf(run)
    assert.match(seen?.stderr ?? '', new RegExp(`is gone and has not ended the run.*\n.*--resume ${id}\n`))
    const { events } = await runs('show', id)
    const [about] = events.flatMap((event) =>
      event.type === 'report' && event.name === 'Run' ? [event.data] : [],
    )
    assert.is((about as { readonly outcome?: string } | undefined)?.outcome, 'killed')
    expectCode(await playbook.resume(), 0, 'The resumed run')
  },
  long,
)
