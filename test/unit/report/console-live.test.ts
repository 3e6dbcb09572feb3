import * as assert from 'uvu/assert'
import { Chalk } from 'chalk'
import { setTimeout as sleep } from 'node:timers/promises'
import { Activity } from '../../../lib/report/activity.ts'
import { areaLines, liveConsole } from '../../../lib/report/console-live.ts'
import type { Event } from '../../../lib/report/events.ts'
import { LiveArea } from '../../../lib/report/live-area.ts'
import { suite } from '../../support/suite.ts'
import { ended, stage, stamped, started } from './samples.ts'
import { MemoryScreen } from './screen.ts'

const test = suite('report/console-live')
const paint = new Chalk({ level: 0 })
const look = { paint, width: 80, verbosity: 0, diff: false }

/** What is drawn two seconds after these events. */
function area(events: readonly Event[], width = 80, rows = 24): readonly string[] {
  const activity = new Activity()
  for (const event of events) activity.observe(event, 0)
  return areaLines(activity, 2000, { ...look, width }, rows).map((line) => line.replaceAll(/ +/g, ' '))
}

const two = [stage(['node1', 'node2']), started('node2', 'Install'), started('node1', 'Install')]

test('every host at work has a line, in the order of the stage, and the stage one below', () => {
  assert.equal(area(two), ['', ' ⠋ node1 Install 2.0 s', ' ⠋ node2 Install 2.0 s', ' Time · 2.0 s'])
})

test('a host that ended its task has none', () => {
  assert.equal(area([...two, ended('node2', 'Install')]), ['', ' ⠋ node1 Install 2.0 s', ' Time · 2.0 s'])
})

test('the last three lines of what runs stand below its host', () => {
  const output: Event = { type: 'output', host: 'node1', text: 'one\ntwo\nthree\nfour' }
  assert.equal(area([...two, output]).slice(2, 5), [' two', ' three', ' four'])
})

test('of progress only the last is seen, until something else is said', () => {
  const say = (text: string): Event => ({ type: 'output', host: 'node1', text, progress: true })
  const line: Event = { type: 'output', host: 'node1', text: 'fetched' }
  assert.equal(area([...two, say('10 %'), say('20 %\n30 %')]).slice(2, -2), [' 30 %'])
  assert.equal(area([...two, say('30 %'), line]).slice(2, -2), [' fetched'])
})

test('lost contact is seen', () => {
  const lost: Event = { type: 'contact', state: 'lost', host: 'node1', message: 'no answer' }
  assert.is(area([...two, lost])[1], ' ! node1 Install no contact')
  assert.is(area([...two, lost, { ...lost, state: 'back' }])[1], ' ⠋ node1 Install 2.0 s')
})

test('the area is never higher or wider than the terminal', () => {
  const hosts = Array.from({ length: 50 }, (_, index) => `host-with-a-long-name-${index}`)
  const output = (host: string): Event => ({ type: 'output', host, text: 'x'.repeat(200) })
  const events = [stage(hosts), ...hosts.flatMap((host) => [started(host, 'Install'), output(host)])]
  const lines = area(events, 40, 10)
  assert.ok(lines.length < 10)
  assert.ok(lines.every((line) => line.length < 40))
  assert.ok(lines.includes(' … 50 hosts at work'))
})

test('a batch is named where there are several', () => {
  const second: Event = { type: 'batch-started', stage: 'Time', hosts: ['node2'], batch: 2 }
  assert.equal(area([stage(['node1', 'node2'], 2), second]), ['', ' Time · batch 2 of 2 · 2.0 s'])
})

test('lines that stay push the area down, in one write', () => {
  const screen = new MemoryScreen(40)
  const live = new LiveArea(screen)
  live.draw(['first'], ['working', 'footer'])
  live.draw(['second'], ['still working', 'footer'])
  assert.equal(screen.lines, ['first', 'second', 'still working', 'footer', ''])
  assert.is(screen.writes, 2)
  assert.not(screen.cursorShown)
  live.draw([], ['still working', 'footer'])
  assert.is(screen.writes, 2, 'nothing is written when nothing changed')
  live.draw([], ['footer'])
  assert.equal(screen.lines, ['first', 'second', 'footer', ''])
  live.clear()
  assert.equal(screen.lines, ['first', 'second', ''])
  assert.ok(screen.cursorShown)
})

test('a terminal that was made narrower is cleaned of what it wrapped', () => {
  const screen = new MemoryScreen(40)
  const live = new LiveArea(screen)
  live.draw(['stays'], ['x'.repeat(39), 'footer'])
  screen.narrow(20)
  live.draw([], ['short', 'footer'])
  assert.equal(screen.lines, ['stays', 'short', 'footer', ''])
})

test('the console draws by itself, gives way to a question, and leaves only what stays', async () => {
  const screen = new MemoryScreen(80)
  const sink = liveConsole({ screen, look })
  for (const event of two) sink.write(stamped(event))
  await sleep(150)
  assert.ok(screen.lines.some((line) => line.includes('node1  Install')))
  const resume = sink.suspend?.()
  assert.not.ok(screen.lines.some((line) => line.includes('node1')))
  assert.ok(screen.cursorShown)
  sink.write(stamped(ended('node1', 'Install')))
  sink.write(stamped(ended('node2', 'Install')))
  await sleep(150)
  assert.not.ok(screen.lines.some((line) => line.includes('Install')))
  resume?.()
  sink.close?.()
  assert.equal(
    screen.lines.map((line) => line.replaceAll(/ +/g, ' ')),
    ['', 'Time 2 hosts', ' ✔ Install 2 ok (1.2 s)', ''],
  )
  assert.ok(screen.cursorShown)
  const { writes } = screen
  await sleep(150)
  assert.is(screen.writes, writes)
})

test('a terminal that says it has no columns is taken for one of the usual size', () => {
  let text = ''
  const screen = { columns: 0, rows: 0, write: (more: string) => void (text += more) }
  const sink = liveConsole({ screen, look })
  sink.write(stamped({ type: 'warning', message: 'a warning of several words' }))
  sink.close?.()
  assert.match(text, /! a warning of several words/)
})
