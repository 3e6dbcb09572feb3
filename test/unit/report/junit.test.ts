import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { Event } from '../../../lib/report/events.ts'
import { JunitSuites } from '../../../lib/report/junit-suites.ts'
import { junitFile, junitReport } from '../../../lib/report/junit.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { suite } from '../../support/suite.ts'
import { all, parseXml, type Node } from '../../support/xml.ts'
import { refused } from '../cli/refused.ts'
import { ended, samples, stage, stamped, started } from './samples.ts'

const test = suite('report/junit')

const end: Event = { ...samples['run-ended'], exitCode: 0 }
const { evidence: _, ...plainTask } = samples.task

function report(...events: readonly Event[]): Node {
  const suites = new JunitSuites()
  for (const event of events) suites.observe(stamped(event))
  return parseXml(suites.finish())
}

/** Each case as `node1.time Configure: failure`. */
function cases(root: Node): readonly string[] {
  return all(root, 'testcase').map(({ attributes, children }) => {
    const is = children.find(({ name }) => name !== 'system-out')?.name ?? 'passed'
    return `${attributes['classname']} ${attributes['name']}: ${is}`
  })
}

function one(root: Node, name: string): Node {
  const [first] = all(root, name)
  if (first === undefined) throw new Error(`there is no ${name}`)
  return first
}

test('a stage is a suite, a task on a host a case, with their times', () => {
  const root = report(
    samples['run-started'],
    stage(['node1', 'node2']),
    ended('node1', 'Configure', { status: 'changed' }),
    ended('node2', 'Configure'),
    { ...samples['stage-ended'], stage: 'Time' },
    end,
  )
  assert.equal(cases(root), ['node1.time Configure: passed', 'node2.time Configure: passed'])
  assert.equal(root.attributes, {
    name: 'Prepare the hosts',
    tests: '2',
    failures: '0',
    errors: '0',
    skipped: '0',
    time: '12.000',
  })
  const { name, time, timestamp } = one(root, 'testsuite').attributes
  assert.equal([name, time, timestamp], ['Time', '5.400', '2025-07-14T10:15:00'])
  assert.is(one(root, 'testcase').attributes['time'], '1.200')
})

test('a failure has a message for its head, and all evidence in its text', () => {
  const root = report(stage(['node1']), { ...ended('node1', 'Run it'), ...samples.task }, end)
  const failure = one(root, 'failure')
  assert.is(failure.attributes['message'], 'It differs')
  for (const part of [
    'It differs',
    '→ Look at it',
    'while changing file:/etc/x',
    '$ run it\nended with exit code 1',
    'stdout:\nso far',
    'stderr:\nno more',
    'called at roles/time/tasks/run.ts:12',
    'evidence: .troupe/lab/runs/r1/evidence/node1-1.txt',
  ]) {
    assert.ok(failure.text.includes(part), `${part} is missing in:\n${failure.text}`)
  }
  assert.is(one(root, 'testcase').attributes['file'], 'roles/time/tasks/run.ts#L12')
})

test('what was skipped is skipped, and so is what cannot be foretold: neither is known to be well', () => {
  const root = report(
    stage(['node1']),
    ended('node1', 'Not here', { status: 'skipped' }),
    ended('node1', 'The rest of the plan', { status: 'unknown', message: 'It rests on the token.' }),
    end,
  )
  assert.equal(cases(root), ['node1.time Not here: skipped', 'node1.time The rest of the plan: skipped'])
  assert.is(all(root, 'skipped')[1]?.text, 'unknown: It rests on the token.')
})

test('a rescued failure has passed, and says why it was one', () => {
  const root = report(
    stage(['node1']),
    ended('node1', 'Try', { status: 'failed', message: 'no' }),
    ended('node1', 'Try', { status: 'rescued', message: 'no', durationMs: 0 }),
    end,
  )
  assert.equal(cases(root), ['node1.time Try: passed'])
  assert.match(one(root, 'system-out').text, /^It failed, .*\nno$/)
  assert.is(one(root, 'testcase').attributes['time'], '1.200')
})

test('an unreachable host is one error, at the task that it had come to', () => {
  const gone: Event = { type: 'contact', state: 'given-up', host: 'node1', message: 'node1 is off.' }
  assert.equal(cases(report(samples['run-started'], gone, stage(['node2']), end)), [
    'node1.contact Reach the host: error',
  ])
  const later = report(
    stage(['node1']),
    started('node1', 'Run it'),
    gone,
    ended('node1', 'Run it', { status: 'unreachable', message: 'node1 is off.' }),
    end,
  )
  assert.equal(cases(later), ['node1.time Run it: error'])
  assert.is(one(later, 'error').attributes['message'], 'node1 is off.')
})

test('no two cases have one name, for GitLab would show the first alone', () => {
  const again = stage(['node1'])
  const root = report(
    stage(['node1']),
    ended('node1', 'Configure'),
    ended('node1', 'Configure'),
    { ...again, stage: 'Again' },
    { ...ended('node1', 'Configure'), stage: 'Again' },
    end,
  )
  assert.equal(cases(root), [
    'node1.time Configure: passed',
    'node1.time Configure (Time): passed',
    'node1.time Configure (Again): passed',
  ])
})

test('what a guard or a check says is a case of its own', () => {
  const root = report(
    stage(['node1']),
    { ...samples.finding, host: 'node1', role: 'preflight' },
    { ...samples.finding, class: 'warning', check: 'swap', host: 'node1', role: 'preflight' },
    { ...samples.error, stage: 'Time' },
    end,
  )
  assert.equal(cases(root), [
    'node1.preflight memory: failure',
    'node1.preflight swap: passed',
    'cluster.run The guards hold: failure',
  ])
})

test('of a revert a task is what became of its things', () => {
  const thing = (id: string, status: 'reverted' | 'kept' | 'failed'): Event => ({
    ...samples.resource,
    stage: 'Time',
    role: 'time',
    task: 'Configure',
    host: 'node1',
    id,
    status,
    why: 'so',
  })
  const revert: Event = { ...samples['run-started'], mode: 'revert' }
  const kept = report(revert, stage(['node1']), thing('file:/a', 'reverted'), thing('file:/b', 'kept'), end)
  assert.equal(cases(kept), ['node1.time Configure: passed'])
  assert.is(one(kept, 'system-out').text, 'reverted file:/a so\nkept file:/b so')
  const failed = report(
    revert,
    stage(['node1']),
    thing('file:/a', 'reverted'),
    thing('file:/b', 'failed'),
    end,
  )
  assert.equal(cases(failed), ['node1.time Configure: failure'])
})

test('a run that was refused, interrupted or cut short is no run that went well', () => {
  assert.equal(cases(report(samples.error, { ...end, exitCode: 1 })), ['cluster.run The run: error'])
  const done = [stage(['node1']), ended('node1', 'Configure')]
  assert.equal(cases(report(...done, { ...end, exitCode: 130 })).at(-1), 'cluster.run The run: error')
  assert.equal(cases(report(...done)).at(-1), 'cluster.run The run: error')
  assert.equal(cases(report()), ['cluster.run The run: error'])
})

test('the document is valid whatever the texts hold', () => {
  const nasty = 'a\u0000b\u001b[31m<&>"\' ]]>\ud800\ufffe \u{1f600} ü\r\n\tend'
  const root = report(
    { ...stage(['node1']), stage: nasty },
    { ...ended(nasty, nasty), ...plainTask, status: 'failed', message: nasty },
    end,
  )
  assert.is(one(root, 'failure').text.split('\n\n')[0], 'ab[31m<&>"\' ]]> \u{1f600} ü\r\n\tend')
  assert.is(one(root, 'testsuite').attributes['name'], 'ab[31m<&>"\' ]]> \u{1f600} ü\r\n\tend')
})

test('the file is there when the run ends, whole, and none of an earlier run before', () => {
  const file = join(scratchFolder(), 'a/b/report.xml')
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, 'of an earlier run')
  const sink = junitReport(file)
  assert.not(existsSync(file))
  sink.write(stamped(stage(['node1'])))
  sink.close?.()
  assert.is(parseXml(readFileSync(file, 'utf8')).name, 'testsuites')
  assert.equal(readdirSync(join(file, '..')), ['report.xml'])
})

test('a place that cannot be written to is refused before the run', () => {
  const file = join(scratchFolder(), 'file')
  writeFileSync(file, '')
  refused(() => junitReport(join(file, 'report.xml')), /report\.xml cannot be written/, /JUNIT_OUTPUT_DIR/)
})

test('--junit names the file; JUNIT_OUTPUT_DIR a folder, where each run has one of its own', () => {
  const now = new Date(Date.UTC(2025, 6, 14, 10, 15, 0, 7))
  const of = (named: string | undefined, env: Record<string, string>) =>
    junitFile(named, 'playbooks/prepare.ts', env, now)
  assert.is(of(undefined, {}), undefined)
  assert.is(of('x.xml', {}), 'x.xml')
  assert.is(of(undefined, { JUNIT_OUTPUT_DIR: 'out' }), 'out/prepare-20250714T101500007.xml')
  assert.is(of('x.xml', { JUNIT_OUTPUT_DIR: 'out' }), 'x.xml')
  assert.is(of(undefined, { JUNIT_OUTPUT_DIR: '' }), undefined)
})
