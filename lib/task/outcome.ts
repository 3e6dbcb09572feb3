import type { State } from './state.ts'

/** A thing cannot be seen yet, because something before it has not happened: a unit whose package is still to come. */
export class NotYet extends Error {
  override readonly name = 'NotYet'
  /** What the thing will be made once that has happened, where it can be told. */
  readonly foreseen: State | undefined
  /** @param what is missing, as a sentence: `There is no unit chrony.service.` */
  constructor(what: string, foreseen?: State) {
    super(what)
    this.foreseen = foreseen
  }
}

/** Ends the plan of a role on a host under check: what follows rests on something that only a real run can know. */
export class PlanEnds extends Error {
  override readonly name = 'PlanEnds'
}

/** The run was interrupted; cannot be caught by a role. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  constructor() {
    super('The run was interrupted.')
  }
}

/** A role used the engine wrongly: two roles on one thing, a task left in flight. Cannot be caught by a role. */
export class WrongProgram extends Error {
  override readonly name = 'WrongProgram'
}

/** A task did not reach the state it wants. */
export class TaskFailed extends Error {
  override readonly name: string = 'TaskFailed'
  /** What to do about it, where a cause is known. */
  readonly advice?: string
  constructor(message: string, options?: ErrorOptions & { readonly advice?: string }) {
    super(message, options)
    if (options?.advice !== undefined) this.advice = options.advice
  }
}

/** What a task has reported is not well: nothing of ours went wrong, so there is no evidence to look for. */
export class FatalReport extends TaskFailed {
  override readonly name = 'FatalReport'
}

/** What a task found out is fatal; that has been told, finding by finding, so that nothing else is to be said. */
export class FatalFindings extends TaskFailed {
  override readonly name = 'FatalFindings'
  constructor() {
    super('What was found out about the host is fatal.')
  }
}
