import * as assert from 'uvu/assert'
import type { Event } from '../../../lib/report/events.ts'
import { openSinks, type Output } from '../../../lib/report/sinks.ts'
import { suite } from '../../support/suite.ts'
import { ended, samples, stage, stamped } from './samples.ts'

const test = suite('report/folds')

const gitlab = { GITLAB_CI: 'true', NO_COLOR: '1' }
const end: Event = samples['run-ended']
const stageEnd: Event = { ...samples['stage-ended'], stage: 'Time' }
const failed = ended('node1', 'Run it', { status: 'failed', message: 'It ended.' })

function console_(env: Record<string, string>, ...events: readonly Event[]): readonly string[] {
  let text = ''
  const stream: Output = { write: (more) => void (text += more), on: () => {} }
  const sinks = openSinks({ json: false, diff: false, verbosity: 0 }, { stdout: stream, stderr: stream, env })
  for (const event of events) for (const sink of sinks) sink.write(stamped(event))
  for (const sink of sinks) sink.close?.()
  return text.split('\n').filter((line) => line !== '')
}

test('in a GitLab job each stage is a section of its own, folded, its line the head', () => {
  const lines = console_(
    gitlab,
    stage(['node1']),
    ended('node1', 'One'),
    stageEnd,
    stage(['node1']),
    stageEnd,
  )
  assert.equal(lines, [
    'section_start:1752488100:stage_1_time[collapsed=true]\r\u001b[0KTime  1 host',
    '  ✔ One                                           node1 ok (1.2 s)',
    'section_end:1752488100:stage_1_time\r\u001b[0K',
    'section_start:1752488100:stage_2_time[collapsed=true]\r\u001b[0KTime  1 host',
    'section_end:1752488100:stage_2_time\r\u001b[0K',
  ])
})

test('a section that an error broke off is ended before what follows', () => {
  const lines = console_(gitlab, stage(['node1']), ended('node1', 'One'), end)
  const ends = lines.findIndex((line) => line.startsWith('section_end'))
  assert.ok(ends > 0 && ends < lines.findIndex((line) => line.includes('exit code 2')))
})

test('what failed is told again below the sections, but for what was rescued', () => {
  const rescued = ended('node2', 'Try', { status: 'rescued', message: 'no' })
  const lines = console_(
    gitlab,
    stage(['node1', 'node2']),
    failed,
    ended('node2', 'Try', { status: 'failed', message: 'no' }),
    rescued,
    { type: 'contact', state: 'given-up', host: 'node3', message: 'node3 is off.' },
    stageEnd,
    end,
  )
  const again = lines.slice(lines.indexOf('What failed'))
  assert.equal(again.slice(0, 4), [
    'What failed',
    '  ✘ Run it                                        node1 failed (1.2 s)',
    '      It ended.',
    '  ✘ node3 is off. The run goes on without it.',
  ])
  assert.not.match(again.join('\n'), /Try/)
})

test('elsewhere, and with TROUPE_FOLDS=0, there are no sections and nothing is told twice', () => {
  const events = [stage(['node1']), failed, stageEnd, end]
  for (const env of [{ NO_COLOR: '1' }, { ...gitlab, TROUPE_FOLDS: '0' }]) {
    const text = console_(env, ...events).join('\n')
    assert.not.match(text, /section_|What failed/)
  }
})
