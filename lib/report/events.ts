/** What became of a host, a task or a resource; under check `changed` and `reverted` mean that it would. */
export type Status =
  | 'ok'
  | 'changed'
  | 'unknown'
  | 'skipped'
  | 'failed'
  | 'unreachable'
  | 'rescued'
  | 'reverted'
  | 'kept'

/** Where in a run something happened. */
export interface Place {
  readonly stage?: string
  readonly role?: string
  readonly task?: string
  readonly host?: string
}

/** How many tasks of a host ended with each status; a task counts once, so `ok` is without the changed ones. */
export type Counts = Readonly<Record<Status, number>>

export interface Difference {
  /** `content`, `mode` …; what was and what is wanted, as text to be shown. */
  readonly field: string
  readonly from: string
  readonly to: string
}

/** A line of a playbook or a role. */
export interface SourceLine {
  /** As seen from the working directory. */
  readonly file: string
  readonly line: number
}

/** A command that ended with a code that is no answer. */
export interface FailedCommand {
  readonly line: string
  readonly exitCode: number
  /** The end of what it printed. */
  readonly stdout: string
  readonly stderr: string
}

/** Something that was looked at after a failure: the last lines of a journal, a file without its secrets. */
export interface Seen {
  readonly what: string
  readonly text: string
}

/** What is known of a failure, for whoever has to find its cause. */
export interface Evidence {
  /** Where the task was called. */
  readonly source?: SourceLine
  readonly command?: FailedCommand
  /** What was being changed, and from what to what; a line of a file that holds a secret is masked. */
  readonly resource?: string
  readonly differences?: readonly Difference[]
  /** What else there was to be seen on the host. */
  readonly seen?: readonly Seen[]
  /** The file of the run that holds all of this. */
  readonly file?: string
}

/** What was found out about a host that matters to its user. */
export interface Finding {
  readonly check: string
  /** `fatal` stops the run, `fix` names the task that mends it, `warning` is for the user to judge. */
  readonly class: 'fatal' | 'fix' | 'warning'
  readonly found: string
  readonly wanted: string
  readonly message: string
  readonly advice: string
}

export type EventBody =
  | {
      readonly type: 'run-started'
      readonly mode: Mode
      readonly title: string
      readonly hosts: readonly string[]
    }
  | { readonly type: 'stage-started'; readonly hosts: readonly string[]; readonly batches: number }
  /** The hosts of a stage with `serial` go in batches; a stage in one batch needs no such event. */
  | {
      readonly type: 'batch-started'
      readonly hosts: readonly string[]
      readonly batch: number
      /** It goes first, alone; if one of its hosts fails, the others are left as they are. */
      readonly canary?: true
    }
  | { readonly type: 'task-started' }
  | {
      readonly type: 'resource'
      readonly kind: string
      readonly id: string
      readonly status: Status
      readonly durationMs: number
      readonly differences?: readonly Difference[]
      readonly why?: string
    }
  /** What a command says while it runs; the engine gives it as it comes, the sinks get whole lines. */
  | {
      readonly type: 'output'
      readonly text: string
      /** How far something has come; it gives way to what is said next. */
      readonly progress?: boolean
    }
  | {
      readonly type: 'task'
      readonly status: Status
      readonly durationMs: number
      readonly message?: string
      readonly advice?: string
      readonly evidence?: Evidence
    }
  | { readonly type: 'gate'; readonly status: Status; readonly durationMs: number; readonly message?: string }
  | {
      readonly type: 'contact'
      readonly state: 'made' | 'lost' | 'back' | 'given-up'
      readonly message: string
    }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'error'; readonly message: string; readonly advice?: string }
  | ({ readonly type: 'finding' } & Finding)
  | { readonly type: 'stage-ended'; readonly durationMs: number; readonly stopped: boolean }
  | { readonly type: 'recap'; readonly counts: Counts }
  | {
      readonly type: 'run-ended'
      readonly exitCode: number
      readonly durationMs: number
      readonly message?: string
    }
  | { readonly type: 'report'; readonly name: string; readonly data: unknown }

/** What a run is doing: to the hosts, without touching them, or backwards. */
export type Mode = 'apply' | 'check' | 'revert'

/** An event as the engine emits it; the reporter adds version, time, run and playbook. */
export type Event = Place & EventBody

export type Emit = (event: Event) => void

/** What the reporter adds to every event. */
export interface Stamp {
  readonly v: 1
  /** ISO 8601, UTC. */
  readonly time: string
  readonly run: string
  readonly playbook: string
}

/** An event as the sinks get it: free of secrets, its texts free of what a terminal would obey. */
export type StampedEvent = Event & Stamp

/** The event of one type. */
export type EventOf<T extends EventBody['type']> = Place & Extract<EventBody, { readonly type: T }>
