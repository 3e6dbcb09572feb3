import { UserError } from '../../errors.ts'
import { didYouMean } from '../../inventory/nearest.ts'
import type { Inventory } from '../../inventory/inventory.ts'

/** The tree of groups and hosts below a group, as `ansible-inventory --graph` prints it. */
export function graphText(inventory: Inventory, top = 'all'): string {
  if (!inventory.groups.has(top))
    throw new UserError(`The inventory has no group "${top}".`, didYouMean(top, inventory.groups.keys()))
  return linesOf(inventory, top, 0).join('\n')
}

function linesOf(inventory: Inventory, name: string, depth: number): readonly string[] {
  const group = inventory.groups.get(name)
  if (group === undefined) return []
  const hosts = name === 'all' ? [] : group.ownHosts
  return [
    branch(`@${name}:`, depth),
    ...group.children.flatMap((child) => linesOf(inventory, child, depth + 1)),
    ...hosts.map((host) => branch(host, depth + 1)),
  ]
}

function branch(name: string, depth: number): string {
  return depth === 0 ? name : `${'  |'.repeat(depth)}--${name}`
}
