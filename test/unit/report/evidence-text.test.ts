import * as assert from 'uvu/assert'
import { evidenceText } from '../../../lib/report/evidence-text.ts'
import type { StampedEvent } from '../../../lib/report/events.ts'
import { openReporter } from '../../../lib/report/reporter.ts'
import { suite } from '../../support/suite.ts'
import { samples, stamped } from './samples.ts'

const test = suite('report/evidence-text')
const place = { stage: 'Time', role: 'time', task: 'Run it', host: 'node1' }

test('the file of a failure holds all that is known of it', () => {
  const event = stamped({ ...samples.task, ...place })
  if (event.type !== 'task') throw new Error('that is another event')
  assert.is(
    evidenceText(event, samples.task.evidence),
    [
      'Run        r1 of prepare',
      'Host       node1',
      'Stage      Time',
      'Role       time',
      'Task       Run it',
      'Failed     2025-07-14T10:15:00.000Z, after 1.2 s',
      'Called at  roles/time/tasks/run.ts:12',
      '',
      'It differs',
      '',
      '→ Look at it',
      '',
      'Command, which ended with exit code 1:',
      '  run it',
      '',
      'The end of its stdout:',
      '  so far',
      '',
      'The end of its stderr:',
      '  no more',
      '',
      'What was being changed: file:/etc/x',
      '  --- before',
      '  +++ after',
      '  @@ -1 +1 @@',
      '  -a',
      '  +b',
      '',
    ].join('\n'),
  )
})

function kept(keepEvidence: (host: string, text: string) => string): readonly StampedEvent[] {
  const events: StampedEvent[] = []
  const sink = { name: 'a test', write: (event: StampedEvent) => void events.push(event) }
  const { file: _, ...evidence } = samples.task.evidence
  openReporter({ run: 'r1', playbook: 'p', sinks: [sink], keepEvidence }).emit({
    ...samples.task,
    ...place,
    evidence,
  })
  return events
}

test('evidence is kept before an event goes out, and the event names the file', () => {
  const [event] = kept((host, text) => `${host} ${text.split('\n')[0]}`)
  assert.is(event?.type === 'task' && event.evidence?.file, 'node1 Run        r1 of p')
})

test('evidence that cannot be kept is missed, and hinders nothing', () => {
  const events = kept(() => {
    throw new Error('the disk is full')
  })
  assert.equal(
    events.map(({ type }) => type),
    ['warning', 'task'],
  )
})
