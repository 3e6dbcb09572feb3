import type { Counts, Emit, Event, Status } from '../report/events.ts'

const statuses = [
  'ok',
  'changed',
  'unknown',
  'skipped',
  'failed',
  'unreachable',
  'rescued',
  'reverted',
  'kept',
] as const satisfies readonly Status[]

/** Counts what became of the tasks on every host; the exit code follows from it. */
export class Tally {
  readonly #hosts = new Map<string, Record<Status, number>>()
  /** What was put back of a task, so that a rescue, which undoes its half change, is not taken for a revert. */
  readonly #putBack = new Map<string, Status[]>()

  /** An emitter that counts before it passes an event on. */
  counting(emit: Emit): Emit {
    return (event) => {
      this.#count(event)
      emit(event)
    }
  }

  counts(host: string): Counts {
    return this.#of(host)
  }

  any(status: Status): boolean {
    return [...this.#hosts.values()].some((counts) => counts[status] > 0)
  }

  hosts(): readonly string[] {
    return [...this.#hosts.keys()]
  }

  #count(event: Event): void {
    if (event.host === undefined) return
    const counts = this.#of(event.host)
    if (event.type === 'task' || event.type === 'gate') counts[event.status]++
    const task = JSON.stringify([event.host, event.stage, event.role, event.task])
    if (event.type === 'task' && event.status === 'rescued') {
      // A failure that the role caught is no longer one.
      counts.failed--
      for (const status of this.#putBack.get(task) ?? []) counts[status]--
      this.#putBack.delete(task)
    }
    if (event.type === 'resource' && (event.status === 'reverted' || event.status === 'kept')) {
      counts[event.status]++
      this.#putBack.set(task, [...(this.#putBack.get(task) ?? []), event.status])
    }
    if (event.type === 'contact' && event.state === 'given-up') counts.unreachable = 1
  }

  #of(host: string): Record<Status, number> {
    const known = this.#hosts.get(host)
    if (known !== undefined) return known
    const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>
    this.#hosts.set(host, counts)
    return counts
  }
}
