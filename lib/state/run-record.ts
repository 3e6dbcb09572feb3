import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessMark } from '../host/process-mark.ts'

export interface Commit {
  readonly id: string
  /** Whether something was changed and not committed. */
  readonly dirty: boolean
}

export interface Job {
  readonly url: string
  /** Who started it. */
  readonly user?: string
}

/** What a run was told by the inventory, the files of variables and the command line. */
export interface Configuration {
  readonly groups: Readonly<Record<string, readonly string[]>>
  /** By host, and there by the role that they belong to. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What a run was asked to do; enough to take it up again. */
export interface RunRecord {
  readonly id: string
  readonly playbook: string
  readonly started: string
  readonly arguments: readonly string[]
  readonly inventory: readonly string[]
  readonly user: string
  /** The hosts that it was to work on, and so has locked. */
  readonly hosts?: readonly string[]
  /** Who works on it, or did last: from that, whoever looks at it knows whether it runs. */
  readonly process?: ProcessMark
  /** What the playbook was at the time. */
  readonly commit?: Commit
  readonly versions?: { readonly troupe: string; readonly node: string }
  /** The CI job that it ran in. */
  readonly job?: Job
  /** How it ended; absent while it runs, and when it was killed. */
  readonly ended?: string
  readonly exitCode?: number
  /** Whether it was reverted as a whole. */
  readonly reverted?: boolean
}

/** What a run notes of itself, as it stands on disk now; undefined where no run can be read. */
export function readRecord(folder: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord
  } catch {
    return undefined
  }
}
