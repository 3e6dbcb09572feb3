import { UserError } from '../errors.ts'
import { clusterName } from '../inventory/inventory.ts'
import { redact } from '../secrets/redact.ts'
import { RunStore, stateFolder, type RunDirectory } from '../state/run-directory.ts'
import type { Options } from './flags.ts'

const forgotten = '«secret»'

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
  const found =
    typeof resume === 'string'
      ? stores.flatMap((store) => store.find(resume) ?? [])
      : stores.flatMap((store) => store.unfinished(playbook) ?? [])
  const directory = found.toSorted((a, b) => a.record.id.localeCompare(b.record.id)).at(-1)
  if (directory === undefined) {
    if (typeof resume !== 'string') return undefined
    throw new UserError(
      `There is no run ${resume}.`,
      `The runs stand in ${stateFolder()}, one folder a cluster.`,
    )
  }
  const { arguments: remembered } = directory.record
  if (!remembered.includes(forgotten)) return { directory, argv: [...remembered, ...now] }
  throw new UserError(
    'The command line of this run held a secret, which is kept nowhere.',
    'Start the playbook with the same flags instead of --resume: what is done already is found so.',
  )
}

/** The run to undo: the one that is named, or the last whose changes stand; throws when there is none. */
export function runToRevert(store: RunStore, id: string, cluster: string): RunDirectory {
  const found = id === 'last' ? store.lastToRevert() : store.find(id)
  if (found !== undefined) return found
  const message =
    id === 'last' ? `No run of ${cluster} has changes that stand.` : `There is no run ${id} of ${cluster}.`
  const known = store.list().map(({ record }) => record.id)
  const advice =
    known.length === 0
      ? `${store.folder} holds none; TROUPE_STATE says where runs are looked for.`
      : `The last ones are ${known.slice(-3).join(', ')}.`
  throw new UserError(message, advice)
}

function storesOf({ inventory: [first] }: Pick<Options, 'inventory'>): readonly RunStore[] {
  return first === undefined ? RunStore.all() : [new RunStore(clusterName(first))]
}
