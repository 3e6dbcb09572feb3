import type { Counts, Event, EventBody, EventOf, StampedEvent } from '../../../lib/report/events.ts'

/** One event of every type, with every field that it may have: a type or field that is new does not compile without. */
type Samples = { readonly [T in EventBody['type']]: Required<Extract<EventBody, { readonly type: T }>> }

export const noCounts = {
  ok: 0,
  changed: 0,
  unknown: 0,
  skipped: 0,
  failed: 0,
  unreachable: 0,
  rescued: 0,
  reverted: 0,
  kept: 0,
} as const satisfies Counts

export const samples: Samples = {
  'run-started': {
    type: 'run-started',
    mode: 'apply',
    title: 'Prepare the hosts',
    hosts: ['node1', 'node2'],
  },
  'stage-started': { type: 'stage-started', hosts: ['node1', 'node2'], batches: 1 },
  'batch-started': { type: 'batch-started', hosts: ['node1'], batch: 1, canary: true },
  'task-started': { type: 'task-started' },
  resource: {
    type: 'resource',
    kind: 'file',
    id: 'file:/etc/x',
    status: 'changed',
    durationMs: 12,
    differences: [{ field: 'mode', from: '0600', to: '0644' }],
    why: 'it cannot be undone',
  },
  output: { type: 'output', text: 'Unpacking', progress: false },
  task: {
    type: 'task',
    status: 'failed',
    durationMs: 1200,
    message: 'It differs',
    advice: 'Look at it',
    evidence: {
      source: { file: 'roles/time/tasks/run.ts', line: 12 },
      command: { line: 'run it', exitCode: 1, stdout: 'so far', stderr: 'no more' },
      resource: 'file:/etc/x',
      differences: [{ field: 'content', from: 'a\n', to: 'b\n' }],
      file: '.troupe/lab/runs/r1/evidence/node1-1.txt',
    },
  },
  gate: { type: 'gate', status: 'failed', durationMs: 1200, message: 'No quorum' },
  contact: { type: 'contact', state: 'lost', message: 'no answer for 15 s' },
  warning: { type: 'warning', message: 'The clock was behind' },
  error: { type: 'error', message: 'The lock is held', advice: 'Wait' },
  finding: {
    type: 'finding',
    check: 'memory',
    class: 'fatal',
    found: '1 GB',
    wanted: '2 GB',
    message: 'Too little',
    advice: 'Add some',
  },
  'stage-ended': { type: 'stage-ended', durationMs: 5400, stopped: false },
  recap: { type: 'recap', counts: noCounts },
  'run-ended': { type: 'run-ended', exitCode: 2, durationMs: 12_000, message: 'Go on with --resume r1' },
  report: { type: 'report', name: 'hosts', data: [] },
}

/** The event as a sink gets it. */
export function stamped(event: Event): StampedEvent {
  return { v: 1, time: '2025-07-14T10:15:00.000Z', run: 'r1', playbook: 'prepare', ...event }
}

/** A task of the stage `Time` that ended on a host. */
export function ended(host: string, title: string, body: Partial<EventOf<'task'>> = {}): Event {
  return {
    stage: 'Time',
    role: 'time',
    task: title,
    host,
    type: 'task',
    status: 'ok',
    durationMs: 1200,
    ...body,
  }
}

export function started(host: string, title: string): Event {
  return { stage: 'Time', role: 'time', task: title, host, type: 'task-started' }
}

export function stage(hosts: readonly string[], batches = 1): Event {
  return { stage: 'Time', type: 'stage-started', hosts, batches }
}
