import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { nextSteps } from '../../lib/cli/next-steps.ts'
import { listOfRuns } from '../../lib/cli/runs/list.ts'
import { aboutRun } from '../../lib/cli/runs/show.ts'
import type { Event, EventOf, StampedEvent } from '../../lib/report/events.ts'
import { evidenceText } from '../../lib/report/evidence-text.ts'
import { format } from '../../lib/report/format.ts'
import { JunitSuites } from '../../lib/report/junit-suites.ts'
import { paintFor } from '../../lib/report/look.ts'
import { RunStore } from '../../lib/state/run-store.ts'
import type { RunRecord } from '../../lib/state/run-record.ts'
import { scratchFolder } from '../support/scratch.ts'
import { suite } from '../support/suite.ts'
import { ended, noCounts } from './report/samples.ts'

const test = suite('docs/runs')
const page = readFileSync(join(import.meta.dirname, '../../docs/runs.md'), 'utf8')
const look = { paint: paintFor({}, {}), width: Infinity, verbosity: 0, diff: false }
const id = '20261120T165504560-59468c'
const stage = 'Make the hosts alike'
const role = 'system_tuning'

/** The blocks of a language, in the order of the page. */
function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp('```' + language + '\n([\\s\\S]*?)```', 'g'))].map(
    ([, text = '']) => text,
  )
}

function stamped(event: Event): StampedEvent {
  return { v: 1, time: '2026-11-20T16:55:04.560Z', run: id, playbook: 'playbooks/prepare.ts', ...event }
}

const shown = (event: Event) =>
  format(stamped(event), 'apply', look)
    .map((line) => `${line}\n`)
    .join('')

/** The failure that the page tells of. */
const failed: EventOf<'task'> = {
  type: 'task',
  stage,
  role,
  task: 'Install chrony',
  host: 'node3',
  status: 'failed',
  durationMs: 579,
  message: 'No repository of node3 has chrony; known are: none.',
  advice: 'Look at the sources of the host, or ask for another version.',
  evidence: {
    source: { file: 'roles/system_tuning/tasks/time-sync.ts', line: 34 },
    command: {
      line: 'apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=600 chrony',
      exitCode: 100,
      stdout: [
        'Package chrony is not available, but is referred to by another package.',
        'This may mean that the package is missing, has been obsoleted, or',
        'is only available from another source',
      ].join('\n'),
      stderr: "E: Package 'chrony' has no installation candidate",
    },
    resource: 'package:chrony',
    differences: [{ field: 'is', from: 'absent', to: 'installed' }],
    file: `.troupe/hosts/runs/${id}/evidence/node3-1.txt`,
  },
}

/** The two runs of the page, as they stand on disk. */
function storeOfPage(): RunStore {
  const folder = scratchFolder()
  const commit = { id: 'f530d2bdeadbeef', dirty: true }
  const record: Omit<RunRecord, 'id' | 'started'> = {
    playbook: 'playbooks/prepare.ts',
    arguments: ['-i', 'inventory/hosts.ini'],
    inventory: ['inventory/hosts.ini'],
    user: 'ada',
    versions: { troupe: '0.1.0', node: '20.20.2' },
  }
  const runs: readonly RunRecord[] = [
    {
      ...record,
      id: '20261120T165456200-fec23c',
      started: '2026-11-20T16:54:56.200Z',
      ended: '2026-11-20T16:55:03.500Z',
      exitCode: 0,
      hosts: ['node1', 'node2'],
      commit: { ...commit, dirty: false },
    },
    {
      ...record,
      id,
      started: '2026-11-20T16:55:04.560Z',
      ended: '2026-11-20T16:55:05.460Z',
      exitCode: 2,
      hosts: ['node1', 'node2', 'node3'],
      commit,
    },
  ]
  for (const run of runs) {
    const file = join(folder, 'hosts/runs', run.id, 'run.json')
    mkdirSync(join(dirname(file), 'journal'), { recursive: true })
    writeFileSync(file, JSON.stringify(run))
  }
  const store = new RunStore('hosts', folder)
  for (const run of store.list()) {
    run.journal('node3').append({
      type: 'intent',
      n: 1,
      at: { stage: 0, batch: 0, stageTitle: stage, role, task: 'Install chrony' },
      kind: 'package',
      id: 'package:chrony',
      ref: {},
      from: { is: 'absent' },
      to: { is: 'installed' },
    })
  }
  const last = store.find(id)
  for (const event of [
    failed,
    ...['node1', 'node2'].map((host): Event => ({ type: 'recap', host, counts: { ...noCounts, ok: 4 } })),
    { type: 'recap', host: 'node3', counts: { ...noCounts, failed: 1 } } as const,
  ]) {
    last?.appendEvent(`${JSON.stringify(stamped(event))}\n`)
  }
  return store
}

const [list = '', show = '', failure = '', end = ''] = blocks('console')

test('the list is what is printed', () => {
  const data = listOfRuns(storeOfPage().list())
  assert.is(list, `$ npx tsx playbooks/runs.ts list\n${shown({ type: 'report', name: 'Runs', data })}`)
})

test('a run is shown as it is printed', () => {
  const run = storeOfPage().find(id)
  if (run === undefined) throw new Error('there is no run')
  const parts = aboutRun(run).map(([name, data]) => shown({ type: 'report', name, data }))
  const printed = parts.join('').replace(run.folder, `.troupe/hosts/runs/${id}`)
  assert.is(show, `$ npx tsx playbooks/runs.ts show last\n${printed}`)
})

test('a failure is told as on the console, and its evidence stands there as in the file', () => {
  assert.is(failure, shown(failed))
  const event = { ...stamped(failed), time: '2026-11-20T16:55:05.417Z' }
  if (event.type !== 'task' || event.evidence === undefined) throw new Error('that is no failure')
  assert.is(blocks('text')[0], evidenceText(event, event.evidence))
})

test('the last words of a run that failed are those of the page', () => {
  const directory = storeOfPage().find(id)
  if (directory === undefined) throw new Error('there is no run')
  const retryFile = join(process.cwd(), '.troupe/hosts/retry')
  const words = ['-i', 'inventory/hosts.ini']
  const message = nextSteps({ directory, file: 'playbooks/prepare.ts', words, retryFile })
  assert.is(`\n${end}`, shown({ type: 'run-ended', exitCode: 2, durationMs: 900, message }))
})

test('the JUnit report is what is written', () => {
  const suites = new JunitSuites()
  const { evidence, ...rest } = failed
  const source = evidence?.source === undefined ? {} : { evidence: { source: evidence.source } }
  for (const event of [
    { type: 'run-started', mode: 'apply', title: 'Prepare the hosts', hosts: ['node1', 'node3'] } as const,
    { type: 'stage-started', stage, hosts: ['node1', 'node3'], batches: 1 } as const,
    ended('node1', 'Install chrony', { stage, role, durationMs: 15 }),
    { ...rest, ...source },
    { type: 'stage-ended', stage, durationMs: 593, stopped: true } as const,
    { type: 'run-ended', exitCode: 2, durationMs: 908 } as const,
  ]) {
    suites.observe(stamped(event))
  }
  const place = '\n\ncalled at roles/system_tuning/tasks/time-sync.ts:34</failure>'
  assert.is(blocks('xml')[0], suites.finish().replace(place, '</failure>'))
})

test('the GitLab job keeps the report that the playbook writes, also when it fails', () => {
  const { deploy } = parse(blocks('yaml')[0] ?? '') as {
    readonly deploy: {
      readonly script: readonly string[]
      readonly artifacts: { readonly when: string; readonly reports: { readonly junit: string } }
    }
  }
  assert.is(deploy.artifacts.when, 'always')
  assert.match(deploy.script[0] ?? '', new RegExp(` --junit ${deploy.artifacts.reports.junit}$`))
})

test('the script with verbs is one that is run by a test', () => {
  const [comment, ...code] = (blocks('ts')[0] ?? '').split('\n')
  assert.is(comment, '// playbooks/members.ts')
  const script = readFileSync(join(import.meta.dirname, '../playbooks/members.ts'), 'utf8')
  assert.is(code.join('\n'), script.replaceAll("'../../lib/", "'../lib/"))
})
