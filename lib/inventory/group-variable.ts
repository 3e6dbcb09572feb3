import type { GroupGraph } from './group-graph.ts'
import { InventoryError, type Spot } from './inventory-error.ts'
import type { Located } from './located.ts'

/** Sets a variable of a group; `ansible_group_priority` is none, but says which group wins among those of equal depth. */
export function setGroupVariable(graph: GroupGraph, group: string, name: string, variable: Located): void {
  if (name === 'ansible_group_priority') graph.addGroup(group).priority = priorityOf(variable)
  else graph.addGroup(group).vars.set(name, variable)
}

function priorityOf({ value, origin }: Located): number {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
  if (Number.isInteger(number) && value !== '') return number
  const spot: Spot = origin
  throw new InventoryError(
    spot,
    `expected a whole number as ansible_group_priority, found ${JSON.stringify(value)}`,
    'Write a number; the group with the higher one wins among groups of equal depth.',
  )
}
