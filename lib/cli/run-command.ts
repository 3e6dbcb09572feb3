import { userInfo } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { thisHolder } from '../host/lock.ts'
import { Fleet } from '../play/fleet.ts'
import type { Playbook } from '../play/playbook.ts'
import { runPlaybook, type RunEnd } from '../play/run-playbook.ts'
import type { Emit, Mode } from '../report/events.ts'
import { openReporter, type Reporter } from '../report/reporter.ts'
import { openSinks } from '../report/sinks.ts'
import { RunStore, type RunDirectory } from '../state/run-directory.ts'
import { UserError } from '../errors.ts'
import { Unreachable } from '../transport/errors.ts'
import { milliseconds } from '../vars/duration.ts'
import { revertAgain } from './again.ts'
import type { Passwords } from './ask.ts'
import type { parseCommandLine } from './command-line.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import type { Options } from './flags.ts'
import { layGround, type Ground } from './ground.ts'
import { watchInterrupts } from './interrupt.ts'
import { nothingToResume, rememberedArguments, runToRevert, takeUp } from './remembered.ts'
import { openInventoryHost } from './sessions.ts'
import { taskFilter } from './task-filter.ts'

const defaultForks = 20
const lastWordsMs = 3000

/** What a command line makes of a playbook, from its words to its exit code. */
export async function runCommand(
  playbook: Playbook,
  file: string,
  argv: readonly string[],
  parse: typeof parseCommandLine,
): Promise<ExitCode> {
  const given = parse(argv).options
  if (given.help || given.version) {
    const { informed } = await import('./inform.ts')
    return informed(playbook, file, given, undefined)
  }
  const taken = given.resume === undefined ? undefined : takeUp(file, given, argv)
  if (given.resume !== undefined && taken === undefined) {
    process.stdout.write(`${nothingToResume(file, given)}\n`)
    return 0
  }
  const options = taken === undefined ? given : parse(taken.argv).options
  const passwords = await passwordsOf(options)
  const ground = await layGround(playbook, file, options, {
    ...(passwords.connection === undefined ? {} : { password: passwords.connection }),
    ...(passwords.become === undefined ? {} : { becomePassword: passwords.become }),
  })
  if (options.listHosts || options.listTasks || options.listTags || options.syntaxCheck) {
    const { informed } = await import('./inform.ts')
    return informed(playbook, file, options, ground)
  }
  return new Command(playbook, file, options, ground, argv, taken?.directory).run()
}

async function passwordsOf(options: Options): Promise<Passwords> {
  if (!options.askPass && !options.askBecomePass) return {}
  const { askPasswords } = await import('./ask.ts')
  return askPasswords(options)
}

class Command {
  readonly #playbook: Playbook
  readonly #file: string
  readonly #options: Options
  readonly #ground: Ground
  readonly #argv: readonly string[]
  readonly #store: RunStore
  readonly #taken: RunDirectory | undefined
  readonly #interrupt = new AbortController()
  #fleet: Fleet | undefined

  constructor(
    playbook: Playbook,
    file: string,
    options: Options,
    ground: Ground,
    argv: readonly string[],
    taken: RunDirectory | undefined,
  ) {
    this.#playbook = playbook
    this.#file = file
    this.#options = options
    this.#ground = ground
    this.#argv = argv
    this.#store = new RunStore(ground.inventory.name)
    this.#taken = taken
  }

  async run(): Promise<ExitCode> {
    const { revert, check, detailedExitcode } = this.#options
    const mode: Mode = revert !== undefined ? 'revert' : check ? 'check' : 'apply'
    const directory = this.#directory(mode)
    const runId = directory?.record.id ?? 'check'
    const reporter = this.#openReporter(runId, mode === 'check' ? undefined : directory)
    for (const { file, line, message } of this.#ground.inventory.warnings) {
      reporter.emit({ type: 'warning', message: `${file}:${line}: ${message}` })
    }
    const started = performance.now()
    const stopWatching = watchInterrupts({
      emit: reporter.emit,
      resumeCommand: mode === 'revert' ? this.#revertAgain(runId) : `npx tsx ${this.#file} --resume ${runId}`,
      onFirst: () => this.#interrupt.abort(),
      onSecond: () => void this.#kill(),
    })
    try {
      const end = await (mode === 'revert' && directory !== undefined
        ? this.#revert(directory, reporter)
        : this.#apply(mode, runId, directory, reporter))
      const code = exitCode({ ...end, detailed: detailedExitcode })
      if (mode === 'apply') directory?.update({ ended: new Date().toISOString(), exitCode: code })
      const durationMs = Math.round(performance.now() - started)
      const advice = code === 0 || code === 3 ? undefined : this.#whatNext(mode, directory)
      const message = advice === undefined ? {} : { message: advice }
      reporter.emit({ type: 'run-ended', exitCode: code, durationMs, ...message })
      return code
    } catch (error) {
      if (mode === 'apply' && error instanceof UserError)
        directory?.update({ ended: new Date().toISOString(), exitCode: 1 })
      throw error
    } finally {
      stopWatching()
      reporter.close()
    }
  }

  /** What to do about a run that did not end well; where nothing was changed, there is nothing to undo. */
  #whatNext(mode: Mode, directory: RunDirectory | undefined): string | undefined {
    if (mode === 'check' || directory === undefined) return undefined
    const { id } = directory.record
    if (mode === 'revert') return `Put back what is left with: ${this.#revertAgain(id)}`
    const changed = directory.journaledHosts().length > 0
    return changed ? `Go on with --resume, or undo with --revert ${id}.` : 'Go on with --resume.'
  }

  #revertAgain(run: string): string {
    return revertAgain(this.#file, this.#argv, run)
  }

  /** Kills what runs on the hosts; with that the run comes to its end, and if it does not, it is ended. */
  async #kill(): Promise<void> {
    await this.#fleet?.kill()
    await pause(lastWordsMs, undefined, { ref: false })
    process.exit(130)
  }

  #directory(mode: Mode): RunDirectory | undefined {
    if (mode === 'check') return undefined
    const { revert } = this.#options
    if (revert !== undefined) {
      return runToRevert(this.#store, revert, this.#ground.inventory.name)
    }
    if (this.#taken !== undefined) {
      this.#taken.reopen()
      return this.#taken
    }
    return this.#store.create({
      playbook: this.#file,
      arguments: rememberedArguments(this.#argv),
      inventory: this.#options.inventory,
      user: userInfo().username,
      hosts: [...this.#ground.limit],
    })
  }

  #openReporter(run: string, directory: RunDirectory | undefined): Reporter {
    const { json, diff, verbosity, logFile } = this.#options
    const sinks = openSinks({ json, diff, verbosity, logFile })
    const kept = {
      name: 'the events of the run',
      write: (event: object) => directory?.appendEvent(`${JSON.stringify(event)}\n`),
    }
    return openReporter({
      run,
      playbook: this.#file,
      sinks: directory === undefined ? sinks : [...sinks, kept],
    })
  }

  async #apply(
    mode: 'apply' | 'check' | 'revert',
    runId: string,
    directory: RunDirectory | undefined,
    reporter: Reporter,
  ): Promise<RunEnd> {
    const { forks, diff, tags, skipTags } = this.#options
    return runPlaybook({
      runId,
      playbook: this.#playbook,
      inventory: this.#ground.inventory,
      limit: this.#ground.limit,
      forks: forks ?? defaultForks,
      diff,
      mode: mode === 'check' ? 'check' : 'apply',
      selection: { tags, skipTags },
      emit: reporter.emit,
      interrupted: this.#interrupt.signal,
      fleet: (emit) => this.#openFleet(emit, runId, directory),
      varsOf: (host, role) => this.#ground.varsOf(host, role),
      member: (host) => this.#ground.member(host),
      wanted: await taskFilter(this.#options, reporter, this.#interrupt.signal),
    })
  }

  async #revert(directory: RunDirectory, reporter: Reporter): Promise<RunEnd> {
    const { revertRun } = await import('../play/revert-run.ts')
    return revertRun({
      directory,
      store: this.#store,
      playbook: this.#playbook,
      inventory: this.#ground.inventory,
      limit: this.#ground.limit,
      emit: reporter.emit,
      interrupted: this.#interrupt.signal,
      fleet: (emit) => this.#openFleet(emit, directory.record.id, directory),
    })
  }

  #openFleet(emit: Emit, runId: string, directory: RunDirectory | undefined): Fleet {
    const { timeoutSeconds } = this.#options
    const holder = directory === undefined ? undefined : thisHolder(runId)
    this.#fleet = new Fleet({
      emit,
      journal: directory?.journal,
      open: async (name, forChanges) => {
        if (!this.#ground.inventory.hosts.some((host) => host.name === name)) throw notInInventory(name)
        return openInventoryHost(name, this.#ground.connection(name), {
          emit,
          holder: forChanges ? holder : undefined,
          patienceMs: milliseconds(this.#ground.settings(name).patience),
          connectTimeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
          passphrase: async (key) => {
            const { askPassphrase } = await import('./passphrase.ts')
            return askPassphrase(key)
          },
        })
      },
    })
    return this.#fleet
  }
}

/** A journal names hosts through which something was done; the inventory may have lost them since. */
function notInInventory(name: string): Unreachable {
  const advice = 'Give an inventory that has it.'
  return new Unreachable('network', `${name} is not in the inventory.`, advice)
}
