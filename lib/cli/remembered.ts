import { UserError } from '../errors.ts'
import { clusterName } from '../inventory/inventory.ts'
import { redact } from '../secrets/redact.ts'
import type { RunDirectory } from '../state/run-directory.ts'
import { RunStore, stateFolder } from '../state/run-store.ts'
import type { Options } from './flags.ts'
import { knownRuns, runNamed } from './run-named.ts'

/** Stands for a word that held a secret. */
export const forgotten = '«secret»'

/** A command line as it may be kept on disk: what holds a secret is not. */
export function rememberedArguments(argv: readonly string[]): readonly string[] {
  return argv.map((word) => (redact(word) === word ? word : forgotten))
}

/** Why there is nothing to resume, for whoever asked to. */
export function nothingToResume(playbook: string, options: Pick<Options, 'inventory'>): string {
  const runs = storesOf(options).flatMap((store) => store.list())
  const last = runs.filter(({ record }) => record.playbook === playbook).at(-1)
  const why =
    last === undefined
      ? `${stateFolder()} holds no run of ${playbook}`
      : `the last run of ${playbook}, ${last.record.id}, ${last.record.reverted === true ? 'was reverted' : 'ended well'}`
  return `There is nothing to resume: ${why}.`
}

export interface Taken {
  readonly directory: RunDirectory
  /** Its own command line, followed by what is said now; the later word counts. */
  readonly argv: readonly string[]
}

/** Finds the run to take up again: the one that is named, or the last of this playbook if it did not end well. */
export function takeUp(
  playbook: string,
  options: Pick<Options, 'resume' | 'inventory'>,
  now: readonly string[],
): Taken | undefined {
  const { resume } = options
  const stores = storesOf(options)
  const directory =
    typeof resume === 'string' && resume !== 'last'
      ? runNamed(inOrder(stores.flatMap((store) => store.list())), resume)
      : inOrder(stores.flatMap((store) => store.unfinished(playbook) ?? [])).at(-1)
  if (directory === undefined) return undefined
  const { arguments: remembered } = directory.record
  if (!remembered.includes(forgotten)) return { directory, argv: [...remembered, ...now] }
  throw new UserError(
    'The command line of this run held a secret, which is kept nowhere.',
    'Start the playbook with the same flags instead of --resume: what is done already is found so.',
  )
}

/** The run to undo: the one that is named, or the last whose changes stand; throws when there is none. */
export function runToRevert(store: RunStore, id: string, cluster: string): RunDirectory {
  if (id !== 'last') return runNamed(store.list(), id, ` of ${cluster}`)
  const found = store.lastToRevert()
  if (found !== undefined) return found
  throw new UserError(`No run of ${cluster} has changes that stand.`, knownRuns(store.list()))
}

/** All runs that are kept, of the cluster of an inventory where one is named; oldest first. */
export function keptRuns(options: Pick<Options, 'inventory'>): readonly RunDirectory[] {
  return inOrder(storesOf(options).flatMap((store) => store.list()))
}

function inOrder(runs: readonly RunDirectory[]): readonly RunDirectory[] {
  return runs.toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1))
}

function storesOf({ inventory: [first] }: Pick<Options, 'inventory'>): readonly RunStore[] {
  return first === undefined ? RunStore.all() : [new RunStore(clusterName(first))]
}
