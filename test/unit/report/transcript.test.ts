import * as assert from 'uvu/assert'
import { Chalk } from 'chalk'
import type { Event, EventOf, Status } from '../../../lib/report/events.ts'
import type { Look } from '../../../lib/report/look.ts'
import { Transcript } from '../../../lib/report/transcript.ts'
import { suite } from '../../support/suite.ts'
import { ended, noCounts, samples, stage, stamped, started } from './samples.ts'

const test = suite('report/transcript')

const plain: Look = { paint: new Chalk({ level: 0 }), width: Infinity, verbosity: 0, diff: false }

/** What stays on the console after these events, runs of spaces as one. */
function told(events: readonly Event[], look: Partial<Look> = {}): readonly string[] {
  const transcript = new Transcript(() => ({ ...plain, ...look }))
  return events
    .flatMap((event) => transcript.lines(stamped(event)))
    .filter((line) => line !== '')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
}

const check: Event = { ...samples['run-started'], mode: 'check' }
const stageEnd: Event = { ...samples['stage-ended'], stage: 'Time' }

function resource(host: string, body: Partial<EventOf<'resource'>> = {}): Event {
  const of = { stage: 'Time', role: 'time', task: 'Configure', host } as const
  return {
    ...of,
    type: 'resource',
    kind: 'file',
    id: 'file:/etc/x',
    status: 'changed',
    durationMs: 5,
    ...body,
  }
}

test('a task is one line, told when its last host has ended it', () => {
  const first = [stage(['node1', 'node2']), ended('node1', 'Configure', { status: 'changed' })]
  assert.equal(told(first), ['Time 2 hosts'])
  assert.equal(told([...first, ended('node2', 'Configure', { durationMs: 400 })]), [
    'Time 2 hosts',
    '✔ Configure node1 changed · node2 ok (1.2 s)',
  ])
})

test('many hosts are counted, the weightiest status first', () => {
  const hosts = ['a', 'b', 'c', 'd', 'e', 'f']
  const ends = hosts.map((host, index) => ended(host, 'Configure', { status: index < 2 ? 'changed' : 'ok' }))
  assert.equal(told([stage(hosts), ...ends]).at(-1), '✔ Configure a, b changed · 4 ok (1.2 s)')
  assert.equal(
    told([stage(hosts), ...hosts.map((host) => ended(host, 'Configure'))]).at(-1),
    '✔ Configure 6 ok (1.2 s)',
  )
})

test('names give way to numbers where the terminal is too narrow for them', () => {
  const hosts = ['server-one.example', 'server-two.example', 'server-three.example']
  const ends = hosts.map((host, index) => ended(host, 'Configure', { status: index < 2 ? 'changed' : 'ok' }))
  assert.is(
    told([stage(hosts), ...ends], { width: 80 }).at(-1),
    '✔ Configure 2 changed · server-three.example ok (1.2 s)',
  )
})

test('a host that is past a task, or gone, is not waited for', () => {
  const passed = [
    stage(['node1', 'node2']),
    started('node1', 'One'),
    started('node2', 'One'),
    ended('node1', 'One'),
  ]
  const lines = told([
    ...passed,
    started('node1', 'Only here'),
    ended('node1', 'Only here'),
    ended('node2', 'One'),
  ])
  assert.equal(lines.slice(1), ['✔ One 2 ok (1.2 s)'])
  const later = [started('node1', 'Two'), started('node2', 'Two')]
  const all = told([
    ...passed,
    ended('node2', 'One'),
    started('node1', 'Only here'),
    ended('node1', 'Only here'),
    ...later,
  ])
  assert.equal(all.slice(1), ['✔ One 2 ok (1.2 s)', '✔ Only here node1 ok (1.2 s)'])
  const gone = told([
    ...passed,
    { type: 'contact', state: 'given-up', host: 'node2', message: 'node2 is gone.' },
  ])
  assert.equal(gone.slice(1), ['✘ node2 is gone. The run goes on without it.', '✔ One node1 ok (1.2 s)'])
})

test('what is left is told at the end of a batch and of a stage', () => {
  const events = [stage(['node1', 'node2'], 2), ended('node1', 'One')]
  const batch: Event = { type: 'batch-started', stage: 'Time', hosts: ['node2'], batch: 2 }
  assert.equal(told([...events, batch]).slice(1), ['✔ One node1 ok (1.2 s)', 'Batch 2: node2'])
  assert.equal(told([...events, stageEnd]).slice(1), ['✔ One node1 ok (1.2 s)'])
})

test('a failure is told at once, with evidence and advice', () => {
  const failed = ended('node1', 'Run it', {
    status: 'failed',
    message: 'It ended.\nwith code 1',
    advice: 'Look.',
  })
  assert.equal(told([stage(['node1', 'node2']), failed]).slice(1), [
    '✘ Run it node1 failed (1.2 s)',
    'It ended.',
    'with code 1',
    '→ Look.',
  ])
})

test('the same failure on another host is not told twice; the line of the task needs no repetition', () => {
  const failed = (host: string) => ended(host, 'Run it', { status: 'failed', message: 'It ended.' })
  assert.equal(told([stage(['node1', 'node2']), failed('node1'), failed('node2'), stageEnd]).slice(1), [
    '✘ Run it node1 failed (1.2 s)',
    'It ended.',
    '✘ Run it node2 failed (1.2 s) as node1 did',
  ])
})

test('a gate fails like a task', () => {
  const gate: Event = { ...samples.gate, stage: 'Time', task: 'The quorum answers', host: 'node1' }
  assert.equal(told([stage(['node1']), gate]).slice(1), [
    '✘ The quorum answers node1 failed (1.2 s)',
    'No quorum',
  ])
})

test('a rescued failure is told, and does not end the host', () => {
  const events = [
    ended('node1', 'Try', { status: 'failed', message: 'no' }),
    ended('node1', 'Try', { status: 'rescued', message: 'no', durationMs: 0 }),
    started('node1', 'Else'),
    ended('node1', 'Else'),
  ]
  assert.equal(told([stage(['node1']), ...events]).slice(1), [
    '✘ Try node1 failed (1.2 s)',
    'no',
    '! Try node1 rescued (the role went on)',
    '✔ Else node1 ok (1.2 s)',
  ])
})

test('under check a change is one that would be made, and what is unknown says why', () => {
  const events = [
    ended('node1', 'Configure', { status: 'changed' }),
    ended('node1', 'The rest of the plan', { status: 'unknown', message: 'It rests on the token.' }),
  ]
  assert.equal(told([check, stage(['node1']), ...events]).slice(2), [
    '✔ Configure node1 would change (1.2 s)',
    '? The rest of the plan node1 unknown (1.2 s)',
    'It rests on the token.',
  ])
})

test('resources are shown as asked for, those that need a human always', () => {
  const of = (status: 'changed' | 'ok' | 'unknown', verbosity: number) =>
    told([stage(['node1']), resource('node1', { status }), ended('node1', 'Configure')], { verbosity }).length
  assert.equal(
    [0, 1, 2].map((verbosity) => of('changed', verbosity)),
    [2, 3, 3],
  )
  assert.equal(
    [0, 1, 2].map((verbosity) => of('ok', verbosity)),
    [2, 2, 3],
  )
  assert.is(of('unknown', 0), 3)
})

test('with --diff the same difference is shown once for all hosts that have it', () => {
  const differences = [
    { field: 'content', from: 'a\nb\n', to: 'a\nc\n' },
    { field: 'mode', from: '', to: '0644' },
  ]
  const lines = told(
    [
      stage(['node1', 'node2']),
      ...['node1', 'node2'].flatMap((host) => [resource(host, { differences }), ended(host, 'Configure')]),
    ],
    { diff: true },
  )
  assert.equal(lines.slice(2), [
    'changed file /etc/x',
    ...'--- before|+++ after|@@ -1,2 +1,2 @@|a|-b|+c'.split('|'),
    'mode: (none) → 0644',
  ])
})

test('a revert that tells of resources only still has its line a task, and names what is kept', () => {
  const revert: Event = { ...samples['run-started'], mode: 'revert' }
  const events = [
    resource('node1', { status: 'reverted' }),
    resource('node2', { status: 'kept', why: 'someone changed it since' }),
  ]
  assert.equal(told([revert, stage(['node1', 'node2']), ...events, stageEnd]).slice(2), [
    '! Configure node2 kept · node1 reverted (0.0 s)',
    'kept file /etc/x node2',
    'someone changed it since',
  ])
})

test('skipped tasks are left out unless -v asks for them', () => {
  const events = [stage(['node1']), ended('node1', 'Configure', { status: 'skipped' }), stageEnd]
  assert.is(told(events).length, 1)
  assert.is(told(events, { verbosity: 1 }).length, 2)
})

test('lost contact is one line; how hosts were reached is told with -vvv', () => {
  const lost: Event = {
    type: 'contact',
    state: 'lost',
    host: 'node1',
    message: 'Contact with node1 is lost; trying again.',
  }
  assert.equal(told([lost]), ['! Contact with node1 is lost; trying again.'])
  const made: Event = { type: 'contact', state: 'made', host: 'node1', message: 'root@10.0.0.1' }
  assert.equal(told([made], { verbosity: 2 }), [])
  assert.equal(told([made], { verbosity: 3 }), ['node1: root@10.0.0.1'])
})

test('output of commands is told with -vv', () => {
  const output: Event = { type: 'output', host: 'node1', text: 'one\ntwo' }
  assert.equal(told([output]), [])
  assert.equal(told([output], { verbosity: 2 }), ['node1 │ one', 'node1 │ two'])
})

test('the recap is that of Ansible, a changed task being an ok one too', () => {
  const recap: Event = {
    type: 'recap',
    host: 'node1',
    counts: { ...noCounts, ok: 3, changed: 2, unknown: 1 },
  }
  const end: Event = { ...samples['run-ended'], exitCode: 0 }
  const line = 'node1 : ok=5 changed=2 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0'
  assert.equal(told([recap, end]).slice(0, 2), ['Recap', line])
  assert.ok(told([check, recap, end]).includes(`${line} unknown=1`))
  const revert: Event = { ...samples['run-started'], mode: 'revert' }
  assert.ok(told([revert, recap, end]).includes(`${line} reverted=0 kept=0`))
})

test('a stage that puts back tells of it in any run, and under check what would go back', () => {
  const end: Event = { ...samples['run-ended'], exitCode: 0 }
  const recap: Event = { type: 'recap', host: 'node1', counts: { ...noCounts, reverted: 2, kept: 1 } }
  const line = 'node1 : ok=0 changed=0 unreachable=0 failed=0 skipped=0 rescued=0 ignored=0'
  const back = [stage(['node1']), resource('node1', { status: 'reverted' }), stageEnd, recap, end]
  assert.ok(told(back).includes(`${line} reverted=2 kept=1`))
  assert.ok(told(back).includes('1 of 1 host reverted, 1 of 1 host kept something.'))
  const foretold = told([check, ...back])
  assert.ok(foretold.includes('↶ Configure node1 would revert (0.0 s)'), foretold.join('\n'))
  assert.ok(foretold.includes('1 of 1 host would revert, 1 of 1 host would keep something.'))
})

test('the end says what it came to: a second run changes nothing', () => {
  const end: Event = { ...samples['run-ended'], exitCode: 0 }
  const recap = (changed: number): Event => ({
    type: 'recap',
    host: 'node1',
    counts: { ...noCounts, changed },
  })
  assert.ok(told([recap(0), end]).includes('Nothing was changed.'))
  assert.ok(told([check, recap(0), end]).includes('Nothing to change.'))
  assert.ok(told([check, recap(1), end]).includes('1 of 1 host would change.'))
})

test('stages have totals where there are several, tasks with -v', () => {
  const end: Event = { ...samples['run-ended'], exitCode: 0 }
  const run = [stage(['node1']), ended('node1', 'Configure'), stageEnd, stage(['node1']), stageEnd, end]
  assert.ok(told(run).includes('Stages'))
  assert.not.ok(told(run).includes('Slowest tasks'))
  assert.ok(told(run, { verbosity: 1 }).includes('Configure node1 1.2 s'))
  assert.not.ok(told(run.slice(0, 3).concat(end)).includes('Stages'))
})

test('the last line says how it ended', () => {
  assert.equal(told([samples['run-ended']]), ['✘ Failed in 12.0 s · exit code 2', 'Go on with --resume r1'])
  assert.equal(told([{ type: 'run-ended', exitCode: 0, durationMs: 900 }]), ['✔ Done in 0.9 s'])
})

test('a finding says what was found, what was wanted and what to do, at the end of its stage', () => {
  const found: Event = { ...samples.finding, host: 'node1' }
  assert.equal(told([stage(['node1']), found]).slice(1), [])
  assert.equal(told([stage(['node1']), found, stageEnd]).slice(1), [
    'Findings 1 fatal on 1 host',
    '✘ node1 memory Too little',
    'found 1 GB, wanted 2 GB',
    '→ Add some',
  ])
})

test('what was found out alike on several hosts is said once, the gravest first', () => {
  const swap = (host: string): Event => ({
    ...samples.finding,
    host,
    class: 'fix',
    check: 'swap',
    message: `Swap is on on ${host}`,
  })
  const hosts = ['node1', 'node10', 'node2', 'node3', 'node4']
  const lines = told([stage(hosts), ...hosts.map(swap), { ...samples.finding, host: 'node4' }, stageEnd])
  assert.ok(lines.includes('Findings 1 fatal, 5 fixes on 5 hosts'))
  const heads = lines.filter((line) => /^[✘~]/u.test(line))
  assert.equal(heads, ['✘ node4 memory Too little', '~ node1 +4 swap Swap is on on node1'])
})

test('a task that failed by its findings is one line for all hosts', () => {
  const judged = (host: string, status: Status) => ended(host, 'Judge the host', { status })
  const lines = told([
    stage(['node1', 'node2', 'node3']),
    ...['node1', 'node2'].map((host) => judged(host, 'failed')),
    judged('node3', 'ok'),
    stageEnd,
  ])
  assert.ok(lines.includes('✘ Judge the host node1, node2 failed · node3 ok (1.2 s)'), lines.join('\n'))
})

test('a report of flat records is a table, any other JSON', () => {
  const table = told([
    {
      type: 'report',
      name: 'hosts',
      data: [
        { host: 'node1', cpus: 2 },
        { host: 'n', os: 'Debian' },
      ],
    },
  ])
  assert.equal(table, ['hosts', 'host cpus os', 'node1 2', 'n Debian'])
  assert.equal(told([{ type: 'report', name: 'x', data: { a: [1] } }]).at(1), '{')
})

test('no line of a console of 80 columns is wider than that', () => {
  const long = 'a rather long message that goes on and on, '.repeat(4)
  const transcript = new Transcript(() => ({ ...plain, width: 80, verbosity: 1 }))
  const events: readonly Event[] = [
    { ...samples.error, message: long, advice: long },
    { ...samples.warning, message: long },
    stage(['node1', 'node2', 'node3']),
    ended('node1', 'Configure the time service', { status: 'failed', message: long, advice: long }),
    ...['node2', 'node3'].map((host) => ended(host, 'Configure the time service')),
    { ...samples['run-ended'], message: long },
  ]
  for (const line of events.flatMap((event) => transcript.lines(stamped(event)))) {
    assert.ok(line.length <= 80, line)
  }
})

test('a report of one record is a line a field, one of texts a line a text', () => {
  const report = (data: unknown) => told([{ type: 'report', name: 'x', data }]).slice(1)
  assert.equal(report({ run: 'r1', outcome: 'done' }), ['run r1', 'outcome done'])
  assert.equal(report(['one', 'two']), ['one', 'two'])
  assert.equal(report([]), ['(none)'])
})
