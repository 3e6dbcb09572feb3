import type { Emit, Place } from '../report/events.ts'
import type { Exclusives } from './exclusives.ts'
import type { HostRun } from './host-run.ts'
import type { Position } from './journal.ts'

/** What all hosts of one run share. */
export interface Engine {
  readonly runId: string
  /** Shows what changes, not only that it does. */
  readonly diff: boolean
  readonly emit: Emit
  /** The first Ctrl-C: what runs is finished, nothing new is begun. */
  readonly interrupted: AbortSignal
  readonly exclusives: Exclusives
  /** Hosts that were found off by a question that did without them: nothing the run was to do was left undone for that. */
  readonly spared: Set<string>
  /** Asked about a task that failed, before that counts: whether it is tried again. */
  readonly onFailed?: OnFailed | undefined
  /** Any host of the inventory to be changed, opened when it is first asked for. */
  peer(name: string): Promise<HostRun>
  /** Any host of the inventory to be asked. */
  asked(name: string): Promise<HostRun>
}

export type OnFailed = (spot: Spot, error: Error) => Promise<'again' | 'go on'>

/** Where a task stands: on which host, for which role, at which place of the run. */
export interface Spot {
  readonly engine: Engine
  readonly on: HostRun
  readonly role: { readonly name: string; readonly folder: string }
  readonly place: Place
  readonly position: Position
  readonly bracket?: 'enter' | 'leave'
}
