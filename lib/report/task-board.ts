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

/** Gathers what the hosts of a batch say of each task, until no host is left that may still come to it. */
export class TaskBoard {
  readonly #entries = new Map<string, Entry>()
  /** Per host that is still in the run, the order of the task that it came to last. */
  #reached = new Map<string, number>()
  #begun = 0

  begin(hosts: readonly string[]): void {
    this.#reached = new Map(hosts.map((host) => [host, -1]))
  }

  started({ host, ...place }: Place): void {
    if (host !== undefined) this.#reached.set(host, this.#entry(place).order)
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
    else this.#reached.set(host, entry.order)
  }

  /** The host comes to no task any more. */
  left(host: string): void {
    this.#reached.delete(host)
  }

  /** The tasks that are complete now; each is given once. */
  complete(): readonly TaskRecord[] {
    return this.#take(
      (entry) => entry.ended.size > 0 && [...this.#reached].every((host) => isPast(entry, host)),
    )
  }

  /** All that is left, at the end of a batch or a stage. */
  flush(): readonly TaskRecord[] {
    return this.#take(() => true).filter(({ results }) => results.length > 0)
  }

  #entry({ role, task = '' }: Place): Entry {
    const key = JSON.stringify([role, task])
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const entry = { order: this.#begun++, task, ended: new Map(), touched: new Map(), resources: [] }
    this.#entries.set(key, entry)
    return entry
  }

  #take(taken: (entry: Entry) => boolean): readonly TaskRecord[] {
    const found = [...this.#entries].filter(([, entry]) => taken(entry))
    for (const [key] of found) this.#entries.delete(key)
    return found.map(([, { task, ended, touched, resources }]) => ({
      task,
      results: [...new Map([...touched, ...ended]).values()],
      resources,
    }))
  }
}

function isPast({ order, ended }: Entry, [host, reached]: readonly [string, number]): boolean {
  return reached > order || ended.has(host)
}

function weightier(a: Status, b: Status): Status {
  return statusesByWeight.find((status) => status === a || status === b) ?? a
}
