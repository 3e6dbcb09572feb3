import type { Emit } from '../../report/events.ts'
import type { Session } from '../../transport/session.ts'
import type { ConnectionVars } from '../../vars/connection.ts'
import type { FlagName } from '../flags.ts'
import type { Positional } from '../grammar.ts'

/** One host, as it is visited. */
export interface Visit {
  readonly host: string
  readonly session: Session
  readonly connection: ConnectionVars
  /** The user to work as; the login user when absent. */
  readonly as: string | undefined
  /** What stood after `--`. */
  readonly command: readonly string[]
  readonly emit: Emit
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}

/** How a visit came out: with what is to be shown of the host, or with why it failed. */
export type Outcome<T> =
  | { readonly is: 'ok'; readonly value: T }
  | { readonly is: 'failed' | 'unreachable'; readonly message: string; readonly advice?: string }

export interface Visited<T> {
  readonly host: string
  readonly ms: number
  readonly outcome: Outcome<T>
}

/** The same for people, and for programs. */
export interface Told {
  readonly name: string
  readonly table: readonly object[]
  readonly data: readonly object[]
}

export interface HostScriptDefinition<T> {
  /** The hosts; left out, all of them, where that is `optional`. */
  readonly pattern: 'needed' | 'optional'
  /** What has to stand after `--`. */
  readonly command?: Positional
  visit(visit: Visit): Promise<Outcome<T>>
  /** What is shown in the end, of all hosts in the order of the inventory. */
  readonly tell?: (visited: readonly Visited<T>[]) => Told
}

/** A script that visits hosts side by side, each in one session, without a playbook: no lock, no journal. */
export interface HostScript<T = unknown> extends HostScriptDefinition<T> {
  readonly title: string
  readonly onHosts: true
}

export function onHosts<T>(title: string, definition: HostScriptDefinition<T>): HostScript<T> {
  return { title, onHosts: true, ...definition }
}

/** What every such script takes. */
export const hostScriptFlags = [
  'inventory',
  'limit',
  'extraVars',
  'vaultIds',
  'vaultPasswordFiles',
  'askVaultPass',
  'forks',
  'user',
  'askPass',
  'privateKey',
  'connection',
  'timeoutSeconds',
  'become',
  'becomeUser',
  'becomeMethod',
  'askBecomePass',
  'json',
  'logFile',
  'verbosity',
  'help',
  'version',
] as const satisfies readonly FlagName[]
