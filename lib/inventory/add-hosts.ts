import type { GroupGraph } from './group-graph.ts'
import { InventoryError, type Spot } from './inventory-error.ts'
import { locate, type Variables } from './located.ts'

/** Hosts as one place of a source names them. */
export interface NamedHosts {
  readonly names: readonly string[]
  /** Written behind the name. */
  readonly port: number | undefined
  readonly group: string
  readonly variables: Variables
  readonly spot: Spot
}

/** Adds hosts to a group, and lays their variables over those of earlier places; what to warn of. */
export function addHosts(
  graph: GroupGraph,
  { names, port, group, variables, spot }: NamedHosts,
): readonly string[] {
  const warnings: string[] = []
  for (const name of names) {
    const before = graph.hosts.get(name)
    const { vars } = graph.addHost(name, group)
    if (port !== undefined && before === undefined)
      vars.set('ansible_port', locate('ansible_port', port, spot))
    else if (port !== undefined && vars.get('ansible_port')?.value !== port)
      warnings.push(latePort(name, port, vars, spot))
    for (const [key, variable] of variables) vars.set(key, variable)
  }
  return warnings
}

/** Ansible takes a port only where the host is mentioned first, and says nothing. */
function latePort(name: string, port: number, vars: Variables, spot: Spot): string {
  const before = vars.get('ansible_port')?.value
  if (before === undefined)
    return `the port ${port} of ${name} does not count; write it where the host is mentioned first`
  throw new InventoryError(
    spot,
    `the port of ${name} is ${port} here and ${JSON.stringify(before)} on an earlier line`,
    'Write the port once, where the host is mentioned first.',
  )
}
