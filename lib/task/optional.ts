import type { Fact } from '../host/fact.ts'
import { ContactLost, Unreachable } from '../transport/errors.ts'
import { Interrupted, WrongProgram } from './outcome.ts'

/**
 * A fact that may have no answer: what is asked for is not there, or the question fails. A lost host, an interrupt and
 * a mistake in the program are no answers; they end what asks, as they always do.
 */
export function optional<T>(fact: Fact<T>): Fact<T | undefined> {
  return {
    name: `optional ${fact.name}`,
    lasting: fact.lasting,
    optional: true,
    ...(fact.assumed === undefined ? {} : { assumed: fact.assumed }),
    async read(host) {
      try {
        return await fact.read(host)
      } catch (error) {
        if (isNoAnswer(error)) return undefined
        throw error
      }
    },
  }
}

const notOfTheHost = [
  Unreachable,
  ContactLost,
  Interrupted,
  WrongProgram,
  TypeError,
  ReferenceError,
  RangeError,
] as const

function isNoAnswer(error: unknown): boolean {
  return !notOfTheHost.some((kind) => error instanceof kind)
}
