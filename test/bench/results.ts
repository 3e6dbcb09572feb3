/** The figures of one tool at one run of a work, one a round. */
export interface Result {
  readonly work: string
  readonly run: string
  readonly hosts: number
  readonly tool: string
  readonly version: string
  readonly wallS: readonly number[]
  readonly cpuS: readonly number[]
  readonly peakMB: readonly number[]
  /** On a slow way: how often its connections waited for an answer, all together. */
  readonly turns?: readonly number[]
}

export interface Report {
  readonly machine: Machine
  readonly results: readonly Result[]
  /** Tools that are not to be had here, and why. */
  readonly missing: readonly { readonly tool: string; readonly why: string }[]
}

/** Controller and hosts share it. */
export interface Machine {
  readonly processors: number
  readonly processor: string
  readonly memoryMB: number
  readonly system: string
  readonly node: string
  /** The load of the machine as the benchmark began: what else went on. */
  readonly load: number
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const at = (index: number) => sorted[index] ?? Number.NaN
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle))
}

/** How many times as fast as `other` something was: by the medians, and the least and most of any one round. */
export function timesAsFast(
  one: readonly number[],
  other: readonly number[],
): { readonly median: number; readonly least: number; readonly most: number } {
  const pairs = one.map((value, round) => (other[round] ?? Number.NaN) / value)
  return { median: median(other) / median(one), least: Math.min(...pairs), most: Math.max(...pairs) }
}

/** The results of one run of a work beside each other, under its title. */
export function sideBySide(results: readonly Result[]): ReadonlyMap<string, readonly Result[]> {
  const groups = new Map<string, Result[]>()
  for (const result of results) {
    const title = titleOf(result)
    groups.set(title, [...(groups.get(title) ?? []), result])
  }
  return groups
}

function titleOf({ work, run, hosts }: Result): string {
  const where = hosts === 0 ? '' : `, ${hosts} host${hosts === 1 ? '' : 's'}`
  return `${work}${where}, ${run}`
}
