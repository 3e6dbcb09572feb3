import type { Inventory } from '../inventory/inventory.ts'
import type { Serial } from './batches.ts'
import type { Guard } from './guard.ts'
import type { Role } from './role.ts'

export interface StageOptions {
  /** A pattern of groups and hosts, or a choice made from the inventory. */
  readonly hosts: string | ((inventory: Inventory) => readonly string[])
  readonly roles: readonly Role[]
  /** How many hosts at a time; all of them, up to `--forks`, when absent. */
  readonly serial?: Serial
  /** Asked before and after every batch. */
  readonly guards?: readonly Guard[]
  /** What a failure means for the others: `stop` (the default) ends the batch and goes no further. */
  readonly onFailure?: 'stop' | 'continue' | 'revert'
  /** Only on the first of the hosts. */
  readonly runOnce?: boolean
  readonly tags?: readonly string[]
}

/** Hosts, roles, and how many at a time; a barrier: nothing of the next stage starts before it ends. */
export interface Stage extends StageOptions {
  readonly title: string
}

export function stage(title: string, options: StageOptions): Stage {
  return { title, ...options }
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
  }
}
