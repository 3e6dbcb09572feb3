import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import type { StampedEvent, Status } from '../../lib/report/events.ts'
import type { Lab } from '../lab/lab.ts'
import { troupe, type TroupeRun } from '../support/troupe.ts'

export type OnEvent = (event: StampedEvent, child: ChildProcess) => void

/** A playbook of the tests on a lab, each time in a process of its own; the runs are kept apart from all others. */
export class PlaybookOnLab {
  readonly state: string
  readonly #inventory: string
  readonly #name: string
  readonly #verb: readonly string[]

  /**
   * @param name of the playbook: its file beside this one, without the ending, or a path in the project
   * @param verb what it is to do, where it is a script with verbs
   */
  constructor(
    { inventoryFile }: Pick<Lab, 'inventoryFile'>,
    name: string,
    state = newState(),
    verb: readonly string[] = [],
  ) {
    this.#inventory = inventoryFile
    this.#name = name
    this.state = state
    this.#verb = verb
  }

  /** One of its verbs as a playbook of its own. */
  verb(name: string): PlaybookOnLab {
    return new PlaybookOnLab({ inventoryFile: this.#inventory }, this.#name, this.state, [name])
  }

  /** Its runs as another playbook finds them, or with another inventory of the same name. */
  with({ name = this.#name, inventoryFile = this.#inventory }): PlaybookOnLab {
    return new PlaybookOnLab({ inventoryFile }, name, this.state)
  }

  /** Runs it with these flags, to its end or until `onEvent` kills it. */
  run(args: readonly string[] = [], onEvent?: OnEvent): Promise<TroupeRun> {
    const options = { state: this.state, ...(onEvent === undefined ? {} : { onEvent }) }
    const file = this.#name.endsWith('.ts') ? this.#name : join(import.meta.dirname, `${this.#name}.ts`)
    return troupe(file, [...this.#verb, '-i', this.#inventory, ...args], options)
  }

  check(args: readonly string[] = []): Promise<TroupeRun> {
    return this.run(['--check', '--diff', ...args])
  }

  /** Runs it until an event comes that `at` is waiting for, and kills the process there. */
  async killed(at: (event: StampedEvent) => boolean, args: readonly string[] = []): Promise<TroupeRun> {
    const run = await this.run(args, (event, child) => {
      if (at(event)) child.kill('SIGKILL')
    })
    if (run.signal !== 'SIGKILL')
      throw new Error(`The run was over, with ${run.code}, before it could be killed.\n${run.stderr}`)
    return run
  }

  resume(args: readonly string[] = []): Promise<TroupeRun> {
    return this.run(['--resume', ...args])
  }

  /** Undoes a run from another process. */
  revert(run: TroupeRun, args: readonly string[] = []): Promise<TroupeRun> {
    return this.run(['--revert', idOf(run), ...args])
  }

  /** The journal of a host, as far as it is written. */
  journalFile(run: string, host: string): string {
    return join(this.state, 'inventory', 'runs', run, 'journal', `${host}.jsonl`)
  }
}

const newState = () => mkdtempSync(join(tmpdir(), 'troupe-state-'))

/** Under which name a run stands, to be reverted by. */
export function idOf({ events, stderr }: TroupeRun): string {
  const [first] = events
  if (first === undefined) throw new Error(`The run said nothing.\n${stderr}`)
  return first.run
}

/** What became of the resources of a run, by id; of several hosts the last one that told. */
export function resourcesOf({ events }: TroupeRun): Readonly<Record<string, Status>> {
  const told = events.flatMap((event) => (event.type === 'resource' ? [[event.id, event.status]] : []))
  return Object.fromEntries(told) as Record<string, Status>
}

/** Fails with all that the run said when it did not end as expected. */
export function expectCode(run: TroupeRun, code: number, what: string): void {
  if (run.code === code) return
  throw new Error(`${what} ended with ${run.code ?? run.signal}, not ${code}:\n${run.stderr.slice(-3000)}`)
}

/** How many resources of a run came out so. */
export function countOf({ events }: TroupeRun, status: Status): number {
  return events.filter((event) => event.type === 'resource' && event.status === status).length
}
