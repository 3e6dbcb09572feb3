import type { Inventory } from './inventory.ts'

/** Names that other tools give to the same groups; ours come first. */
const families: readonly (readonly string[])[] = [
  ['server', 'rke_servers', 'control_plane', 'master'],
  ['agent', 'rke_agents', 'worker'],
  ['lb', 'loadbalancer'],
]

/** The group of that name, or the first group of another name for it that the inventory has. */
export function aliasedGroup(inventory: Inventory, name: string): string | undefined {
  return aliasesOf(name).find((alias) => inventory.groups.has(alias))
}

/** The hosts of a group, under whichever of its names the inventory has it; none when there is no such group. */
export function groupMembers(inventory: Inventory, name: string): readonly string[] {
  const group = aliasedGroup(inventory, name)
  return group === undefined ? [] : inventory.group(group)
}

/** All names for a group, the given one first. */
function aliasesOf(name: string): readonly string[] {
  const family = families.find((names) => names.includes(name)) ?? []
  return [name, ...family.filter((alias) => alias !== name)]
}
