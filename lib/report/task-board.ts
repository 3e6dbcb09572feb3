import type { EventOf, Place, Status } from './events.ts'
import { statusesByWeight } from './look.ts'

export type ResourceEvent = EventOf<'resource'>

/** One task on all hosts that had it. */
export interface TaskRecord {
  readonly task: string
  readonly results: readonly TaskResult[]
  readonly resources: readonly ResourceEvent[]
}

export interface TaskResult {
  readonly host: string
  readonly status: Status
  readonly durationMs: number
  readonly message?: string | undefined
}

interface Entry {
  readonly order: number
  readonly task: string
  /** By host, as the task ended there. */
  readonly ended: Map<string, TaskResult>
  /** By host, what its resources came to: a revert tells of nothing else. */
  readonly touched: Map<string, TaskResult>
  readonly resources: ResourceEvent[]
}

/** Where a host is, by the orders of tasks. */
interface Progress {
  /** The task that it came to last. */
  readonly last: number
  /** The highest one that it ever came to. */
  readonly furthest: number
}

/** Gathers what the hosts of a batch say of each task, until no host is left that may still come to it. */
export class TaskBoard {
  readonly #entries = new Map<string, Entry>()
  /** Per host that is still in the run. */
  #reached = new Map<string, Progress>()
  #begun = 0

  begin(hosts: readonly string[]): void {
    this.#reached = new Map(hosts.map((host) => [host, { last: -1, furthest: -1 }]))
  }

  started({ host, ...place }: Place): void {
    if (host !== undefined) this.#reach(host, this.#entry(place).order)
  }

  /** @param shown whether the resource itself is to stand below its task. */
  resource(event: ResourceEvent, shown: boolean): void {
    const { host, status, durationMs } = event
    const entry = this.#entry(event)
    if (shown) entry.resources.push(event)
    if (host === undefined) return
    const before = entry.touched.get(host)
    entry.touched.set(host, {
      host,
      status: weightier(before?.status ?? status, status),
      durationMs: (before?.durationMs ?? 0) + durationMs,
    })
  }

  ended(event: EventOf<'task'> | EventOf<'gate'>): void {
    const { host, status, durationMs, message } = event
    if (host === undefined) return
    const entry = this.#entry(event)
    entry.ended.set(host, { host, status, durationMs, message })
    if (status === 'failed' || status === 'unreachable') this.left(host)
    else this.#reach(host, entry.order)
  }

  /** The host comes to no task any more. */
  left(host: string): void {
    this.#reached.delete(host)
  }

  /** The tasks that are complete now; each is given once. */
  complete(): readonly TaskRecord[] {
    // Beyond that there is a host that has not come to it, so that nothing need be looked at there.
    const bound = Math.min(...[...this.#reached.values()].map(({ furthest }) => furthest))
    const complete: [string, Entry][] = []
    for (const [key, entry] of this.#entries) {
      if (entry.order > bound) break
      if (entry.ended.size > 0 && [...this.#reached].every((host) => isPast(entry, host)))
        complete.push([key, entry])
    }
    return this.#take(complete)
  }

  /** All that is left, at the end of a batch or a stage. */
  flush(): readonly TaskRecord[] {
    return this.#take([...this.#entries]).filter(({ results }) => results.length > 0)
  }

  #reach(host: string, last: number): void {
    this.#reached.set(host, { last, furthest: Math.max(last, this.#reached.get(host)?.furthest ?? -1) })
  }

  #entry({ role, task = '' }: Place): Entry {
    const key = JSON.stringify([role, task])
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const entry = { order: this.#begun++, task, ended: new Map(), touched: new Map(), resources: [] }
    this.#entries.set(key, entry)
    return entry
  }

  #take(taken: readonly (readonly [string, Entry])[]): readonly TaskRecord[] {
    for (const [key] of taken) this.#entries.delete(key)
    return taken.map(([, { task, ended, touched, resources }]) => ({
      task,
      results: [...new Map([...touched, ...ended]).values()],
      resources,
    }))
  }
}

function isPast({ order, ended }: Entry, [host, { last }]: readonly [string, Progress]): boolean {
  return last > order || ended.has(host)
}

function weightier(a: Status, b: Status): Status {
  return statusesByWeight.find((status) => status === a || status === b) ?? a
}
