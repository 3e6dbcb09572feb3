import type { HostRole } from '../../lib/cluster/host-roles.ts'
import type { Tuning } from '../../lib/cluster/tuning.ts'
import type { ClusterConfiguration } from '../../lib/cluster/vars.ts'
import type { Finding } from '../../lib/report/events.ts'
import type { Message } from './messages/index.ts'
import type { Survey } from './survey.ts'
import type { CheckName, PreflightVars } from './vars.ts'
import type { Way } from './ways.ts'

/** A host of the run with what it said of itself. */
export interface Surveyed {
  readonly name: string
  readonly roles: readonly HostRole[]
  /** The address under which the others reach it. */
  readonly address: string
  readonly survey: Survey
}

/** One host under judgement, with all that there is to judge it by. */
export interface Subject extends Surveyed {
  /** All hosts that could be asked, this one among them. */
  readonly all: readonly Surveyed[]
  readonly ways: readonly Way[]
  /** Of the host that has to look: who answers for the address of the load balancer. */
  readonly vip: { readonly address: string; readonly owner: string | undefined } | undefined
  readonly configuration: ClusterConfiguration
  readonly tuning: Tuning
  readonly vars: PreflightVars
}

/** What a check found, in every language. */
export interface Found {
  readonly class: Finding['class']
  readonly message: Message
}

/** One question about a host; a pure function of what is known, so that a test needs no host. */
export interface Check {
  readonly name: CheckName
  readonly judge: (subject: Subject) => readonly Found[]
}

export const fatal = (message: Message): Found => ({ class: 'fatal', message })
export const warning = (message: Message): Found => ({ class: 'warning', message })

/** Something that a task mends, where that task is to run; `otherwise` where it is not. */
export function mended(
  task: string | undefined,
  otherwise: Finding['class'],
  message: (task: string | undefined) => Message,
): Found {
  return { class: task === undefined ? otherwise : 'fix', message: message(task) }
}
