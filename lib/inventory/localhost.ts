import type { Inventory } from './inventory.ts'
import { locate } from './located.ts'
import { splitPattern } from './split-pattern.ts'

const names = ['localhost', '127.0.0.1', '::1']

/** Whether a name means this machine where no inventory says otherwise. */
export function isLocalhost(name: string): boolean {
  return names.includes(name)
}

/** The inventory with this machine in it, reached without a connection, where a pattern names it; it is in no group, nor in `all`. */
export function withLocalhost(inventory: Inventory, patterns: readonly string[]): Inventory {
  const known = new Set(inventory.mentioned)
  const named = new Set(patterns.flatMap(splitPattern))
  const implicit = names.filter((name) => named.has(name) && !known.has(name))
  if (implicit.length === 0) return inventory
  const local = locate('ansible_connection', 'local', { file: 'this machine' })
  const hosts = implicit.map((name) => ({
    name,
    groups: ['all'],
    vars: new Map([['ansible_connection', local]]),
  }))
  return { ...inventory, hosts: [...inventory.hosts, ...hosts] }
}
