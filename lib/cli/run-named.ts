import { UserError } from '../errors.ts'
import type { RunDirectory } from '../state/run-directory.ts'
import { stateFolder } from '../state/run-store.ts'

const mostNamed = 3

/** The one run that is meant by its id, or by a beginning or an end of it that no other run has. */
export function runNamed(runs: readonly RunDirectory[], name: string, of = ''): RunDirectory {
  const exact = runs.find(({ record }) => record.id === name)
  if (exact !== undefined) return exact
  const found = runs.filter(({ record }) => record.id.startsWith(name) || record.id.endsWith(name))
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  if (found.length > 1) {
    throw new UserError(
      `Which run? ${found.length} are called ${name}…: ${named(found)}.`,
      'Give more of its id: its end tells runs of one day apart.',
    )
  }
  throw new UserError(`There is no run ${name}${of}.`, knownRuns(runs))
}

/** What there is instead of the run that was asked for. */
export function knownRuns(runs: readonly RunDirectory[]): string {
  return runs.length === 0
    ? `${stateFolder()} holds none; TROUPE_STATE says where runs are looked for.`
    : `The last ones are ${named(runs)}.`
}

function named(runs: readonly RunDirectory[]): string {
  return runs
    .slice(-mostNamed)
    .map(({ record }) => record.id)
    .join(', ')
}
