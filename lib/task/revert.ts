import type { Difference, Status } from '../report/events.ts'
import { ourPaths } from '../host/paths.ts'
import { Unreachable } from '../transport/errors.ts'
import { differences } from './differences.ts'
import type { Engine } from './engine.ts'
import type { HostRun } from './host-run.ts'
import { changesToUndo, undoingOf, type ChangeMade, type Entry, type Intent } from './journal.ts'
import { isKnown } from './kind.ts'
import { forgetOriginIfBack } from './memory.ts'
import { look, moveBack, settleAgain } from './move-back.ts'
import { NotYet } from './outcome.ts'
import { throughOneOf } from './peer.ts'
import type { State } from './state.ts'
import { holdsOther } from './undo.ts'
import { unknownKind } from './unknown-kind.ts'
import { runsOn, wayBack, whoKept } from './way-back.ts'

/** Names the later run that changed a thing, where there is one; else it was somebody else. */
export type LaterRun = (host: string, id: string) => string | undefined

interface Outcome {
  readonly status: Status
  readonly why?: string
  readonly oneWay?: true
  readonly differences?: readonly Difference[]
}

/** A change that stands; why, where undoing it was tried and failed. */
export interface Left {
  readonly intent: Intent
  readonly why: string | undefined
}

/**
 * Puts back what one run changed on one host, newest first, from any process. It writes its own intents, so that it
 * can be killed and run again; what cannot be put back is kept, and named.
 */
export class Revert {
  readonly #engine: Engine
  readonly #on: HostRun
  readonly #laterRun: LaterRun
  readonly #ours: string | undefined
  /** What runs on again, but may react to something that is put back later: it counts as undone at the end. */
  #settled: ChangeMade[] = []
  /** Of these, what is as it was, by the number of its last intent. */
  readonly #back = new Set<number>()
  /** What could not be undone, by the number of its last intent. */
  readonly #failed = new Map<number, { readonly id: string; readonly why: string }>()

  /** @param ours what is undone, in words: what came later is somebody else's */
  constructor(engine: Engine, on: HostRun, laterRun: LaterRun = () => undefined, ours?: string) {
    this.#engine = engine
    this.#on = on
    this.#laterRun = laterRun
    this.#ours = ours
  }

  get host(): string {
    return this.#on.name
  }

  /** How many changes could not be undone. */
  get failures(): number {
    return this.#failed.size
  }

  /** What is still to be undone, newest first. */
  left(): readonly Left[] {
    const settled = new Set(this.#settled.map(({ last }) => last.n))
    return changesToUndo(this.#entries)
      .filter(({ last }) => this.#failed.has(last.n) || !settled.has(last.n))
      .map(({ last }) => ({ intent: last, why: this.#failed.get(last.n)?.why }))
  }

  /** Undoes the changes whose intents `within` accepts, then settles what runs on. */
  async undo(within: (intent: Intent) => boolean): Promise<void> {
    const changes = changesToUndo(this.#entries, within)
    this.#supersede(changes)
    const toSettle: ChangeMade[] = []
    for (const change of changes) {
      if (this.#engine.interrupted.aborted) return
      if (this.#isBlocked(change)) continue
      if (runsOn(change)) toSettle.push(change)
      else await this.#report(change, () => this.#putBack(change))
    }
    for (const change of [...this.#settled, ...toSettle]) {
      if (this.#engine.interrupted.aborted) return
      await this.#report(change, () => this.#settle(change))
    }
    this.#settled.push(...toSettle)
  }

  /** All that is going to be put back is: what was settled has been undone. */
  async end(): Promise<void> {
    if (this.failures > 0 || this.#engine.interrupted.aborted) return
    for (const change of this.#settled) {
      const { last, from } = change
      if (this.#back.has(last.n)) {
        await this.#onTarget(last, (target) => forgetOriginIfBack(target, last, from))
      }
      this.#endAs(change, { status: 'reverted' })
    }
    this.#settled = []
  }

  get #entries(): readonly Entry[] {
    return this.#journal.entries
  }

  get #journal() {
    const { journal, name } = this.#on
    if (journal === undefined) throw new Error(`${name} was opened for reading only.`)
    return journal
  }

  /** What an older change of the same thing puts back need not be settled any more: it may be to stop. */
  #supersede(older: readonly ChangeMade[]): void {
    const ids = new Set(older.map(({ last }) => last.id))
    for (const change of this.#settled) {
      if (!ids.has(change.last.id)) continue
      this.#failed.delete(change.last.n)
      this.#endAs(change, { status: 'reverted' })
    }
    this.#settled = this.#settled.filter(({ last }) => !ids.has(last.id))
  }

  /** Under a newer change that could not be undone an older one of the same thing cannot be seen. */
  #isBlocked({ last }: ChangeMade): boolean {
    return last.bracket === undefined && [...this.#failed.values()].some(({ id }) => id === last.id)
  }

  #putBack(change: ChangeMade): Promise<Outcome> {
    const { last, from, to } = change
    if (!isKnown(last.kind)) return Promise.reject(unknownKind(last))
    return this.#onTarget(last, async (target) => {
      const actual = await look(target, last)
      const isForgotten = isForgottenOn(target, last)
      const done = change.done || isForgotten
      const begun = isForgotten ? undefined : undoingOf(this.#entries, last)
      const way = wayBack({ ...change, done }, actual, begun)
      if (way.is === 'gone' || way.is === 'one way') {
        await forgetOriginIfBack(target, last, from)
        return { status: 'kept', why: way.why, ...(way.is === 'one way' ? { oneWay: true } : {}) }
      }
      if (begun === undefined && way.is === 'apply')
        this.#journal.append({ type: 'undoing', n: last.n, to: way.to, kept: way.kept })
      const moves = way.is === 'apply' && !(actual instanceof NotYet)
      const shown = moves ? await this.#move(target, last, actual, way.to) : {}
      const kept = way.is === 'nothing' ? [] : way.kept
      if (kept.length > 0) return { ...shown, status: 'kept', why: this.#whoKept(last.id, kept) }
      await forgetOriginIfBack(target, last, from)
      // A change that was half done is put back whatever stood there; what that was is kept aside.
      if (done || begun !== undefined || !moves || !holdsOther(actual, [from, to])) {
        return { ...shown, status: 'reverted' }
      }
      const why = `What stood there was neither the old nor the new; it is kept in ${beforeFolder(target)}.`
      return { ...shown, status: 'reverted', why }
    })
  }

  /** Gives what it altered. */
  async #move(target: HostRun, last: Intent, from: State, to: State): Promise<Pick<Outcome, 'differences'>> {
    const item = { resource: last, target, spec: {} }
    const shown = await differences({ engine: this.#engine }, item, { from, to })
    await moveBack(target, last, { from, to })
    return { differences: shown }
  }

  #settle(change: ChangeMade): Promise<Outcome> {
    const { last } = change
    return this.#onTarget(last, async (target) => {
      const done = change.done || isForgottenOn(target, last)
      const kept = (await settleAgain(target, { ...change, done })) ?? []
      if (kept.length > 0) return { status: 'kept', why: this.#whoKept(last.id, kept) }
      this.#back.add(last.n)
      return { status: 'reverted' }
    })
  }

  /** One change: what came of it is reported and, unless it failed, remembered; the others go on in any case. */
  async #report(change: ChangeMade, work: () => Promise<Outcome>): Promise<void> {
    const { last } = change
    // What settles as it did before is not told again.
    const again = this.#settled.includes(change) && !this.#failed.has(last.n)
    const started = performance.now()
    const place = { stage: last.at.stageTitle, role: last.at.role, task: last.at.task, host: this.#on.name }
    const outcome = await work().catch((error: unknown): Outcome => {
      if (error instanceof Unreachable) throw error
      return { status: 'failed', why: error instanceof Error ? error.message : String(error) }
    })
    this.#failed.delete(last.n)
    if (outcome.status === 'failed') this.#failed.set(last.n, { id: last.id, why: outcome.why ?? '' })
    else if (!runsOn(change)) this.#endAs(change, outcome)
    if (again && outcome.status !== 'failed') return
    const { oneWay: _, ...told } = outcome
    this.#engine.emit({
      ...place,
      type: 'resource',
      kind: last.kind,
      id: last.id,
      durationMs: Math.round(performance.now() - started),
      ...told,
    })
  }

  #endAs({ intents }: ChangeMade, { status, why, oneWay }: Outcome): void {
    for (const { n } of intents) {
      if (status === 'kept')
        this.#journal.append({ type: 'kept', n, why: why ?? '', ...(oneWay ? { oneWay } : {}) })
      else this.#journal.append({ type: 'undone', n, ...(why === undefined ? {} : { why }) })
    }
  }

  #onTarget<T>({ via }: Intent, work: (target: HostRun) => Promise<T>): Promise<T> {
    if (via === undefined) return this.#on.reach(() => work(this.#on))
    return throughOneOf(this.#engine, via, work)
  }

  #whoKept(id: string, fields: readonly string[]): string {
    const later = this.#laterRun(this.#on.name, id)
    return whoKept(fields, {
      ...(later === undefined ? {} : { who: `The later run ${later}` }),
      ...(this.#ours === undefined ? {} : { after: this.#ours }),
    })
  }
}

/** What the host has forgotten was put back since, from wherever: it is neither half done nor half undone any more. */
function isForgottenOn({ memory }: HostRun, { id, via, bracket }: Intent): boolean {
  return via === undefined && bracket === undefined && memory.origins.of(id) === undefined
}

function beforeFolder({ reader }: HostRun): string {
  return reader.worker.isRoot ? ourPaths.before : `~${reader.worker.owner}/.local/state/troupe/*/before`
}
