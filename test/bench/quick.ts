import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bench } from './bench.ts'
import { type Result, timesAsFast } from './results.ts'
import { ansible } from './tools/ansible.ts'
import { floor } from './tools/floor.ts'
import { openssh } from './tools/openssh.ts'
import { troupe } from './tools/troupe.ts'
import { facts } from './works/facts/facts.ts'
import { startup } from './works/startup/startup.ts'
import { tune } from './works/tune/tune.ts'

const file = join(import.meta.dirname, 'baseline.json')
const form = {
  works: [startup, tune, facts],
  tools: [troupe, ansible, openssh, floor],
  hosts: [3],
  rounds: 3,
}
/** What of a ratio has to be left: machines are noisy. */
const enough = 0.75

/** How many times as fast as that tool. */
export interface Ratio {
  readonly work: string
  readonly run: string
  readonly tool: string
  readonly timesAsFast: number
}

type Progress = (said: string) => void

/** A short form of the benchmark, as ratios: they say more than seconds where others share the machine. */
export async function quickRatios(onProgress: Progress, works = form.works): Promise<readonly Ratio[]> {
  return ratiosOf((await bench({ ...form, works }, onProgress)).results)
}

/** What fell below the baseline, and did again when it was measured once more: a machine has its slow minutes. */
export async function lastingShortfalls(
  onProgress: Progress,
  before: readonly Ratio[],
  measure: typeof quickRatios = quickRatios,
): Promise<readonly string[]> {
  const now = await measure(onProgress)
  // It is always to be had; without it nothing was measured.
  if (!now.some(({ tool }) => tool === floor.name)) throw new Error(`${floor.name} was not measured.`)
  const works = form.works.filter(
    ({ name }) =>
      shortfalls(
        now,
        before.filter(({ work }) => work === name),
      ).length > 0,
  )
  if (works.length === 0) return []
  const again = await measure(onProgress, works)
  return shortfalls(better(now, again), before)
}

/** The better one of each that was measured twice. */
function better(once: readonly Ratio[], again: readonly Ratio[]): readonly Ratio[] {
  const best = new Map<string, Ratio>()
  for (const ratio of [...once, ...again]) {
    const { work, run, tool, timesAsFast } = ratio
    const key = `${work}, ${run}, ${tool}`
    if (timesAsFast > (best.get(key)?.timesAsFast ?? 0)) best.set(key, ratio)
  }
  return [...best.values()]
}

export function ratiosOf(results: readonly Result[]): readonly Ratio[] {
  return results.flatMap(({ work, run, hosts, tool, wallS }) => {
    const own = results.find((one) => one.tool === troupe.name && one.work === work && one.run === run)
    if (own === undefined || own.hosts !== hosts || tool === own.tool) return []
    return { work, run, tool, timesAsFast: Number(timesAsFast(own.wallS, wallS).median.toFixed(2)) }
  })
}

/** The ratios that fell below three quarters of what they were, in words; a tool that is not to be had is left out. */
export function shortfalls(now: readonly Ratio[], baseline: readonly Ratio[]): readonly string[] {
  return baseline.flatMap(({ work, run, tool, timesAsFast: before }) => {
    const found = now.find((one) => one.work === work && one.run === run && one.tool === tool)
    if (found === undefined || found.timesAsFast >= before * enough) return []
    return `${work}, ${run}: ${found.timesAsFast} times as fast as ${tool}, which was ${before}`
  })
}

export function baseline(): readonly Ratio[] {
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Ratio[]
}

export function writeBaseline(ratios: readonly Ratio[]): void {
  writeFileSync(file, `[\n${ratios.map((ratio) => `  ${JSON.stringify(ratio)}`).join(',\n')}\n]\n`)
}
