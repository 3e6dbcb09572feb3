import { AsyncLocalStorage } from 'node:async_hooks'
import type { Evidence, Status } from '../report/events.ts'
import type { Spot } from '../task/engine.ts'
import { evidenceOf } from '../task/evidence.ts'
import type { HostRun } from '../task/host-run.ts'
import {
  FatalFindings,
  FatalReport,
  Interrupted,
  type PlanEnds,
  TaskFailed,
  WrongProgram,
} from '../task/outcome.ts'
import { Revert } from '../task/revert.ts'
import type { Explained } from './role.ts'
import { adviceOf, asTaskFailed, isFatal, statusOf } from './fatal.ts'

/** What a task does; the spot says where. */
export type Work = (spot: Spot) => Promise<Status>

/** What a role knows of a failure. */
export type Explain = (error: TaskFailed) => Promise<Explained>

interface Failure {
  readonly error: TaskFailed
  readonly title: string
  /** The first journal number of the failed task. */
  readonly from: number
  /** How many tasks had been called by then: nobody could know of the failure who called them. */
  readonly calls: number
}

/** A task as it was called. */
interface Called {
  readonly title: string
  /** How many tasks of the role had been called with it. */
  readonly call: number
  readonly calledFrom: Error
}

/** What became of a role so far; another one while a bracket's body is only looked at. */
interface Course {
  /** Not yet caught, as far as is known. */
  failure: Failure | undefined
  planEnd: PlanEnds | undefined
}

/** The tasks of one role on one host, one at a time; keeps what a role may not do from being done. */
export class TaskLine {
  readonly #on: HostRun
  readonly #spotOf: (title: string) => Spot
  readonly #explain: Explain | undefined
  readonly #reported = new WeakSet<object>()
  readonly #bracket = new AsyncLocalStorage<object>()
  /** The innermost bracket that is being worked in. */
  #within: object | undefined
  #course: Course = { failure: undefined, planEnd: undefined }
  #turn: Promise<unknown> = Promise.resolve()
  #calls = 0
  #inFlight = 0
  #ended = false

  constructor(on: HostRun, spotOf: (title: string) => Spot, explain?: Explain) {
    this.#on = on
    this.#spotOf = spotOf
    this.#explain = explain
  }

  /** Runs a task when those called before it have ended; `wanted` may say then that it is not to run. */
  async run(title: string, work: Work, wanted: () => Promise<boolean> = async () => true): Promise<void> {
    this.mayGoOn()
    const call = ++this.#calls
    this.#inFlight++
    // Its stack tells which line of the role that was; it is made out only should the task fail.
    const calledFrom = new Error()
    const mine = this.#turn.then(() => this.#runNow({ call, title, calledFrom }, work, wanted))
    this.#turn = mine.catch(() => {})
    try {
      await mine
    } finally {
      this.#inFlight--
    }
  }

  /** Works in a bracket; until it has ended, nothing may be begun beside it. */
  async inBracket<T>(work: () => Promise<T>): Promise<T> {
    this.mayGoOn()
    const outer = this.#within
    const inner = {}
    this.#within = inner
    try {
      await this.#turn
      return await this.#bracket.run(inner, async () => {
        if (this.#course.failure !== undefined) await this.#rescue(this.#course.failure)
        return work()
      })
    } finally {
      this.#within = outer
    }
  }

  /** Does something whose failures are none of the role, as for a look ahead. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    const course = this.#course
    this.#course = { failure: undefined, planEnd: undefined }
    try {
      return await work()
    } finally {
      this.#course = course
    }
  }

  /** Throws again what ended this host's run or its plan, in case the role caught it. */
  mayGoOn(): void {
    this.#mayRun()
    if (this.#bracket.getStore() === this.#within) return
    const { name } = this.#spotOf('').role
    throw this.#refuse(`The role ${name} began something beside a bracket: await during() first.`)
  }

  /** The plan ends here; a role that catches this does not go on either. */
  endPlan(planEnd: PlanEnds): PlanEnds {
    return (this.#course.planEnd = planEnd)
  }

  /** The role is through: waits for what still runs, and throws what must not be passed over. */
  async end(): Promise<void> {
    const forgotten = this.#inFlight > 0
    await this.close()
    if (this.#on.fatal !== undefined) throw this.#on.fatal
    if (this.#course.planEnd !== undefined) throw this.#course.planEnd
    const { name } = this.#spotOf('').role
    if (forgotten) {
      throw this.#refuse(`The role ${name} ended while a task of it was still running: await it.`)
    }
    if (this.#course.failure !== undefined) await this.#rescue(this.#course.failure)
  }

  /** Lets what runs end, and nothing more begin. */
  async close(): Promise<void> {
    this.#ended = true
    await this.#turn
  }

  /** Whether a task has told of this error already. */
  hasReported(error: unknown): boolean {
    if (!(error instanceof Error)) return false
    return this.#reported.has(error) || this.hasReported(error.cause)
  }

  #mayRun(): void {
    if (this.#on.fatal !== undefined) throw this.#on.fatal
    if (this.#course.planEnd !== undefined) throw this.#course.planEnd
    const { role, engine } = this.#spotOf('')
    if (engine.interrupted.aborted) throw (this.#on.fatal = new Interrupted())
    if (this.#ended) throw new WrongProgram(`The role ${role.name} has ended already.`)
  }

  async #runNow(called: Called, work: Work, wanted: () => Promise<boolean>): Promise<void> {
    const { call, title } = called
    this.#mayRun()
    const { failure } = this.#course
    if (failure !== undefined && call <= failure.calls) throw failure.error
    if (failure !== undefined) await this.#rescue(failure)
    if (!(await wanted())) return this.#emit(title, 'skipped', 0)
    const spot = this.#spotOf(title)
    const started = performance.now()
    const from = this.#on.journal?.next() ?? 0
    spot.engine.emit({ ...spot.place, type: 'task-started' })
    for (;;) {
      try {
        const status = await work(spot)
        return this.#emit(title, status, performance.now() - started)
      } catch (error) {
        const end = await this.#unlessAgain(spot, error)
        if (end !== undefined) throw await this.#failed(end, { ...called, from }, performance.now() - started)
      }
    }
  }

  /** What ends the task: the error, or what somebody did who was asked about it; undefined when it is tried again. */
  async #unlessAgain(spot: Spot, error: unknown): Promise<unknown> {
    const { engine, on } = spot
    if (engine.onFailed === undefined || on.planning || isFatal(error) || !(error instanceof Error))
      return error
    try {
      return (await engine.onFailed(spot, error)) === 'again' ? undefined : error
    } catch (interrupted) {
      return interrupted
    }
  }

  /** Sorts an error: what cannot be caught stays with the host, anything else has failed the task. */
  async #failed(error: unknown, task: Called & Pick<Failure, 'from'>, durationMs: number): Promise<Error> {
    const { title, from, calledFrom } = task
    if (isFatal(error)) {
      this.#on.fatal = error
      this.#emit(title, statusOf(error), durationMs, error)
      return error
    }
    const { failed, seen } = await this.#explained(asTaskFailed(error))
    const evidence = isToldWhole(failed) ? undefined : evidenceOf(failed, calledFrom)
    this.#emit(title, 'failed', durationMs, failed, seen === undefined ? evidence : { ...evidence, seen })
    this.#course.failure = { title, from, error: failed, calls: this.#calls }
    return failed
  }

  /** The failure is what matters: that no more can be learnt of it must not take its place. */
  async #explained(error: TaskFailed): Promise<{ readonly failed: TaskFailed } & Pick<Explained, 'seen'>> {
    if (this.#explain === undefined || this.#on.planning || isToldWhole(error)) {
      return { failed: error }
    }
    const { message, advice = error.advice, seen } = await this.#explain(error).catch((): Explained => ({}))
    const more = seen === undefined ? {} : { seen }
    if (message === undefined) return { failed: error, ...more }
    const options = { cause: error, ...(advice === undefined ? {} : { advice }) }
    return { failed: new TaskFailed(`${message}\n${error.message}`, options), ...more }
  }

  /** The role went on after a failure: what the failed task left half done is undone. */
  async #rescue({ error, title, from }: Failure): Promise<void> {
    this.#course.failure = undefined
    // Should the role throw it all the same, it has to be told of again.
    this.#reported.delete(error)
    const { engine } = this.#spotOf(title)
    let { message } = error
    const { journal } = this.#on
    if (journal !== undefined && !this.#on.planning) {
      const done = new Set(journal.entries.filter(({ type }) => type === 'done').map(({ n }) => n))
      const revert = new Revert(engine, this.#on)
      await revert.undo(({ n }) => n >= from && !done.has(n))
      await revert.end()
      if (revert.failures > 0) message += '\nWhat it left half done could not be undone yet.'
    }
    const { place } = this.#spotOf(title)
    engine.emit({ ...place, type: 'task', status: 'rescued', durationMs: 0, message })
  }

  #refuse(message: string): WrongProgram {
    const refused = new WrongProgram(message)
    this.#on.fatal ??= refused
    return refused
  }

  #emit(title: string, status: Status, durationMs: number, error?: Error, evidence?: Evidence): void {
    const { engine, place } = this.#spotOf(title)
    // What happens in a look ahead, nobody hears of.
    if (error !== undefined && this.#on.lookingAhead === 0) this.#reported.add(error)
    engine.emit({
      ...place,
      type: 'task',
      status,
      durationMs: Math.round(durationMs),
      ...(error === undefined || error instanceof FatalFindings ? {} : wordsOf(error)),
      ...(evidence === undefined ? {} : { evidence }),
    })
  }
}

/** There is nothing more to be learnt of it. */
function isToldWhole(error: TaskFailed): boolean {
  return error instanceof FatalFindings || error instanceof FatalReport
}

function wordsOf(error: Error): { readonly message: string; readonly advice?: string } {
  return { message: error.message, ...adviceOf(error) }
}
