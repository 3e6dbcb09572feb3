import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabHost } from '../lab/host.ts'
import type { Lab } from '../lab/lab.ts'
import { diffFingerprints } from '../lab/fingerprint.ts'
import { type Measured, Stopwatch } from './measure.ts'
import type { Result } from './results.ts'
import type { Tool } from './tools/tool.ts'
import type { Site, Work } from './work.ts'

export interface ReadyTool {
  readonly tool: Tool
  readonly version: string
}

/** What each host looks like where the work touches it, by name. */
type EndState = ReadonlyMap<string, readonly string[]>

/**
 * Has every tool do the work in turn, round after round, so that what else the machine does meets all of them.
 * Throws when a tool leaves another state than the others, or finds something to do when all is done.
 */
export async function compare(
  work: Work,
  lab: Lab,
  tools: readonly ReadyTool[],
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: number },
  onProgress: (said: string) => void,
): Promise<readonly Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-bench-'))
  await using stopwatch = new Stopwatch()
  const measured = new Map<string, Measured[]>()
  let agreed: { readonly state: EndState; readonly by: string } | undefined
  try {
    await everyHost(lab, (host) => host.must(work.prepare))
    for (let round = 1; round <= rounds; round++) {
      for (const { tool } of tools) {
        await everyHost(lab, (host) => host.must(work.reset))
        const site = siteOf(lab, join(folder, `${round}-${tool.name}`), atOnce)
        const invocation = await tool.prepare(work, site)
        for (const run of work.runs) {
          const one = await stopwatch.measure(invocation, join(site.folder, `${run}.txt`))
          onProgress(`round ${round}: ${tool.name}, ${run} run: ${one.wallS.toFixed(2)} s`)
          if (run === work.runs.at(-1)) refuseChanges(tool.name, one.output)
          const key = `${tool.name} ${run}`
          measured.set(key, [...(measured.get(key) ?? []), one])
        }
        await stopwatch.sweep()
        const state = await endState(work, lab)
        if (agreed === undefined) agreed = { state, by: tool.name }
        else refuseDifference({ by: tool.name, state }, agreed)
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return tools.flatMap(({ tool, version }) =>
    work.runs.map((run): Result => {
      const all = measured.get(`${tool.name} ${run}`) ?? []
      return {
        work: work.name,
        run,
        hosts: lab.hosts.length,
        tool: tool.name,
        version,
        wallS: all.map(({ wallS }) => rounded(wallS)),
        cpuS: all.map(({ cpuS }) => rounded(cpuS)),
        peakMB: all.map(({ peakMB }) => Math.round(peakMB)),
      }
    }),
  )
}

function siteOf(lab: Lab, folder: string, atOnce: number): Site {
  mkdirSync(folder)
  const hosts = lab.hosts.map(({ name, address, record }) => ({ name, address, hostKey: record.hostKey }))
  const { inventoryFile, knownHostsFile, keyFile } = lab
  return { inventoryFile, knownHostsFile, keyFile, hosts, atOnce, folder }
}

/** Every tool ends by saying for each host how much it changed. */
function refuseChanges(tool: string, output: string): void {
  const counts = [...output.matchAll(/changed(?:=|": )(\w+)/g)].map(([, count]) => count)
  if (counts.length > 0 && counts.every((count) => count === '0' || count === 'false')) return
  throw new Error(`${tool} was to find nothing to do, but said:\n${output}`)
}

async function endState(work: Work, lab: Lab): Promise<EndState> {
  const states = await everyHost(lab, async (host) => {
    const lines = (await host.fingerprint()).filter((line) => work.touches(line))
    return [host.name, lines] as const
  })
  return new Map(states)
}

function refuseDifference(
  one: { readonly by: string; readonly state: EndState },
  other: { readonly by: string; readonly state: EndState },
): void {
  for (const [host, state] of one.state) {
    const different = diffFingerprints(other.state.get(host) ?? [], state)
    if (different.length === 0) continue
    throw new Error(
      `${one.by} left ${host} in another state than ${other.by} (-):\n${different.slice(0, 20).join('\n')}`,
    )
  }
}

function everyHost<T>(lab: Lab, work: (host: LabHost) => Promise<T>): Promise<T[]> {
  return Promise.all(lab.hosts.map(work))
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
