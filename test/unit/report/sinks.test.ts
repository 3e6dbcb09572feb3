import * as assert from 'uvu/assert'
import { Chalk } from 'chalk'
import { setTimeout as sleep } from 'node:timers/promises'
import { plainConsole } from '../../../lib/report/console-plain.ts'
import { jsonLine } from '../../../lib/report/json.ts'
import { paintFor } from '../../../lib/report/look.ts'
import { openSinks, type Output } from '../../../lib/report/sinks.ts'
import { suite } from '../../support/suite.ts'
import { samples, stage, stamped, started } from './samples.ts'

const test = suite('report/sinks')

interface Stream extends Output {
  text: string
  fail(code: string): void
}

function stream(): Stream {
  const listeners: ((error: NodeJS.ErrnoException) => void)[] = []
  const made: Stream = {
    text: '',
    write: (text) => void (made.text += text),
    on: (_, listener) => void listeners.push(listener),
    fail(code) {
      for (const listener of listeners) listener(Object.assign(new Error(code), { code }))
    },
  }
  return made
}

const quiet = { diff: false, verbosity: 0, json: false }

test('with --json stdout has nothing but JSON, and the console goes to stderr', () => {
  const [stdout, stderr] = [stream(), stream()]
  const sinks = openSinks({ ...quiet, json: true }, { stdout, stderr, env: {} })
  for (const sample of Object.values(samples)) for (const sink of sinks) sink.write(stamped(sample))
  for (const sink of sinks) sink.close?.()
  const lines = stdout.text.trimEnd().split('\n')
  assert.equal(
    lines.map((line) => JSON.parse(line).type),
    Object.keys(samples),
  )
  assert.match(stderr.text, /Prepare the hosts/)
})

test('without --json the console is on stdout', () => {
  const [stdout, stderr] = [stream(), stream()]
  const sinks = openSinks(quiet, { stdout, stderr, env: {} })
  for (const sink of sinks) sink.write(stamped(samples.warning))
  for (const sink of sinks) sink.close?.()
  assert.is(stdout.text, '  ! The clock was behind\n')
  assert.is(stderr.text, '')
})

test('who stops reading stops nobody; any other error of a stream is one', () => {
  const [stdout, stderr] = [stream(), stream()]
  for (const sink of openSinks(quiet, { stdout, stderr, env: {} })) sink.close?.()
  stdout.fail('EPIPE')
  assert.throws(() => stdout.fail('EIO'), /EIO/)
})

test('the documented fields of a line stand in one order, however the event was made', () => {
  const { type, kind, ...rest } = samples.resource
  const line = jsonLine(stamped({ ...rest, kind, host: 'node1', stage: 'Time', type }))
  assert.is(
    Object.keys(JSON.parse(line)).slice(0, 11).join(' '),
    'v type time run playbook stage host kind id status durationMs',
  )
})

test('colours are for terminals; NO_COLOR and FORCE_COLOR decide otherwise', () => {
  const level = (isTTY: boolean, env: Record<string, string>) => paintFor({ isTTY }, env).level
  assert.is(level(true, {}), 1)
  assert.is(level(false, {}), 0)
  assert.is(level(true, { NO_COLOR: '1' }), 0)
  assert.is(level(true, { NO_COLOR: '' }), 1)
  assert.is(level(true, { TERM: 'dumb' }), 0)
  assert.is(level(false, { FORCE_COLOR: '1' }), 1)
  assert.is(level(true, { FORCE_COLOR: '0' }), 0)
  assert.is(level(true, { FORCE_COLOR: '1', NO_COLOR: '1' }), 1)
})

test('the log of a GitLab job has colours; that of Jenkins where the AnsiColor plugin is at work', () => {
  const level = (env: Record<string, string>) => paintFor({}, env).level
  assert.is(level({ GITLAB_CI: 'true' }), 1)
  assert.is(level({ GITLAB_CI: 'true', TERM: 'dumb' }), 1)
  assert.is(level({ GITLAB_CI: 'true', NO_COLOR: '1' }), 0)
  assert.is(level({ GITLAB_CI: 'true', FORCE_COLOR: '0' }), 0)
  assert.is(level({ JENKINS_URL: 'x' }), 0)
  assert.is(level({ JENKINS_URL: 'x', TERM: 'dumb' }), 0)
  assert.is(level({ JENKINS_URL: 'x', TERM: 'xterm' }), 1)
  assert.is(level({ JENKINS_URL: 'x', TERM: 'xterm', NO_COLOR: '1' }), 0)
})

test('where there is no terminal, a long silence is explained', async () => {
  const out = stream()
  const look = { paint: new Chalk({ level: 0 }), width: Infinity, verbosity: 0, diff: false }
  const sink = plainConsole({ stream: out, look, silenceMs: 30 })
  sink.write(stamped(stage(['node1'])))
  sink.write(stamped(started('node1', 'Install chrony')))
  sink.write(stamped({ type: 'output', host: 'node1', text: 'Unpacking' }))
  await sleep(80)
  sink.close?.()
  assert.match(out.text, /… node1 {2}Install chrony \(0\.\d s\) │ Unpacking\n/)
  const { text } = out
  await sleep(80)
  assert.is(out.text, text)
})

test('where there is no terminal, progress is told now and then', async () => {
  const out = stream()
  const look = { paint: new Chalk({ level: 0 }), width: Infinity, verbosity: 0, diff: false }
  const sink = plainConsole({ stream: out, look, progressMs: 40 })
  const say = (text: string) => sink.write(stamped({ type: 'output', host: 'node1', text, progress: true }))
  for (const event of [stage(['node1']), started('node1', 'Fetch')]) sink.write(stamped(event))
  say('10 %')
  assert.not.match(out.text, '10 %')
  await sleep(60)
  say('60 %')
  say('61 %')
  sink.close?.()
  assert.match(out.text, /node1 {2}Fetch .*│ 60 %/)
  assert.not.match(out.text, '61 %')
})
