import type { EventOf, Evidence, Finding, Place } from './events.ts'

/** One line of a test report. */
export interface Case {
  readonly classname: string
  readonly name: string
  readonly durationMs: number
  /** `roles/etcd/tasks/install.ts#L12`, which GitLab makes a link of. */
  readonly file?: string
  readonly outcome: Outcome
}

export type Outcome =
  | { readonly is: 'passed'; readonly out?: string }
  | { readonly is: 'skipped'; readonly message: string }
  /** `failure`: it is not as wanted; `error`: it could not be looked at. */
  | { readonly is: 'failure' | 'error'; readonly message: string; readonly text: string }

type Ended = EventOf<'task'> | EventOf<'gate'>

/**
 * The place of an event as readers of reports show it: Jenkins takes what stands before the last dot for a package,
 * and hosts have dots in their names, roles have none.
 */
export function classOf({ host = 'cluster', role = 'run' }: Place): string {
  return `${host}.${role}`
}

/** A task as it ended on a host. */
export function caseOfTask(event: Ended): Case {
  const source = 'evidence' in event ? event.evidence?.source : undefined
  return {
    classname: classOf(event),
    name: event.task ?? '',
    durationMs: event.durationMs,
    ...(source === undefined || source.file.startsWith('..')
      ? {}
      : { file: `${source.file}#L${source.line}` }),
    outcome: outcomeOf(event),
  }
}

function outcomeOf(event: Ended): Outcome {
  const { status, message = '' } = event
  // Without words of its own, its findings say it.
  if (status === 'failed')
    return wrong('failure', [message || 'What was found out is fatal.', ...more(event)])
  if (status === 'unreachable') return wrong('error', [message, ...more(event)])
  if (status === 'skipped') return { is: 'skipped', message }
  // A plan that nobody can make is no promise that all is well.
  if (status === 'unknown') return { is: 'skipped', message: `unknown: ${message}` }
  if (status === 'rescued')
    return { is: 'passed', out: `It failed, and the role went on in another way.\n${message}` }
  return { is: 'passed' }
}

/** What is wrong, with a first line that stands for all of it. */
export function wrong(is: 'failure' | 'error', parts: readonly (string | undefined)[]): Outcome {
  const text = parts.filter(Boolean).join('\n\n')
  return { is, message: text.split('\n')[0] ?? '', text }
}

function more(event: Ended): readonly (string | undefined)[] {
  if (event.type === 'gate') return []
  const { advice, evidence } = event
  return [advice && `→ ${advice}`, ...(evidence === undefined ? [] : evidenceParts(evidence))]
}

function evidenceParts({ command, resource, source, file }: Evidence): readonly (string | undefined)[] {
  const places = [source && `called at ${source.file}:${source.line}`, file && `evidence: ${file}`].filter(
    Boolean,
  )
  return [
    resource && `while changing ${resource}`,
    command && `$ ${command.line}\nended with exit code ${command.exitCode}`,
    command?.stdout && `stdout:\n${command.stdout}`,
    command?.stderr && `stderr:\n${command.stderr}`,
    places.join('\n'),
  ]
}

/** What a check found; only what is fatal fails. */
export function caseOfFinding(event: Finding & Place): Case {
  const { check, class: grade, message, found, wanted, advice } = event
  const said = [message, `found ${found}, wanted ${wanted}`, `→ ${advice}`]
  const outcome: Outcome =
    grade === 'fatal' ? wrong('failure', said) : { is: 'passed', out: [grade, ...said].join('\n') }
  return { classname: classOf(event), name: check, durationMs: 0, outcome }
}
