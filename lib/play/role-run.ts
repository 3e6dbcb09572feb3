import type { Bracket } from '../task/bracket.ts'
import { during } from '../task/during.ts'
import type { Spot } from '../task/engine.ts'
import { passGate } from '../task/gate.ts'
import type { HostRun } from '../task/host-run.ts'
import type { Position } from '../task/journal.ts'
import { FatalFindings, FatalReport, PlanEnds } from '../task/outcome.ts'
import { runResources } from '../task/runner.ts'
import { told } from '../task/told.ts'
import type { Finding, Status } from '../report/events.ts'
import { atHand, inSettings, optionsAmong, tagsOf } from './at-hand.ts'
import { takeGlance } from './glance.ts'
import { runOf, type PlayRun } from './play-run.ts'
import type { FactWords, Report, Role, RoleContext } from './role.ts'
import { isSelected } from './selection.ts'
import { TaskLine, type Work } from './task-line.ts'

/** One role on one host. */
export class RoleRun {
  readonly #play: PlayRun
  readonly #on: HostRun
  readonly #role: Role
  readonly #inherited: readonly string[]
  readonly #position: Omit<Position, 'task' | 'role'>
  readonly #line: TaskLine
  /** What was answered about tasks in a bracket: its body is gone through twice. */
  readonly #answers = new Map<string, Promise<boolean>>()
  #brackets = 0

  constructor(
    play: PlayRun,
    on: HostRun,
    role: Role,
    stage: Omit<Position, 'task' | 'role'>,
    tags: readonly string[],
  ) {
    this.#play = play
    this.#on = on
    this.#role = role
    this.#position = stage
    this.#inherited = [...tags, ...role.tags]
    const { explain } = role
    const vars = play.varsOf(on.name, role.name)
    this.#line = new TaskLine(
      on,
      (title) => this.#spot(title),
      explain && ((error) => on.reach(() => explain({ error, host: on.reader, vars }))),
    )
  }

  /** Runs the role to its end; throws what ends it early. */
  async run(): Promise<void> {
    try {
      this.#line.mayGoOn()
      await this.#takeGlance()
      await this.#role.tasks(this.#context())
      await this.#line.end()
    } catch (error) {
      if (!(error instanceof PlanEnds)) throw error
      this.#on.foresight.pending = true
      const { engine, place } = this.#spot('The rest of the plan')
      engine.emit({ ...place, type: 'task', status: 'unknown', durationMs: 0, message: error.message })
    } finally {
      await this.#line.close()
      this.#play.engine.exclusives.releaseAll(this.#on)
    }
  }

  /** Whether a task has told of this error already. */
  hasReported(error: unknown): boolean {
    return this.#line.hasReported(error)
  }

  async #takeGlance(): Promise<void> {
    const { selection } = this.#play
    await takeGlance(this.#on, this.#role, {
      ...atHand(this.#role, this.#on.name, runOf(this.#play), this.#play),
      isSelected: (tags) => isSelected(selection, tags, this.#inherited),
      tell: (...words) => this.#told(...words),
    })
  }

  #context(): RoleContext<unknown, unknown> {
    return {
      ...atHand(this.#role, this.#on.name, runOf(this.#play), this.#play),
      task: (title, ...parts) => {
        const resources = inSettings(parts)
        const work: Work = (spot) => runResources(spot, resources)
        return awaited(this.#task(title, tagsOf(optionsAmong(parts)), work).then(() => resources))
      },
      gate: (title, condition, options) =>
        awaited(this.#task(title, options.tags ?? [], (spot) => passGate(spot, condition, options))),
      fact: <T>(...words: FactWords<T>) => awaited(this.#fact(...words)),
      during: (bracket, body) => awaited(this.#during(bracket, body)),
      inspect: (title, look, { tags = [] } = {}) =>
        awaited(this.#task(title, tags, (spot) => tellFindings(spot, look))),
      report: (title, look, { tags = [] } = {}) =>
        awaited(this.#task(title, tags, (spot) => tellReport(spot, look))),
    }
  }

  async #task(title: string, tags: readonly string[], work: Work): Promise<void> {
    await this.#line.run(title, work, () => this.#isWanted(title, tags))
  }

  async #isWanted(title: string, tags: readonly string[]): Promise<boolean> {
    if (!isSelected(this.#play.selection, tags, this.#inherited)) return false
    const ask = () => this.#play.wanted(this.#spot(title).place)
    if (this.#brackets === 0) return ask()
    const answer = this.#answers.get(title) ?? ask()
    this.#answers.set(title, answer)
    return answer
  }

  async #during<T>(bracket: Bracket, body: () => Promise<T>): Promise<T> {
    return this.#line.inBracket(async () => {
      this.#brackets++
      try {
        return await during(this.#spot(bracket.title), bracket, body, {
          runEnd: (title, work) => this.#line.run(title, work),
          aside: (work) => this.#line.aside(work),
        })
      } finally {
        if (--this.#brackets === 0) this.#answers.clear()
      }
    })
  }

  async #fact<T>(...words: FactWords<T>): Promise<T> {
    this.#line.mayGoOn()
    try {
      return await this.#told(...words)
    } catch (error) {
      throw error instanceof PlanEnds ? this.#line.endPlan(error) : error
    }
  }

  #told<T>(...words: FactWords<T>): Promise<T> {
    const [host, fact] = words.length === 1 ? [this.#on.name, words[0]] : words
    return told<T>(this.#spot(''), host, fact)
  }

  #spot(title: string): Spot {
    const { engine } = this.#play
    const { name } = this.#role
    // A look-ahead is nobody's business.
    const emit: typeof engine.emit = (event) => (this.#on.lookingAhead > 0 ? undefined : engine.emit(event))
    return {
      engine: { ...engine, emit, peer: (peer) => engine.peer(peer), asked: (peer) => engine.asked(peer) },
      on: this.#on,
      role: { name, folder: this.#role.folder },
      place: { stage: this.#position.stageTitle, role: name, task: title, host: this.#on.name },
      position: { ...this.#position, role: name, task: title },
    }
  }
}

/** Whatever was found out is told; what is fatal is no state to go on from. */
async function tellFindings(
  { engine, place }: Spot,
  look: () => Promise<readonly Finding[]>,
): Promise<Status> {
  const findings = await look()
  for (const finding of findings) engine.emit({ ...place, type: 'finding', ...finding })
  if (findings.some((finding) => finding.class === 'fatal')) throw new FatalFindings()
  return 'ok'
}

/** It is told whole, whatever it says. */
async function tellReport({ engine, place }: Spot, look: () => Promise<Report>): Promise<Status> {
  const { name, data, wrong } = await look()
  engine.emit({ ...place, type: 'report', name, data })
  if (wrong !== undefined) throw new FatalReport(wrong)
  return 'ok'
}

/** A failure that nobody awaits is found when the role ends; until then it must not end the whole process. */
function awaited<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
