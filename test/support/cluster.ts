import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenHost } from '../../lib/host/open.ts'
import { loadInventory } from '../../lib/inventory/inventory.ts'
import { Fleet } from '../../lib/play/fleet.ts'
import { playbook, stage, type Stage } from '../../lib/play/playbook.ts'
import { revertRun } from '../../lib/play/revert-run.ts'
import { runPlaybook, type RunEnd } from '../../lib/play/run-playbook.ts'
import type { Member, Role } from '../../lib/play/role.ts'
import type { TaskSelection } from '../../lib/play/selection.ts'
import type { Event, Place, Status } from '../../lib/report/events.ts'
import type { Language } from '../../lib/report/language.ts'
import type { RunDirectory } from '../../lib/state/run-directory.ts'
import { RunStore } from '../../lib/state/run-store.ts'
import type { OnFailed } from '../../lib/task/engine.ts'
import type { Entry, Journal } from '../../lib/task/journal.ts'
import { scratchFolder } from './scratch.ts'

/** How a run came out. */
export interface ClusterRun {
  readonly end: RunEnd
  readonly events: readonly Event[]
  /** What became of each resource: `h1 file:/etc/x` → `changed`. */
  readonly resources: Readonly<Record<string, Status>>
  /** What became of each task: `h1 Write the file` → `changed`; what came last counts. */
  readonly tasks: Readonly<Record<string, Status>>
  readonly directory: RunDirectory
}

export interface ClusterRunOptions {
  /** Groups of the inventory, besides `all`. */
  readonly groups?: Readonly<Record<string, readonly string[]>>
  /** The hosts of the inventory, where it lacks some. */
  readonly inventory?: readonly string[]
  /** Variables by role. */
  readonly vars?: Readonly<Record<string, unknown>>
  /** What is known of a host besides its name. */
  readonly member?: (name: string) => Partial<Omit<Member, 'name'>>
  readonly limit?: readonly string[]
  readonly selection?: TaskSelection
  readonly forks?: number
  readonly language?: Language
  readonly interrupted?: AbortSignal
  readonly wanted?: (place: Place) => Promise<boolean>
  readonly onFailed?: OnFailed
  /** Called after each entry in a journal: where a test ends the process, or looks. */
  readonly afterEntry?: (entry: Entry) => unknown
}

/**
 * Hosts and the runs against them: the engine as it is, from stages down. The state folder is on disk, so that another
 * process, or another cluster, can go on where this one was killed.
 */
export abstract class Cluster {
  readonly store: RunStore
  readonly folder: string

  constructor(name: string, folder: string) {
    this.folder = folder
    this.store = new RunStore(name, folder)
  }

  protected abstract names(): readonly string[]

  /** @param forChanges the run in whose name it is changed; absent when it is only asked */
  protected abstract open(name: string, forChanges: string | undefined): Promise<OpenHost>

  /** Runs roles on all hosts, or stages. */
  run(what: Role | readonly Stage[], options: ClusterRunOptions = {}): Promise<ClusterRun> {
    return this.#run(what, 'apply', options)
  }

  check(what: Role | readonly Stage[], options: ClusterRunOptions = {}): Promise<ClusterRun> {
    return this.#run(what, 'check', options)
  }

  /** Takes a run up again: same id, same journal. */
  resume(
    directory: RunDirectory,
    what: Role | readonly Stage[],
    options: ClusterRunOptions = {},
  ): Promise<ClusterRun> {
    return this.#run(what, 'apply', options, this.store.find(directory.record.id))
  }

  /** Reverts a run from what stands on disk, as another process does. */
  async revert(
    directory: RunDirectory,
    what: Role | readonly Stage[],
    options: ClusterRunOptions = {},
  ): Promise<ClusterRun> {
    const again = this.store.find(directory.record.id) ?? directory
    const events: Event[] = []
    const end = await revertRun({
      directory: again,
      store: this.store,
      playbook: playbook('test', stagesOf(what)),
      inventory: await this.#inventory(options),
      limit: new Set(options.limit ?? options.inventory ?? this.names()),
      diff: true,
      emit: (event) => void events.push(event),
      interrupted: options.interrupted ?? new AbortController().signal,
      fleet: (emit) =>
        new Fleet({
          emit,
          journal: watched(again, options.afterEntry),
          open: (name) => this.open(name, again.record.id),
        }),
    })
    return { end, events, directory: again, ...outcomes(events) }
  }

  async #run(
    what: Role | readonly Stage[],
    mode: 'apply' | 'check',
    options: ClusterRunOptions,
    taken?: RunDirectory,
  ): Promise<ClusterRun> {
    const record = { playbook: 'test', arguments: [], inventory: [], user: 'test' }
    const directory = taken ?? this.store.create(record)
    const inventory = await this.#inventory(options)
    const events: Event[] = []
    const end = await runPlaybook({
      runId: directory.record.id,
      playbook: playbook('test', stagesOf(what)),
      inventory,
      limit: new Set(options.limit ?? this.names()),
      forks: options.forks ?? 10,
      language: options.language ?? 'en',
      diff: true,
      mode,
      selection: options.selection ?? { tags: [], skipTags: [] },
      emit: (event) => void events.push(event),
      interrupted: options.interrupted ?? new AbortController().signal,
      fleet: (emit) =>
        new Fleet({
          emit,
          journal: mode === 'check' ? undefined : watched(directory, options.afterEntry),
          open: (name, forChanges) => this.open(name, forChanges ? directory.record.id : undefined),
        }),
      varsOf: (_host, role) => options.vars?.[role] ?? {},
      member: (name) => ({ name, address: `address of ${name}`, vars: {}, ...options.member?.(name) }),
      wanted: options.wanted ?? (async () => true),
      onFailed: options.onFailed,
    })
    return { end, events, directory, ...outcomes(events) }
  }

  async #inventory({ groups = {}, inventory: hosts }: ClusterRunOptions) {
    const lines = [...(hosts ?? this.names())]
    for (const [group, members] of Object.entries(groups)) lines.push(`[${group}]`, ...members)
    const text = `${lines.join('\n')}\n`
    const inventory = inventories.get(text) ?? loadInventory([fileOf(text)])
    inventories.set(text, inventory)
    return inventory
  }
}

/** Loops over many kills ask for the same one each time. */
const inventories = new Map<string, ReturnType<typeof loadInventory>>()

function fileOf(text: string): string {
  const file = join(scratchFolder(), 'hosts.ini')
  writeFileSync(file, text)
  return file
}

function watched(
  directory: RunDirectory,
  afterEntry: ClusterRunOptions['afterEntry'],
): (host: string) => Journal {
  return (host) => {
    const journal = directory.journal(host)
    if (afterEntry === undefined) return journal
    return {
      get entries() {
        return journal.entries
      },
      next: () => journal.next(),
      append(entry) {
        journal.append(entry)
        afterEntry(entry)
      },
    }
  }
}

function stagesOf(what: Role | readonly Stage[]): readonly Stage[] {
  return 'tasks' in what ? [stage('Test', { hosts: 'all', roles: [what] })] : what
}

function outcomes(events: readonly Event[]): Pick<ClusterRun, 'resources' | 'tasks'> {
  const resources: Record<string, Status> = {}
  const tasks: Record<string, Status> = {}
  for (const event of events) {
    if (event.type === 'resource') resources[`${event.host} ${event.id}`] = event.status
    if (event.type === 'task') tasks[`${event.host} ${event.task}`] = event.status
  }
  return { resources, tasks }
}
