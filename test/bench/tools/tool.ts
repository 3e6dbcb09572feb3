import type { Site, Ways } from '../work.ts'

export interface Invocation {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly folder?: string
}

/** A way to get work done on many hosts. */
export interface Tool {
  readonly name: string
  /** Sees to it that the tool is there and tells its version; throws when it is not to be had. */
  version(): Promise<string>
  /** How it is started; undefined where it has no words for the work. What it needs stands in the site's folder then. */
  start(ways: Ways, site: Site): Invocation | undefined
  /** Whether it said that there was nothing to do. */
  saysNothingToDo(output: string): boolean
}

/** Every host says how much changed there, and it is nothing. */
export function countsNothing(output: string): boolean {
  const counts = [...output.matchAll(/changed(?:=|": )(\w+)/g)].map(([, count]) => count)
  return counts.length > 0 && counts.every((count) => count === '0' || count === 'false')
}
