import { thisProcess } from '../host/process-mark.ts'
import type { Mode } from '../report/events.ts'
import type { RunDirectory } from '../state/run-directory.ts'
import type { RunStore } from '../state/run-store.ts'
import { commitOf, provenance } from './provenance.ts'
import { rememberedArguments, runToRevert } from './remembered.ts'
import type { Start } from './started-run.ts'

/** The folder of a run: a new one, or that of the run to revert or to go on with; none for a check. */
export function runFolder(start: Start, mode: Mode, store: RunStore): RunDirectory | undefined {
  const { options, ground, taken } = start
  if (mode === 'check') return undefined
  if (options.revert !== undefined) {
    const directory = runToRevert(store, options.revert, ground.inventory.name)
    directory.update({ process: thisProcess() })
    return directory
  }
  if (taken === undefined) return newFolder(start, store)
  taken.reopen()
  return taken
}

function newFolder({ options, ground, argv, file }: Start, store: RunStore): RunDirectory {
  const hosts = [...ground.limit]
  // A file of hosts may say something else by the time that the run is gone on with.
  const pinned = options.limit?.includes('@') ? ['--limit', hosts.join(',')] : []
  const directory = store.create({
    playbook: file,
    arguments: [...rememberedArguments(argv), ...pinned],
    inventory: options.inventory,
    hosts,
    ...provenance(),
  })
  directory.saveConfiguration(ground.configuration())
  return directory
}

/** Notes the commit of a run; asked for beside the work on the hosts, so that no start waits for it. */
export async function noteCommit(directory: RunDirectory, playbookFile: string): Promise<void> {
  const commit = await commitOf(playbookFile)
  if (commit !== undefined) directory.update({ commit })
}
