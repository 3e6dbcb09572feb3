import { conceal } from '../secrets/secret.ts'
import type { GroupGraph } from './group-graph.ts'
import { InventoryError, type InventoryWarning } from './inventory-error.ts'
import type { Located } from './located.ts'

/** Reads a file that was encrypted as a whole: none of its values is printed, and no message quotes it. */
export async function concealed(
  file: string,
  graph: GroupGraph,
  read: () => Promise<readonly InventoryWarning[]>,
): Promise<readonly InventoryWarning[]> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error
    throw new InventoryError(
      error,
      'expected an inventory, found something else (not shown: the file is encrypted)',
      'Look at the line with playbooks/vault.ts view, and correct it with edit.',
    )
  } finally {
    const variables = [...graph.hosts.values(), ...graph.groups.values()].flatMap(({ vars }) => [
      ...vars.values(),
    ])
    for (const variable of variables) if (variable.origin.file === file) concealAll(variable)
  }
}

function concealAll({ value, written, entries, items }: Located): void {
  for (const inside of [...(entries?.values() ?? []), ...(items ?? [])]) concealAll(inside)
  // A number may be a password as well; yes and no are none.
  if (typeof value === 'string' || typeof value === 'number') conceal(written ?? String(value))
}
