// `npm run bench -- --only tune --hosts 8 --rounds 5 --json`: the same work by every tool, on the same hosts, in turn.
import { cpus, loadavg, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { createLab } from '../lab/lab.ts'
import { compare, type ReadyTool } from './compare.ts'
import type { Machine, Report } from './results.ts'
import { table } from './table.ts'
import { ansible } from './tools/ansible.ts'
import { floor } from './tools/floor.ts'
import type { Tool } from './tools/tool.ts'
import { troupe } from './tools/troupe.ts'
import { judge } from './works/judge/judge.ts'
import { tune } from './works/tune/tune.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    tools: { type: 'string' },
    hosts: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    'at-once': { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
})

const works = chosen([tune, judge], values.only, 'work')
const tools = chosen([troupe, ansible, floor], values.tools, 'tool')
const rounds = wholeNumber(values.rounds, '--rounds')
const hosts = wholeNumber(values.hosts, '--hosts')
const atOnce = wholeNumber(values['at-once'], '--at-once')

const machine = thisMachine()
const { ready, missing } = await gathered(tools)
const results: Report['results'][number][] = []
{
  await using lab = await createLab({ hosts })
  for (const work of works) results.push(...(await compare(work, lab, ready, { rounds, atOnce }, progress)))
}
const report: Report = { machine, results, missing }
console.log(values.json ? JSON.stringify(report) : table(report))

async function gathered(wanted: readonly Tool[]): Promise<{
  readonly ready: readonly ReadyTool[]
  readonly missing: Report['missing']
}> {
  const ready: ReadyTool[] = []
  const missing: Report['missing'][number][] = []
  for (const tool of wanted) {
    try {
      ready.push({ tool, version: await tool.version() })
    } catch (error) {
      missing.push({ tool: tool.name, why: error instanceof Error ? error.message : String(error) })
    }
  }
  return { ready, missing }
}

function progress(said: string): void {
  console.error(said)
}

function thisMachine(): Machine {
  const all = cpus()
  return {
    processors: all.length,
    processor: all[0]?.model.trim() ?? 'unknown',
    memoryMB: Math.round(totalmem() / 1e6),
    system: `Linux ${release()}`,
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
  }
}

function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: string | undefined,
  what: string,
): readonly T[] {
  if (names === undefined) return all
  return names.split(',').map((name) => {
    const found = all.find((one) => one.name === name)
    if (found !== undefined) return found
    throw new Error(`There is no ${what} ${name}: choose from ${all.map((one) => one.name).join(', ')}.`)
  })
}

function wholeNumber(text: string, flag: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`${flag} takes a whole number from 1, not ${text}.`)
}
