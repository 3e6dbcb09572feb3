import { cpus, loadavg, release, totalmem } from 'node:os'
import { createLab } from '../lab/lab.ts'
import { compareOnHosts, compareWithoutHosts, type ReadyTool } from './compare.ts'
import type { Options } from './options.ts'
import type { Machine, Report, Result } from './results.ts'
import type { Tool } from './tools/tool.ts'
import type { Work } from './work.ts'

/** The same work by every tool, on the same hosts, in turn. */
export async function bench(
  { works, tools, hosts, rounds }: Pick<Options, 'works' | 'tools' | 'hosts' | 'rounds'>,
  onProgress: (said: string) => void,
): Promise<Report> {
  const machine = thisMachine()
  const { ready, missing } = await gathered(tools)
  const results: Result[] = []
  const options = { rounds, onProgress }
  for (const work of works.filter(({ on }) => on === undefined)) {
    results.push(...(await compareWithoutHosts(work, ready, options)))
  }
  const onHosts = works.flatMap((work) => (work.on === undefined ? [] : [{ work, on: work.on }]))
  const countsOf = ({ on }: Work) => hosts ?? on?.counts ?? []
  if (onHosts.length > 0) {
    await using lab = await createLab({ hosts: Math.max(...onHosts.flatMap(({ work }) => countsOf(work))) })
    for (const { work, on } of onHosts) {
      for (const count of countsOf(work)) {
        results.push(...(await compareOnHosts(work, on, lab, count, ready, options)))
      }
    }
  }
  return { machine, results, missing }
}

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
