import type { Event, Mode, StampedEvent } from './events.ts'
import { findingLines, type FindingEvent } from './finding-lines.ts'
import { format } from './format.ts'
import type { Look } from './look.ts'
import { recapLines, recapSentence, type HostCounts } from './recap.ts'
import { isShown, taskLines } from './task-lines.ts'
import { TaskBoard, type TaskRecord, type TaskResult } from './task-board.ts'
import { Timings } from './timings.ts'

/** Turns events into the lines that stay on a console: one a task, details of what went wrong, the recap. */
export class Transcript {
  readonly #look: () => Look
  readonly #board = new TaskBoard()
  readonly #timings = new Timings()
  readonly #recap: HostCounts[] = []
  /** What went wrong on which host first, so that the same is not told once a host. */
  readonly #told = new Map<string, string>()
  /** Of the stage: they are shown together, at its end. */
  readonly #findings: FindingEvent[] = []
  /** All of the run, in the order of the inventory. */
  #hosts: readonly string[] = []
  #mode: Mode = 'apply'

  /** @param look asked anew for every event, for a terminal may be resized. */
  constructor(look: () => Look) {
    this.#look = look
  }

  lines(event: StampedEvent): readonly string[] {
    const look = this.#look()
    const recap = event.type === 'recap' ? [] : this.#takeRecap(look)
    const before = this.#isEnd(event) ? this.#tasks(this.#board.flush()) : []
    const findings = this.#isEnd(event) ? findingLines(this.#findings.splice(0), look, this.#hosts) : []
    const timings = event.type === 'run-ended' ? this.#timings.lines(look) : []
    this.#observe(event, look)
    const now = this.#abridged(event) ?? format(event, this.#mode, look)
    return [...before, ...findings, ...recap, ...timings, ...now, ...this.#tasks(this.#board.complete())]
  }

  #isEnd({ type }: Event): boolean {
    return (
      type === 'stage-ended' || type === 'stage-started' || type === 'batch-started' || type === 'run-ended'
    )
  }

  #observe(event: Event, look: Look): void {
    if (event.type === 'run-started') {
      this.#mode = event.mode
      this.#hosts = event.hosts
    } else if (event.type === 'stage-started' || event.type === 'batch-started')
      this.#board.begin(event.hosts)
    else if (event.type === 'task-started') this.#board.started(event)
    else if (event.type === 'resource') this.#board.resource(event, isShown(event, look))
    else if (event.type === 'task' || event.type === 'gate') this.#board.ended(event)
    else if (event.type === 'contact' && event.state === 'given-up') this.#board.left(event.host ?? '')
    else if (event.type === 'finding') this.#findings.push(event)
    else if (event.type === 'stage-ended') this.#timings.stage(event.stage ?? '', event.durationMs)
    else if (event.type === 'recap') this.#recap.push({ host: event.host ?? '', counts: event.counts })
  }

  /** A host that failed as another one did before it says no more than that. */
  #abridged(event: StampedEvent): readonly string[] | undefined {
    if ((event.type !== 'task' && event.type !== 'gate') || event.message === undefined) return undefined
    const { stage, role, task, message, host = '', status } = event
    const advice = 'advice' in event ? event.advice : undefined
    const key = JSON.stringify([stage, role, task, status, message, advice])
    const first = this.#told.get(key)
    if (first === undefined) this.#told.set(key, host)
    if (first === undefined || first === host) return undefined
    const [head = ''] = format(event, this.#mode, this.#look())
    return head === '' ? [] : [`${head} ${this.#look().paint.dim(`as ${first} did`)}`]
  }

  #tasks(records: readonly TaskRecord[]): readonly string[] {
    for (const record of records) this.#timings.task(record)
    return records
      .filter((record) => this.#isWorthALine(record))
      .flatMap((record) => taskLines(record, this.#mode, this.#look()))
  }

  #isWorthALine({ results, resources }: TaskRecord): boolean {
    if (resources.length > 0) return true
    const { verbosity } = this.#look()
    return results.some((result) => !isTold(result) && (result.status !== 'skipped' || verbosity >= 1))
  }

  #takeRecap(look: Look): readonly string[] {
    if (this.#recap.length === 0) return []
    const hosts = this.#recap.splice(0)
    const sentence = look.paint.dim(recapSentence(hosts, this.#mode))
    return ['', look.paint.bold('Recap'), ...recapLines(hosts, this.#mode, look), sentence]
  }
}

/** Whether the host's own lines have said it all. */
function isTold({ status, message }: TaskResult): boolean {
  if (status === 'failed') return message !== undefined
  return status === 'unreachable' || status === 'rescued'
}
