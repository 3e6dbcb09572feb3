import { setTimeout as pause } from 'node:timers/promises'
import type { Fact } from '../host/fact.ts'
import { groupMembers } from '../inventory/aliases.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Held } from '../task/gate.ts'
import { type Duration, milliseconds } from '../vars/duration.ts'
import type { Fleet } from './fleet.ts'

/** What a guard may ask: facts of any host, as of now. */
export interface GuardContext {
  /** The hosts of the batch that is about to be changed, or was. */
  readonly batch: readonly string[]
  readonly group: (name: string) => readonly string[]
  readonly fact: <T>(host: string, fact: Fact<T>) => Promise<T>
}

/** A condition of the whole cluster, asked before and after every batch; one that does not hold stops the run. */
export interface Guard {
  readonly name: string
  ask(context: GuardContext): Promise<Held>
  readonly patience: Duration
}

const askEveryMs = 500

/** Defines a guard; its name ends the sentence "… must hold", as it has to within its patience. */
export function defineGuard(
  name: string,
  ask: (context: GuardContext) => Promise<Held>,
  { patience = '0s' }: { readonly patience?: Duration } = {},
): Guard {
  return { name, ask, patience }
}

/** The first guard that does not hold, as the end of a sentence; one that cannot be asked does not hold. */
export async function broken(
  guards: readonly Guard[],
  batch: readonly string[],
  { fleet, inventory }: { readonly fleet: Fleet; readonly inventory: Inventory },
): Promise<string | undefined> {
  const context: GuardContext = {
    batch,
    group: (name) => groupMembers(inventory, name),
    fact: async (name, fact) => {
      const host = await fleet.asked(name)
      return host.reach(() => fact.read(host.reader))
    },
  }
  for (const guard of guards) {
    // What is foreseen to change, only the run itself can ask about.
    const held = await answerOf(guard, context, (await fleet.pending()) ? '0s' : guard.patience)
    if (!held.holds && !(await fleet.pending())) return `${guard.name} must hold, but ${held.found}`
  }
  return undefined
}

async function answerOf(guard: Guard, context: GuardContext, patience: Duration): Promise<Held> {
  const deadline = performance.now() + milliseconds(patience)
  for (;;) {
    const held = await guard.ask(context).catch((error: unknown): Held => {
      return { holds: false, found: error instanceof Error ? error.message : String(error) }
    })
    if (held.holds || performance.now() + askEveryMs > deadline) return held
    await pause(askEveryMs)
  }
}
