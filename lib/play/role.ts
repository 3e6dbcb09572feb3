import type { Fact } from '../host/fact.ts'
import type { HostReader } from '../host/host.ts'
import type { Setting } from '../host/setting.ts'
import type { Bracket } from '../task/bracket.ts'
import type { Condition, GateOptions } from '../task/gate.ts'
import type { Resource } from '../task/kind.ts'
import type { TaskFailed } from '../task/outcome.ts'
import type { Infer, Vars } from '../vars/schema.ts'
import type { Finding, Seen } from '../report/events.ts'
import type { Language } from '../report/language.ts'
import type { Unreachable } from '../transport/errors.ts'

/** A host of a group, as a role sees it. */
export interface Member {
  readonly name: string
  /** The address under which the others reach it: `nodeIp`, else the one that the host itself uses. */
  readonly address: string
  readonly vars: Readonly<Record<string, unknown>>
}

/**
 * What is said of a whole task. In `as` and `env` its commands run, those that ask and those that change; files are
 * written by whom the host is worked on as all the same, and belong to whom they are given. A secret in `env` is
 * never written down, so a revert from another process has to do without it.
 */
export interface TaskOptions extends Setting {
  /** Besides the tags of the role and the stage. */
  readonly tags?: readonly string[]
}

/** Asks this host, or another one by name. */
/** This host is asked, or another one by name. */
export type FactWords<T> = [fact: Fact<T>] | [host: string, fact: Fact<T>]

export interface AskFact {
  <T>(fact: Fact<T>): Promise<T>
  <T>(host: string, fact: Fact<T>): Promise<T>
}

/** What is the same for all hosts of a run. */
export interface RunContext {
  readonly id: string
  /** Those that it works on. */
  readonly hosts: readonly string[]
  /** In which language people are told what was found out about their hosts. */
  readonly language: Language
  /** The folder of the first inventory on the controller: what belongs to the cluster stands beside it. */
  readonly inventoryFolder: string
}

/** What a role works with, on one host. */
export interface RoleContext<Values, Shared> {
  readonly host: Member
  readonly vars: Values
  /** What several roles know, by its name: `shared.artifacts.mirrors`. */
  readonly shared: Shared
  readonly run: RunContext
  /** The members of a group, in the order of the inventory, whatever `--limit` says. */
  readonly group: (name: string) => readonly Member[]
  /** Brings resources to the states they want, in order. Returns them, for what reacts to them. */
  readonly task: (
    title: string,
    ...resources: readonly (Resource | TaskOptions)[]
  ) => Promise<readonly Resource[]>
  /** Waits until something holds on this host. */
  readonly gate: (
    title: string,
    condition: Condition,
    options: GateOptions & Pick<TaskOptions, 'tags'>,
  ) => Promise<void>
  /** Asks this host, or another one by name. */
  readonly fact: AskFact
  /** The answer of another host as a value inside a spec. */
  readonly ask: <T>(host: string, fact: Fact<T>) => T
  /** Has a resource done elsewhere for this host, by the first peer that is healthy. */
  readonly on: (
    peers: readonly (Member | string)[],
    resource: Resource,
    options?: { readonly exclusive?: string },
  ) => Resource
  /** Enters a state for the time of some work, if there is work; the body may be run twice, so it must bear that. */
  readonly during: <T>(bracket: Bracket, body: () => Promise<T>) => Promise<T>
  /** Looks into something without changing it, and tells what was found out; what is fatal fails the task. */
  readonly inspect: (
    title: string,
    look: () => Promise<readonly Finding[]>,
    options?: Pick<TaskOptions, 'tags'>,
  ) => Promise<void>
  /** Looks into something without changing it, and reports it in one piece; the task fails where that is not well. */
  readonly report: (
    title: string,
    look: () => Promise<Report>,
    options?: Pick<TaskOptions, 'tags'>,
  ) => Promise<void>
}

/** What a playbook was started to tell. */
export interface Report {
  readonly name: string
  /** As the playbook documents it; a list of flat records is a table to people. */
  readonly data: unknown
  /** What is wrong, in a sentence, where something is. */
  readonly wrong?: string
}

export interface RoleDefinition<V extends Vars, S extends Readonly<Record<string, Vars>>, W> {
  /** Also the name under which its variables stand. */
  readonly name: string
  /** `import.meta.dirname`: its `templates/` and `files/` stand there. */
  readonly folder: string
  readonly vars: V
  readonly shared?: S
  readonly tags?: readonly string[]
  /** What the tasks are made of, imported once something is to be run: who asks for help or hosts does not wait for it. */
  readonly work?: () => Promise<W>
  readonly tasks: (
    context: RoleContext<Infer<V>, { readonly [K in keyof S]: Infer<S[K]> }>,
    work: W,
  ) => Promise<void>
  /** Looks at a host after a task has failed there: what else is to be seen, and the cause where it is a known one. */
  readonly explain?: (failure: FailedTask<Infer<V>>) => Promise<Explained>
  /** What it tells of a host that it cannot run on, since that cannot be reached or not be worked on as asked. */
  readonly unreachable?: (lost: LostHost<Infer<V>>) => Promise<readonly Finding[]>
}

export interface FailedTask<Values> {
  readonly error: TaskFailed
  readonly host: HostReader
  readonly vars: Values
}

/** What a role knows of a failure; a message and advice say more than those of the failure itself. */
export interface Explained {
  readonly message?: string
  readonly advice?: string
  readonly seen?: readonly Seen[]
}

export interface LostHost<Values> {
  readonly host: string
  readonly why: Unreachable
  readonly vars: Values
  readonly run: RunContext
}

/** Ordered tasks for one host, with the variables they need. */
export interface Role {
  readonly name: string
  readonly folder: string
  readonly vars: Vars
  readonly shared: Readonly<Record<string, Vars>>
  readonly tags: readonly string[]
  /** Makes the kinds of resource known that its tasks use. */
  readonly load: () => Promise<void>
  readonly tasks: (context: RoleContext<unknown, unknown>) => Promise<void>
  readonly explain?: (failure: FailedTask<unknown>) => Promise<Explained>
  readonly unreachable: (lost: LostHost<unknown>) => Promise<readonly Finding[]>
}

/** Defines a role; what its tasks may read of its variables follows from their schema. */
export function defineRole<V extends Vars, S extends Readonly<Record<string, Vars>> = {}, W = undefined>(
  definition: RoleDefinition<V, S, W>,
): Role {
  const { name, folder, vars, shared, tags, tasks, explain, unreachable } = definition
  let imported: Promise<W> | undefined
  // Node asks its loader about an import each time, which takes longer than many a role.
  const work = () => (imported ??= (async () => (await definition.work?.()) as W)())
  return {
    name,
    folder,
    vars,
    shared: shared ?? {},
    tags: tags ?? [],
    load: async () => void (await work()),
    tasks: async (context) => tasks(context as Parameters<typeof tasks>[0], await work()),
    ...(explain === undefined ? {} : { explain: (failure) => explain(failure as FailedTask<Infer<V>>) }),
    unreachable: async (lost) => (await unreachable?.(lost as LostHost<Infer<V>>)) ?? [],
  }
}
