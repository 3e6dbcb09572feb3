import { FactMemory } from '../host/fact.ts'
import type { Host, HostReader } from '../host/host.ts'
import { Unreachable } from '../transport/errors.ts'
import { Glance } from './glance.ts'
import type { Journal } from './journal.ts'
import { WrongProgram } from './outcome.ts'
import type { Origins } from './origins.ts'
import type { State } from './state.ts'

/** What the host itself remembers for us from run to run; see `memory.ts`. */
export interface HostMemory {
  /** What became of things since the host was booted, by resource id. */
  readonly changed: Map<string, Written>
  /** What stood before our first change ever. */
  readonly origins: Origins
}

/** What we wrote to a thing since the host was booted. */
export interface Written {
  /** Its digest before our first write. */
  readonly atBoot: string
  /** Its digest as we left it. */
  readonly left: string
  /** How often we found it otherwise than we had left it; our first write counts, since nobody knows what was before. */
  readonly repairs: number
}

/** What a plan foresees; set aside and taken up again around a look-ahead. */
export interface Foresight {
  /** Something earlier on this host is pending, so that what follows is seen as it is, not as it will be. */
  pending: boolean
  /** Something was pending before the work that is looked ahead at. */
  readonly pendingBefore: boolean
  /** Pending states by resource id. */
  readonly states: Map<string, State>
  /** Digests by resource id, of now or foreseen; null where nobody can know. */
  readonly digests: Map<string, string | null>
  /** What a run would remember of its writes, by resource id. */
  readonly changed: Map<string, Written>
}

/** All that one run knows of one host. */
export class HostRun {
  readonly name: string
  readonly reader: HostReader
  /** Absent under check: what is not there cannot be called. */
  readonly host: Host | undefined
  readonly journal: Journal | undefined
  readonly memory: HostMemory
  readonly facts: FactMemory
  /** What was seen here of things that the role will come to. */
  readonly glance = new Glance()
  /** The things that brackets around what runs now are about. */
  readonly setAside = new Set<string>()
  /** Greater than zero while the body of a bracket is only looked at. */
  lookingAhead = 0
  foresight: Foresight = {
    pending: false,
    pendingBefore: false,
    states: new Map(),
    digests: new Map(),
    changed: new Map(),
  }
  /** Whether something was pending here when the batch began: what other hosts may rest on. */
  pendingAtBatchStart = false
  fatal: Error | undefined
  readonly #claims = new Map<string, string>()
  readonly #onLost: (error: Unreachable) => void

  constructor(parts: {
    readonly reader: HostReader
    readonly host?: Host | undefined
    readonly journal?: Journal | undefined
    readonly memory: HostMemory
    /** Hears once that the host has left the run. */
    readonly onLost: (error: Unreachable) => void
  }) {
    this.name = parts.reader.name
    this.reader = parts.reader
    this.host = parts.host
    this.journal = parts.journal
    this.memory = parts.memory
    this.facts = new FactMemory(parts.reader)
    this.#onLost = parts.onLost
  }

  /** Whether changes are only named, not made. */
  get planning(): boolean {
    return this.host === undefined || this.lookingAhead > 0
  }

  /** Whether what is seen here is not yet what will be. */
  get pending(): boolean {
    return this.foresight.pending || this.foresight.pendingBefore
  }

  /** Whether this run has changed something here, for the host itself or for another one. */
  get hasChanged(): boolean {
    return this.memory.origins.isTouched || (this.journal?.entries ?? []).length > 0
  }

  startBatch(): void {
    this.pendingAtBatchStart = this.pending
    this.facts.startBatch()
  }

  /** Something has changed here: what was learnt of the host before no longer counts. */
  forget(): void {
    this.facts.forget()
    this.glance.forget()
  }

  /** Does something with this host, for itself or for another one; when it cannot be reached, it leaves the run. */
  async reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Unreachable) this.#lose(error)
      throw error
    }
  }

  /** Two roles of a run must not own one thing, nor one the whole of it and the other a part. */
  claim(claims: readonly string[], role: string): void {
    for (const claim of claims) {
      for (const [other, owner] of this.#claims) {
        if (owner !== role && overlap(claim, other)) {
          throw new WrongProgram(
            `The roles ${owner} and ${role} both want to own ${claim === other ? claim : `${other} and ${claim}`} ` +
              `on ${this.name}. Let one of them own it, or share the file with block().`,
          )
        }
      }
      // What is only looked at may come otherwise.
      if (this.lookingAhead === 0) this.#claims.set(claim, role)
    }
  }

  #lose(error: Unreachable): void {
    if (this.fatal instanceof Unreachable) return
    this.fatal = error
    this.#onLost(error)
  }
}

/** `path:/etc/x` overlaps with its part `path:/etc/x#block`, and `path:/etc/x/` with all below; two parts do not. */
function overlap(a: string, b: string): boolean {
  return a === b || holds(a, b) || holds(b, a)
}

function holds(whole: string, part: string): boolean {
  return part.startsWith(whole.endsWith('/') ? whole : `${whole}#`)
}
