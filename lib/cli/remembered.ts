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

export interface Taken {
  readonly directory: RunDirectory
  /** Its own command line, followed by what is said now; the later word counts. */
  readonly argv: readonly string[]
}

/** Finds the run to take up again: the one that is named, or the last of this playbook if it did not end well. */
export function takeUp(
  playbook: string,
  { resume, inventory }: Pick<Options, 'resume' | 'inventory'>,
  now: readonly string[],
): Taken | undefined {
  const [first] = inventory
  const stores = first === undefined ? RunStore.all() : [new RunStore(clusterName(first))]
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
