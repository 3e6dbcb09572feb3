import type { Inventory } from '../inventory/inventory.ts'
import type { InBatches } from './batches.ts'
import type { MaxFail } from './failures.ts'
import type { Guard } from './guard.ts'
import type { Member, Role } from './role.ts'

/** Who there is, with what is said of each. */
export interface Roster {
  /** The members of a group, in the order of the inventory, whatever `--limit` says. */
  group(name: string): readonly Member[]
}

/** Names hosts of the inventory, by what is said of them. */
export type Choice = (roster: Roster) => readonly string[]

interface Work extends InBatches {
  /** A pattern of groups and hosts, or a choice by what the inventory and the variables say. */
  readonly hosts: string | Choice
  readonly roles: readonly Role[]
  /** Asked before and after every batch. */
  readonly guards?: readonly Guard[]
  /** Only on the first of the hosts. */
  readonly runOnce?: boolean
  /** Only on the first of the hosts that can be reached; those that are off hinder nobody. */
  readonly anyOne?: boolean
  readonly tags?: readonly string[]
}

/** What a failure means for the others; see docs/policies.md. */
type Policy =
  | {
      /** `stop` (the default) lets the batch end and goes no further. */
      readonly onFailure?: 'stop' | 'continue' | 'revert'
      readonly maxFail?: never
    }
  | {
      /** As long as no more hosts of the stage than these failed or were lost, it goes on without them. */
      readonly maxFail: MaxFail
      readonly onFailure?: never
    }

/** `serial`: how many at a time. `canary`: how many first, alone; if one of them fails, the stage ends there. */
export type StageOptions = Work & Policy

/** Hosts, roles, and how many at a time; a barrier: nothing of the next stage starts before it ends. */
export type Stage = StageOptions & {
  readonly title: string
  /** The roles whose changes it puts back, instead of running any. */
  readonly putsBack?: readonly Role[]
}

export function stage(title: string, options: StageOptions): Stage {
  return { title, ...options }
}

/** `roles`: those whose changes are put back. */
export type PutBackOptions = Omit<Work, 'tags' | 'runOnce' | 'anyOne'> &
  (Exclude<Policy, { readonly maxFail: MaxFail }> & { readonly onFailure?: 'stop' | 'continue' })

/** A stage that puts back whatever these roles have ever changed on its hosts, in any run and from any controller. */
export function putBack(title: string, { roles, ...options }: PutBackOptions): Stage {
  return { ...options, title, roles: [], putsBack: roles }
}

/** Whether a playbook has stages that put back, as far as that can be told before it runs. */
export function putsBack({ stages }: Playbook): boolean {
  return typeof stages !== 'function' && stages.some((each) => each.putsBack !== undefined)
}

/** Whether a playbook has such stages, or only shows when it runs. */
export function mayPutBack(playbook: Playbook): boolean {
  return typeof playbook.stages === 'function' || putsBack(playbook)
}

/** Makes every kind of resource known that its roles use, also of those whose changes it puts back. */
export async function loadRoles({ roles, stages }: Playbook): Promise<void> {
  const back = typeof stages === 'function' ? [] : stages.flatMap(({ putsBack: those }) => those ?? [])
  await Promise.all([...roles, ...back].map((role) => role.load()))
}

/** What a playbook that is a function works with. */
export interface Play {
  readonly inventory: Inventory
  run(stage: Stage): Promise<void>
}

export interface Playbook {
  readonly title: string
  /** In order; or a function, for what a list cannot say. */
  readonly stages: readonly Stage[] | ((play: Play) => Promise<void>)
  /** The roles that a function may use, so that their variables are checked beforehand. */
  readonly roles: readonly Role[]
  /** It only looks: its hosts are opened for reading, so that nothing can be changed whatever its roles say. */
  readonly inspects: boolean
  /** What a user has to say before a host is touched. */
  readonly confirmation?: (roster: Roster) => Confirmation
}

/** What is typed, or given as a variable, before something that cannot be taken back. */
export interface Confirmation {
  readonly question: string
  readonly answer: string
  /** Under which it can be given with `-e`. */
  readonly variable: string
}

/** Defines a playbook; `main` runs it when its file is the one started. */
export function playbook(title: string, stages: readonly Stage[]): Playbook
export function playbook(
  title: string,
  stages: (play: Play) => Promise<void>,
  roles: readonly Role[],
): Playbook
export function playbook(title: string, stages: Playbook['stages'], roles: readonly Role[] = []): Playbook {
  return {
    title,
    stages,
    roles: typeof stages === 'function' ? roles : stages.flatMap((stage) => stage.roles),
    inspects: false,
  }
}

/** A playbook that changes nothing by construction, also without `--check`. */
export function inspection(title: string, stages: readonly Stage[]): Playbook {
  return { ...playbook(title, stages), inspects: true }
}

/** A playbook that touches no host before the user has given the answer; a check asks for none. */
export function confirmed(of: Playbook, confirmation: (roster: Roster) => Confirmation): Playbook {
  return { ...of, confirmation }
}
