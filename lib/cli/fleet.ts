import { thisHolder } from '../host/lock.ts'
import { Fleet } from '../play/fleet.ts'
import type { Emit } from '../report/events.ts'
import type { RunDirectory } from '../state/run-directory.ts'
import { bootUnderWay } from '../task/boot-under-way.ts'
import { Unreachable } from '../transport/errors.ts'
import { milliseconds } from '../vars/duration.ts'
import type { Ground } from './ground.ts'

export interface FleetParts {
  readonly ground: Ground
  readonly emit: Emit
  readonly runId: string
  /** Absent when nothing is changed. */
  readonly directory: RunDirectory | undefined
}

/** The hosts of a run, each opened when it is first asked for, as the inventory says. */
export function openFleet({ ground, emit, runId, directory }: FleetParts): Fleet {
  // A run that opens no host does without all that reaches one.
  let imported: ReturnType<typeof sessions> | undefined
  const holder = directory === undefined ? undefined : thisHolder(runId)
  return new Fleet({
    emit,
    journal: directory?.journal,
    open: async (name, forChanges) => {
      if (!ground.inventory.hosts.some((host) => host.name === name)) throw notInInventory(name)
      const { openInventoryHost } = await (imported ??= sessions())
      return openInventoryHost(name, ground.connection(name), {
        emit,
        holder: forChanges ? holder : undefined,
        patienceMs: milliseconds(ground.settings(name).patience),
        // A host that may still be booting, since its run was killed meanwhile, is given the time for that.
        connectTimeoutMs: directory === undefined ? undefined : bootUnderWay(directory.journal(name).entries),
        passphrase: async (key) => {
          const { askPassphrase } = await import('./passphrase.ts')
          return askPassphrase(key)
        },
      })
    },
  })
}

const sessions = () => import('./sessions.ts')

/** A journal names hosts through which something was done; the inventory may have lost them since. */
function notInInventory(name: string): Unreachable {
  const advice = 'Give an inventory that has it.'
  return new Unreachable('network', `${name} is not in the inventory.`, advice)
}
