import type { Site, Work } from '../work.ts'

export interface Invocation {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A way to get work done on many hosts. */
export interface Tool {
  readonly name: string
  /** Sees to it that the tool is there and tells its version; throws when it is not to be had. */
  version(): Promise<string>
  /** Gets ready, so that what is measured is the tool alone. */
  prepare(work: Work, site: Site): Promise<Invocation>
}
