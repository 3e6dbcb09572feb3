import type { Inventory } from '../inventory/inventory.ts'
import type { Place } from '../report/events.ts'
import type { Language } from '../report/language.ts'
import type { Engine } from '../task/engine.ts'
import type { Member, RunContext } from './role.ts'
import type { Fleet } from './fleet.ts'
import type { TaskSelection } from './selection.ts'
import type { Tally } from './tally.ts'

/** What all stages of one run share. */
export interface PlayRun {
  readonly engine: Engine
  readonly inventory: Inventory
  readonly fleet: Fleet
  readonly tally: Tally
  readonly forks: number
  readonly language: Language
  /** The hosts that `--limit` leaves, in the inventory's order. */
  readonly limit: ReadonlySet<string>
  /** Those of them that are not opened, since nothing is to be done there, as far as is known. */
  readonly idle: Set<string>
  readonly selection: TaskSelection
  /** Whether a task with this title is to run now: `--start-at` and `--step`. */
  wanted(place: Place): Promise<boolean>
  /** The checked variables of a role on a host. */
  readonly varsOf: (host: string, role: string) => unknown
  readonly member: (host: string) => Member
  /** Hosts that failed or were lost in earlier stages: each counts in the stage in which that came out. */
  readonly gone: Set<string>
  /** Hosts on which something was to be put back: where nothing of ours is left then, its traces go, too. */
  readonly gaveBack: Set<string>
  /** A guard did not hold: the run has failed, though no host has. */
  guardFailed(): void
}

/** What a role hears of its run. */
export function runOf({ engine, limit, language, inventory }: PlayRun): RunContext {
  return { id: engine.runId, hosts: [...limit], language, inventoryFolder: inventory.folder }
}
