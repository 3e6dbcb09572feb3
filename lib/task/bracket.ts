import type { Resource } from './kind.ts'
import { kindOf } from './kind.ts'
import type { State } from './state.ts'

/** A state that is entered for the time of some work and left again: a node drained, a back end taken out. */
export interface Bracket {
  readonly title: string
  readonly enter: Resource
  readonly leave: Resource
  /** Whether a state carries our mark; what a human had set aside does not, and stays so. */
  readonly mine: (state: State) => boolean
}

/**
 * Defines a bracket by its two ends: resources of one kind for one thing, that differ in what they want.
 * Entering where somebody else has done so already must change nothing, so that leaving finds no mark of ours.
 */
export function defineBracket<Args extends readonly unknown[]>(
  name: string,
  definition: {
    readonly enter: (...args: Args) => Resource
    readonly leave: (...args: Args) => Resource
    readonly mine: (state: State) => boolean
  },
): (...args: Args) => Bracket {
  return (...args) => {
    const [enter, leave] = [definition.enter(...args), definition.leave(...args)]
    if (enter.id !== leave.id)
      throw new TypeError(`The bracket ${name} enters ${enter.id} but leaves ${leave.id}.`)
    kindOf(enter.kind)
    return { title: `${name} ${enter.id}`, enter, leave, mine: definition.mine }
  }
}
