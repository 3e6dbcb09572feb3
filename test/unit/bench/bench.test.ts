import { throws } from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, createServer, type AddressInfo } from 'node:net'
import * as assert from 'uvu/assert'
import { chart } from '../../bench/chart.ts'
import { optionsOf } from '../../bench/options.ts'
import { lastingShortfalls, ratiosOf, shortfalls, type Ratio } from '../../bench/quick.ts'
import type { Report, Result } from '../../bench/results.ts'
import { SlowWay } from '../../bench/slow-way.ts'
import { table } from '../../bench/table.ts'
import { pyinfra } from '../../bench/tools/pyinfra.ts'
import { troupe } from '../../bench/tools/troupe.ts'
import { suite } from '../../support/suite.ts'

const test = suite('bench')

const of = (tool: string, wallS: readonly number[]): Result => ({
  work: 'tune',
  run: 'second',
  hosts: 8,
  tool,
  version: '1',
  wallS,
  cpuS: wallS,
  peakMB: wallS.map(() => 10),
})
const results = [of('troupe', [1, 2, 3]), of('ansible', [20, 30, 40]), of('floor', [0.5, 1, 2])]
const report: Report = {
  machine: { processors: 2, processor: 'one', memoryMB: 1, system: 'Linux', node: '20', load: 0 },
  results,
  missing: [{ tool: 'mitogen', why: 'no package' }],
}

test('The table gives medians with their spread, ratios of medians, and names what is missing', () => {
  const said = table(report)
  assert.ok(said.includes('### tune, 8 hosts, second'), said)
  assert.ok(said.includes('| troupe | 1 | 2.00 (1.00–3.00) |'), said)
  assert.ok(said.includes('**15.00** (13.33–20.00)'), said)
  assert.ok(said.includes('Missing: mitogen (no package)'), said)
})

test('The chart has a bar for each tool, the slowest over the whole width', () => {
  const bars = [...chart(report).matchAll(/<rect x="\d+" y="\d+" width="(\d+)"/g)].map(([, width]) =>
    Number(width),
  )
  assert.equal(bars, [31, 460, 15])
})

test('A ratio that fell by more than a quarter is named, and a tool that is not here is no fall', () => {
  const before = [
    { work: 'tune', run: 'second', tool: 'ansible', timesAsFast: 19 },
    { work: 'tune', run: 'second', tool: 'floor', timesAsFast: 0.7 },
    { work: 'tune', run: 'second', tool: 'openssh', timesAsFast: 9 },
  ]
  assert.equal(
    ratiosOf(results).map(({ timesAsFast }) => timesAsFast),
    [15, 0.5],
  )
  assert.equal(shortfalls(ratiosOf(results), before), [
    'tune, second: 0.5 times as fast as floor, which was 0.7',
  ])
})

test('What falls short is measured once more, and only what does so again has fallen', async () => {
  const ratio = (work: string, tool: string, timesAsFast: number): Ratio => ({
    work,
    run: 'only',
    tool,
    timesAsFast,
  })
  const before = [ratio('facts', 'floor', 1), ratio('tune', 'floor', 1), ratio('tune', 'ansible', 10)]
  const measuring = (...rounds: (readonly Ratio[])[]) => {
    const asked: string[][] = []
    const fallen = lastingShortfalls(
      () => {},
      before,
      async (_, works = []) => {
        asked.push(works.map(({ name }) => name))
        return rounds.shift() ?? []
      },
    )
    return fallen.then((words) => ({ words, asked }))
  }
  const well = [ratio('facts', 'floor', 0.8), ratio('tune', 'floor', 0.8), ratio('tune', 'ansible', 9)]
  assert.equal(await measuring(well), { words: [], asked: [[]] })
  const slow = [ratio('facts', 'floor', 0.8), ratio('tune', 'floor', 0.5), ratio('tune', 'ansible', 9)]
  assert.equal(await measuring(slow, [ratio('tune', 'floor', 0.9), ratio('tune', 'ansible', 1)]), {
    words: [],
    asked: [[], ['tune']],
  })
  const { words } = await measuring(slow, [ratio('tune', 'floor', 0.6)])
  assert.equal(words, ['tune, only: 0.6 times as fast as floor, which was 1'])
})

test('Works and tools are chosen by name, and what is none is refused with the names that are', () => {
  const { works, tools, hosts, rounds } = optionsOf(['--only', 'tune,wan', '--hosts', '8', '--rounds', '3'])
  assert.equal([works.map(({ name }) => name), hosts, rounds], [['tune', 'wan'], [8], 3])
  assert.ok(
    ['troupe', 'ansible', 'mitogen', 'pyinfra', 'openssh', 'floor'].every((name) =>
      tools.some((tool) => tool.name === name),
    ),
  )
  throws(() => optionsOf(['--only', 'tunes']), /no work tunes: choose from .*tune/)
  throws(() => optionsOf(['--rounds', '0']), /--rounds takes a whole number/)
})

test('Each tool is believed to have nothing to do only when it says so', () => {
  assert.is(troupe.saysNothingToDo('n1 : ok=18 changed=0\nn2 : ok=18 changed=0'), true)
  assert.is(troupe.saysNothingToDo('n1 : ok=18 changed=0\nn2 : ok=17 changed=1'), false)
  assert.is(troupe.saysNothingToDo(''), false)
  assert.is(pyinfra.saysNothingToDo('    Grand total        40      -         -       40'), true)
  assert.is(pyinfra.saysNothingToDo('    Grand total        40      24        -       16'), false)
})

test('On a slow way every turn takes its time there and back, and is counted', async () => {
  const delayMs = 20
  const address = '127.88.0.1'
  const server = createServer((socket) => void socket.on('data', (data) => socket.write(data)))
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo
  {
    await using way = await SlowWay.open([{ address }], delayMs, port)
    const client = createConnection({ host: way.addressOf(address), port })
    const started = performance.now()
    for (const word of ['one', 'two', 'three']) {
      client.write(word)
      const [answer] = (await once(client, 'data')) as [Buffer]
      assert.is(answer.toString(), word)
    }
    const tookMs = performance.now() - started
    client.destroy()
    // One for the handshake, and three.
    assert.is(way.turns(), 4)
    assert.ok(tookMs >= 4 * 2 * delayMs - 5, `${tookMs} ms`)
  }
  server.close()
})
