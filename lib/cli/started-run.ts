import { setTimeout as pause } from 'node:timers/promises'
import type { Fleet } from '../play/fleet.ts'
import { mayPutBack, putsBack, type Playbook } from '../play/playbook.ts'
import { runPlaybook, type RunEnd } from '../play/run-playbook.ts'
import type { Emit, Mode } from '../report/events.ts'
import { junitFile } from '../report/junit.ts'
import { openReporter, type Reporter } from '../report/reporter.ts'
import type { Sink } from '../report/sink.ts'
import { openSinks } from '../report/sinks.ts'
import { fromHere } from '../state/from-here.ts'
import type { RunDirectory } from '../state/run-directory.ts'
import { RunStore } from '../state/run-store.ts'
import type { OnFailed } from '../task/engine.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import type { Options } from './flags.ts'
import { openFleet } from './fleet.ts'
import type { Ground } from './ground.ts'
import { watchInterrupts } from './interrupt.ts'
import { chosenLanguage } from './language.ts'
import { FailedHosts, nextSteps, revertAgain } from './next-steps.ts'
import { errorWords } from './refusal.ts'
import { rememberedArguments } from './remembered.ts'
import { noteCommit, runFolder } from './run-folder.ts'
import { taskFilter } from './task-filter.ts'

/** So many hosts side by side. */
export const defaultForks = 20
const lastWordsMs = 3000

export interface Start {
  readonly playbook: Playbook
  readonly file: string
  readonly options: Options
  readonly ground: Ground
  /** The words that it was started with. */
  readonly argv: readonly string[]
  /** The run that is gone on with. */
  readonly taken: RunDirectory | undefined
}

/** A playbook against its hosts: all that is needed before they are touched stands. */
export class StartedRun {
  readonly #start: Start
  readonly #mode: Mode
  readonly #store: RunStore
  readonly #interrupt = new AbortController()
  readonly #failed = new FailedHosts()
  readonly #started = performance.now()
  #fleet: Fleet | undefined

  constructor(start: Start) {
    const { options, playbook } = start
    this.#start = start
    this.#mode =
      options.revert !== undefined ? 'revert' : options.check || playbook.inspects ? 'check' : 'apply'
    this.#store = new RunStore(start.ground.inventory.name)
  }

  /** Runs to the end, whatever that is; nothing is thrown once there is something that can tell of it. */
  async run(): Promise<ExitCode> {
    const directory = runFolder(this.#start, this.#mode, this.#store)
    const runId = directory?.record.id ?? 'check'
    const reporter = this.#openReporter(runId, directory)
    for (const message of this.#start.ground.warnings) reporter.emit({ type: 'warning', message })
    const stopWatching = watchInterrupts({
      emit: reporter.emit,
      resumeCommand:
        this.#mode === 'revert' ? this.#revertAgain(runId) : `npx tsx ${this.#start.file} --resume ${runId}`,
      onFirst: () => this.#interrupt.abort(),
      onSecond: () => void this.#kill(),
    })
    const noted =
      this.#mode === 'apply' && directory !== undefined ? noteCommit(directory, this.#start.file) : undefined
    try {
      const end = await (this.#mode === 'revert' && directory !== undefined
        ? this.#revert(directory, reporter)
        : this.#apply(runId, directory, reporter))
      const code = exitCode({ ...end, detailed: this.#start.options.detailedExitcode })
      await noted
      return this.#end(code, directory, reporter)
    } catch (error) {
      const words = errorWords(error)
      reporter.emit({ type: 'error', ...words })
      return this.#end(1, directory, reporter, words.message)
    } finally {
      stopWatching()
      reporter.close()
    }
  }

  #end(code: ExitCode, directory: RunDirectory | undefined, { emit }: Reporter, refused?: string): ExitCode {
    const durationMs = Math.round(performance.now() - this.#started)
    const { file, argv } = this.#start
    let message = refused
    if (this.#mode === 'revert' && directory !== undefined && code !== 0 && code !== 3) {
      message ??= `Put back what is left with: ${this.#revertAgain(directory.record.id)}`
    }
    if (this.#mode === 'apply' && directory !== undefined) {
      directory.update({ ended: new Date().toISOString(), exitCode: code })
      const { hosts } = this.#failed
      const well = code === 0 || code === 3
      // What was refused or interrupted has not tried the hosts that failed before.
      const retryFile = well || hosts.length > 0 ? this.#store.saveRetry(hosts) : undefined
      const words = rememberedArguments(argv)
      const ended = { directory, file, words, retryFile, putsBack: putsBack(this.#start.playbook) }
      if (!well && code !== 1) message = nextSteps(ended)
    }
    emit({ type: 'run-ended', exitCode: code, durationMs, ...(message === undefined ? {} : { message }) })
    return code
  }

  #revertAgain(run: string): string {
    return revertAgain(this.#start.file, this.#start.argv, run)
  }

  /** Kills what runs on the hosts; with that the run comes to its end, and if it does not, it is ended. */
  async #kill(): Promise<void> {
    await this.#fleet?.kill()
    await pause(lastWordsMs, undefined, { ref: false })
    process.exit(130)
  }

  #openReporter(run: string, directory: RunDirectory | undefined): Reporter {
    const sinks: Sink[] = [...this.#openSinks(directory), this.#failed]
    if (directory !== undefined) {
      const write = (event: object) => directory.appendEvent(`${JSON.stringify(event)}\n`)
      sinks.push({ name: 'the events of the run', write })
    }
    return openReporter({
      run,
      playbook: this.#start.file,
      sinks,
      keepEvidence: directory && ((host, text) => fromHere(directory.saveEvidence(host, text))),
    })
  }

  #openSinks(directory: RunDirectory | undefined): readonly Sink[] {
    const { json, diff, verbosity, logFile, junit } = this.#start.options
    try {
      return openSinks({ json, diff, verbosity, logFile, junit: junitFile(junit, this.#start.file) })
    } catch (error) {
      if (this.#mode === 'apply') directory?.update({ ended: new Date().toISOString(), exitCode: 1 })
      throw error
    }
  }

  async #apply(runId: string, directory: RunDirectory | undefined, reporter: Reporter): Promise<RunEnd> {
    const { playbook, options, ground } = this.#start
    const { forks, diff, tags, skipTags } = options
    // What was changed once may be of a kind that no role uses any more.
    if (mayPutBack(playbook)) await import('../resources/every-kind.ts')
    return runPlaybook({
      runId,
      playbook,
      inventory: ground.inventory,
      limit: ground.limit,
      forks: forks ?? defaultForks,
      language: chosenLanguage(options),
      diff,
      mode: this.#mode === 'check' ? 'check' : 'apply',
      selection: { tags, skipTags },
      emit: reporter.emit,
      interrupted: this.#interrupt.signal,
      fleet: (emit) => this.#openFleet(emit, runId, directory),
      varsOf: (host, role) => ground.varsOf(host, role),
      member: (host) => ground.member(host),
      wanted: await taskFilter(options, reporter, this.#interrupt.signal),
      onFailed: options.debugger ? await this.#debugger(reporter) : undefined,
    })
  }

  async #debugger(reporter: Reporter): Promise<OnFailed> {
    const { failureDebugger } = await import('./debugger.ts')
    return failureDebugger({
      suspended: (work) => reporter.suspended(work),
      interrupted: this.#interrupt.signal,
      varsOf: (host, role) => this.#start.ground.varsOf(host, role),
    })
  }

  async #revert(directory: RunDirectory, reporter: Reporter): Promise<RunEnd> {
    const { playbook, ground, options } = this.#start
    // Whatever the playbook still imports, the kinds that come along with Troupe are known.
    const [{ revertRun }] = await Promise.all([
      import('../play/revert-run.ts'),
      import('../resources/every-kind.ts'),
    ])
    return revertRun({
      directory,
      store: this.#store,
      playbook,
      inventory: ground.inventory,
      limit: ground.limit,
      diff: options.diff,
      emit: reporter.emit,
      interrupted: this.#interrupt.signal,
      fleet: (emit) => this.#openFleet(emit, directory.record.id, directory),
    })
  }

  #openFleet(emit: Emit, runId: string, directory: RunDirectory | undefined): Fleet {
    const { ground } = this.#start
    this.#fleet = openFleet({ ground, emit, runId, directory })
    return this.#fleet
  }
}
