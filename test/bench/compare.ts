import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabHost } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'
import { EndStates } from './end-states.ts'
import { type Measured, Stopwatch } from './measure.ts'
import type { Result } from './results.ts'
import { emptySite, siteOf } from './site.ts'
import { SlowWay } from './slow-way.ts'
import type { Tool } from './tools/tool.ts'
import type { OnHosts, Site, Work } from './work.ts'

export interface ReadyTool {
  readonly tool: Tool
  readonly version: string
}

export interface CompareOptions {
  readonly rounds: number
  readonly onProgress: (said: string) => void
}

/** Something to work on, as one tool after the other does. */
interface Ground {
  readonly hosts: readonly LabHost[]
  readonly slow?: SlowWay
  siteIn(folder: string): Site
  /** Puts everything back to the start. */
  reset(): Promise<void>
  /** Throws when a tool has left another state than those before it. */
  agree(tool: string): Promise<void>
}

type Figures = Measured & { readonly turns?: number }

/** A work that touches no host. */
export async function compareWithoutHosts(
  work: Work,
  tools: readonly ReadyTool[],
  options: CompareOptions,
): Promise<readonly Result[]> {
  const nothing = async () => {}
  return compareOn(
    { hosts: [], siteIn: (folder) => emptySite(folder, work), reset: nothing, agree: nothing },
    work,
    tools,
    options,
  )
}

/** A work on the first hosts of a lab. */
export async function compareOnHosts(
  work: Work,
  on: OnHosts,
  lab: Lab,
  count: number,
  tools: readonly ReadyTool[],
  options: CompareOptions,
): Promise<readonly Result[]> {
  const hosts = lab.hosts.slice(0, count)
  await using slow = on.delayMs === undefined ? undefined : await SlowWay.open(hosts, on.delayMs)
  const states = new EndStates(hosts, (line) => on.touches(line))
  await Promise.all(hosts.map((host) => host.must(on.prepare)))
  return await compareOn(
    {
      hosts,
      ...(slow === undefined ? {} : { slow }),
      siteIn: (folder) =>
        siteOf(folder, hosts, lab.keyFile, ({ address }) => slow?.addressOf(address) ?? address),
      reset: async () => void (await Promise.all(hosts.map((host) => host.must(on.reset)))),
      agree: (tool) => states.agree(tool),
    },
    work,
    tools,
    options,
  )
}

/** Has every tool do the work in turn, round after round, so that what else the machine does meets all of them. */
async function compareOn(
  ground: Ground,
  work: Work,
  tools: readonly ReadyTool[],
  { rounds, onProgress }: CompareOptions,
): Promise<readonly Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
  const able = tools.filter(({ tool }) => isAble(tool, work, ground, join(folder, `able-${tool.name}`)))
  const figures = new Map<string, Figures[]>()
  await using stopwatch = new Stopwatch()
  try {
    for (let round = 1; round <= Math.min(rounds, work.atMostRounds ?? rounds); round++) {
      for (const { tool } of able) {
        await ground.reset()
        const site = ground.siteIn(join(folder, `${round}-${tool.name}`))
        for (const run of work.runs) {
          const one = await measured(stopwatch, tool, work, run, site, ground.slow)
          if (one === undefined) continue
          onProgress(
            `${titleOf(work, ground)}, round ${round}: ${tool.name}, ${run}: ${one.wallS.toFixed(2)} s`,
          )
          figures.set(`${tool.name} ${run}`, [...(figures.get(`${tool.name} ${run}`) ?? []), one])
        }
        await stopwatch.sweep()
        await ground.agree(tool.name)
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return work.runs.flatMap((run) =>
    able.flatMap(({ tool, version }) => {
      const all = figures.get(`${tool.name} ${run}`)
      if (all === undefined) return []
      return resultOf({ work: work.name, run, hosts: ground.hosts.length, tool: tool.name, version }, all)
    }),
  )
}

async function measured(
  stopwatch: Stopwatch,
  tool: Tool,
  work: Work,
  run: string,
  site: Site,
  slow: SlowWay | undefined,
): Promise<Figures | undefined> {
  const invocation = tool.start(work.ways(run), site)
  if (invocation === undefined) return undefined
  slow?.turns()
  const one = await stopwatch.measure(invocation, join(site.folder, 'said.txt'))
  if (run === work.on?.settled && !tool.saysNothingToDo(one.output)) {
    throw new Error(`${tool.name} was to find nothing to do, but said:\n${one.output}`)
  }
  return slow === undefined ? one : { ...one, turns: slow.turns() }
}

function isAble(tool: Tool, work: Work, ground: Ground, folder: string): boolean {
  const site = ground.siteIn(folder)
  return work.runs.some((run) => tool.start(work.ways(run), site) !== undefined)
}

function titleOf({ name }: Work, { hosts }: Ground): string {
  return hosts.length === 0 ? name : `${name} on ${hosts.length}`
}

function resultOf(
  what: Pick<Result, 'work' | 'run' | 'hosts' | 'tool' | 'version'>,
  all: readonly Figures[],
): Result {
  const turns = all.flatMap((one) => one.turns ?? [])
  return {
    ...what,
    wallS: all.map(({ wallS }) => rounded(wallS)),
    cpuS: all.map(({ cpuS }) => rounded(cpuS)),
    peakMB: all.map(({ peakMB }) => Math.round(peakMB)),
    ...(turns.length === 0 ? {} : { turns }),
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
