import type { Event, EventOf } from './events.ts'

const longestTail = 3

/** What a host is doing at the moment. */
export interface Doing {
  readonly host: string
  readonly task: string
  /** On the clock of the console. */
  readonly since: number
  /** The last lines of what runs there. */
  readonly tail: readonly string[]
  /** The last of them gives way to what is said next. */
  readonly passing: boolean
  readonly contactLost: boolean
}

export interface Stage {
  readonly title: string
  readonly since: number
  readonly batch: number
  readonly batches: number
}

/** Follows which host is at which task. */
export class Activity {
  readonly #doing = new Map<string, Doing>()
  #order: readonly string[] = []
  #stage: Stage | undefined

  get hosts(): readonly Doing[] {
    return this.#order.flatMap((host) => this.#doing.get(host) ?? [])
  }

  get stage(): Stage | undefined {
    return this.#stage
  }

  observe(event: Event, now: number): void {
    const { host } = event
    if (event.type === 'run-started') {
      this.#begin({ title: 'Reaching the hosts', since: now, batch: 1, batches: 1 })
    } else if (event.type === 'stage-started') {
      this.#order = event.hosts
      this.#begin({ title: event.stage ?? '', since: now, batch: 1, batches: event.batches })
    } else if (event.type === 'batch-started' && this.#stage !== undefined) {
      this.#begin({ ...this.#stage, batch: event.batch })
    } else if (event.type === 'stage-ended' || event.type === 'run-ended') this.#begin(undefined)
    else if (host !== undefined) this.#observeHost(host, event, now)
  }

  #observeHost(host: string, event: Event, now: number): void {
    const ended = event.type === 'task' || event.type === 'gate'
    if (event.type === 'task-started') {
      const task = event.task ?? ''
      this.#doing.set(host, { host, task, since: now, tail: [], passing: false, contactLost: false })
    } else if (ended || (event.type === 'contact' && event.state === 'given-up')) this.#doing.delete(host)
    else if (event.type === 'contact') this.#change(host, { contactLost: event.state === 'lost' })
    else if (event.type === 'output') this.#output(host, event)
  }

  #begin(stage: Stage | undefined): void {
    this.#stage = stage
    this.#doing.clear()
  }

  #output(host: string, { text, progress = false }: EventOf<'output'>): void {
    const { tail, passing } = this.#doing.get(host) ?? { tail: [], passing: false }
    const standing = passing ? tail.slice(0, -1) : tail
    const news = progress ? text.split('\n').slice(-1) : text.split('\n')
    this.#change(host, { tail: [...standing, ...news].slice(-longestTail), passing: progress })
  }

  #change(host: string, change: Partial<Doing>): void {
    const doing = this.#doing.get(host)
    if (doing !== undefined) this.#doing.set(host, { ...doing, ...change })
  }
}
