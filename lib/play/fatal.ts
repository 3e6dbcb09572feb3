import type { Status } from '../report/events.ts'
import { Interrupted, TaskFailed, WrongProgram } from '../task/outcome.ts'
import { Unreachable } from '../transport/errors.ts'

/** What no role can catch: it ends the run of a host. */
export type Fatal = Unreachable | Interrupted | WrongProgram

export function isFatal(error: unknown): error is Fatal {
  return error instanceof Unreachable || error instanceof Interrupted || error instanceof WrongProgram
}

/** How the task ended in which it came out. */
export function statusOf(error: Fatal): Status {
  if (error instanceof WrongProgram) return 'failed'
  return error instanceof Unreachable ? 'unreachable' : 'skipped'
}

/** Any other error, as the failure of a task that a role may catch. */
export function asTaskFailed(error: unknown): TaskFailed {
  if (error instanceof TaskFailed) return error
  const message = error instanceof Error ? error.message : String(error)
  return new TaskFailed(message, { cause: error, ...adviceOf(error) })
}

/** What an error says is to be done, where it says that. */
export function adviceOf(error: unknown): { readonly advice?: string } {
  return error instanceof Error && 'advice' in error && typeof error.advice === 'string'
    ? { advice: error.advice }
    : {}
}
